package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.doubles;
import static dev.rondo.testkit.Poison.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.BlockwiseCrossEntropy;
import dev.rondo.op.Sum;
import dev.rondo.op.Weight;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The cross-entropy by blocks of classes against its definition in double precision.
class BlockwiseCrossEntropyTest {
    /// Logits below 4 from sums of three products round to 1e-6, and a probability follows them.
    private static final double TOLERANCE = 2e-6;
    private static final double SCALE = 1.0 / 7;
    private static final Kernels K = Kernels.best();
    private static final Set<String> ALL = Set.of("x", "w", "b");

    /// A linear layer, its input and the classes.
    ///
    /// @param b the bias, zero where there is none
    private record Problem(int rows, int features, int classes, float[] x, float[] w, float[] b, boolean biased,
            int[] targets) {
        static Problem of(int rows, int features, int classes) {
            var random = new SplittableRandom(31 * rows + classes);
            return new Problem(rows, features, classes, random(random, rows * features, 1),
                    random(random, features * classes, 1), random(random, classes, 1), true,
                    random.ints(rows, 0, classes).toArray());
        }

        Problem withoutBias() {
            return new Problem(rows, features, classes, x, w, new float[classes], false, targets);
        }

        double[] logits(Map<String, double[]> in, int row) {
            double[] z = new double[classes];
            for (int j = 0; j < classes; j++) {
                z[j] = in.get("b")[j];
                for (int f = 0; f < features; f++) {
                    z[j] += in.get("x")[row * features + f] * in.get("w")[f * classes + j];
                }
            }
            return z;
        }

        double reference(Map<String, double[]> in) {
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                sum += ReferenceLosses.softmaxCrossEntropy(logits(in, row), targets[row]);
            }
            return SCALE * sum;
        }

        Map<String, double[]> inputs() {
            return Map.of("x", doubles(x), "w", doubles(w), "b", doubles(b));
        }

        /// The gradients, from `dz = scale * (softmax(z) - [j = target])`.
        Map<String, double[]> gradients() {
            double[] dx = new double[x.length];
            double[] dw = new double[w.length];
            double[] db = new double[b.length];
            for (int row = 0; row < rows; row++) {
                double[] logP = ReferenceOps.logSoftmax(logits(inputs(), row));
                for (int j = 0; j < classes; j++) {
                    double dz = SCALE * (Math.exp(logP[j]) - (j == targets[row] ? 1 : 0));
                    db[j] += dz;
                    for (int f = 0; f < features; f++) {
                        dx[row * features + f] += dz * w[f * classes + j];
                        dw[f * classes + j] += dz * x[row * features + f];
                    }
                }
            }
            return Map.of("x", dx, "w", dw, "b", db);
        }
    }

    /// What the op gives.
    private record Result(double loss, int[] best, Map<String, double[]> gradients) {
        static Result of(Problem p, IntStream order) {
            return of(p, order, true);
        }

        static Result of(Problem p, IntStream order, boolean keeps) {
            return of(p, order, keeps, ALL);
        }

        static Result of(Problem p, IntStream order, boolean keeps, Set<String> wanted) {
            var op = new BlockwiseCrossEntropy(K, Poison.BUFFERS, p.rows, p.x,
                    new Weight(p.w, p.features, p.classes), p.biased ? p.b : null, p.targets, wanted.contains("x"),
                    keeps ? BlockwiseCrossEntropy.MOST_KEPT : 0);
            int[] parts = order.filter(part -> part < op.parts()).toArray();
            assertEquals(op.parts(), parts.length);
            for (int part : parts) {
                op.measure(part);
            }
            double[] losses = new double[p.rows];
            int[] best = new int[p.rows];
            op.join(losses, best);
            float[] dx = new float[p.x.length];
            float[] dw = new float[p.w.length];
            Arrays.fill(dw, keeps ? Float.NaN : 0f);
            float[] db = new float[p.b.length];
            // Kept exponentials come with an empty gradient, others with one that is added to.
            op.prepare(SCALE, wanted.contains("w") ? new Sum(dw, keeps) : null, wanted.contains("b") ? db : null);
            for (int part : parts) {
                op.differentiate(part);
            }
            if (wanted.contains("x")) {
                int half = p.rows / 2;
                float[] rest = new float[(p.rows - half) * p.features];
                op.addTo(dx, 0, half);
                op.addTo(rest, half, p.rows - half);
                System.arraycopy(rest, 0, dx, half * p.features, rest.length);
            }
            Map<String, double[]> gradients = new HashMap<>(
                    Map.of("x", doubles(dx), "w", doubles(dw), "b", doubles(db)));
            gradients.keySet().retainAll(wanted);
            double sum = 0;
            for (double loss : losses) {
                sum += loss;
            }
            return new Result(SCALE * sum, best, gradients);
        }
    }

    /// Logits that grow from block to block by less and by more than what is taken off may lag behind, or shrink.
    @ParameterizedTest
    @CsvSource({"3", "15", "40", "-40"})
    void followsLogitsThatGrowFromBlockToBlock(float growth) {
        Problem p = Problem.of(4, 3, 2500);
        for (int j = 0; j < p.classes; j++) {
            p.b[j] += growth * (j / 256);
        }
        double largest = Math.abs(growth) * 10 + 4;
        double expected = p.reference(p.inputs());
        for (boolean keeps : new boolean[] {true, false}) {
            Result result = Result.of(p, IntStream.range(0, 100), keeps);
            assertEquals(expected, result.loss, TOLERANCE * largest);
            // A logit is rounded to 2^-24 of its size, and a probability follows it.
            p.gradients().forEach((name, gradient) -> assertArrayEquals(gradient, result.gradients.get(name),
                    TOLERANCE * largest, name));
        }
    }

    /// One block, several, not whole ones, more blocks than parts; more rows than go through at a time.
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 2, 2", "4, 3, 255", "5, 7, 257", "2, 3, 700", "3, 5, 3001", "530, 3, 333"})
    void followsTheDefinition(int rows, int features, int classes) {
        Problem p = Problem.of(rows, features, classes);
        Result result = Result.of(p, IntStream.range(0, 100));
        double expected = p.reference(p.inputs());
        assertEquals(expected, result.loss, TOLERANCE * Math.max(1, expected));
        p.gradients().forEach((name, gradient) -> assertArrayEquals(gradient, result.gradients.get(name),
                TOLERANCE * Math.max(1, SCALE * rows), name));
        for (int row = 0; row < rows; row++) {
            double[] z = p.logits(p.inputs(), row);
            int best = result.best[row];
            for (double other : z) {
                assertTrue(z[best] >= other - 4 * TOLERANCE, "row " + row + " has a more probable class than " + best);
            }
        }
    }

    /// Gradients that are wanted are those that come with all others, bit by bit.
    @ParameterizedTest
    @CsvSource({"x", "w", "b", "x w", "x b", "w b", "''"})
    void givesTheGradientsThatAreWanted(String names) {
        Problem p = Problem.of(140, 3, 700);
        Set<String> wanted = names.isEmpty() ? Set.of() : Set.of(names.split(" "));
        for (boolean keeps : new boolean[] {true, false}) {
            Result all = Result.of(p, IntStream.range(0, 100), keeps);
            Result some = Result.of(p, IntStream.range(0, 100), keeps, wanted);
            assertEquals(all.loss, some.loss);
            assertArrayEquals(all.best, some.best);
            assertEquals(wanted, some.gradients.keySet());
            some.gradients.forEach((name, gradient) -> assertArrayEquals(all.gradients.get(name), gradient, name));
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aLayerWithoutBiasIsOneWithZeros(boolean keeps) {
        Problem p = Problem.of(140, 3, 700).withoutBias();
        Result result = Result.of(p, IntStream.range(0, 100), keeps, Set.of("x", "w"));
        double expected = p.reference(p.inputs());
        assertEquals(expected, result.loss, TOLERANCE * expected);
        result.gradients.forEach((name, gradient) -> assertArrayEquals(p.gradients().get(name), gradient,
                TOLERANCE * SCALE * p.rows, name));
    }

    /// The definition's gradient itself against differences of the definition.
    @Test
    void theGradientIsThatOfTheLoss() {
        Problem p = Problem.of(2, 2, 325);
        Result result = Result.of(p, IntStream.range(0, 100));
        GradientChecker.check(p::reference, p.inputs(), result.gradients).assertWithin(TOLERANCE);
    }

    @Test
    void keptExponentialsAndThoseComputedAgainAgree() {
        Problem p = Problem.of(530, 3, 700);
        Result kept = Result.of(p, IntStream.range(0, 100), true);
        Result again = Result.of(p, IntStream.range(0, 100), false);
        assertEquals(kept.loss, again.loss);
        kept.gradients.forEach((name, gradient) -> assertArrayEquals(gradient, again.gradients.get(name),
                TOLERANCE * SCALE * p.rows, name));
    }

    @Test
    void theOrderOfThePartsChangesNoBit() {
        Problem p = Problem.of(9, 5, 2900);
        Result there = Result.of(p, IntStream.range(0, 100));
        Result back = Result.of(p, IntStream.iterate(99, i -> i - 1).limit(100));
        assertEquals(there.loss, back.loss);
        there.gradients.forEach((name, gradient) -> assertArrayEquals(gradient, back.gradients.get(name), name));
    }

    @Test
    void farLogitsAreFiniteAndWhatIsNoNumberIsSeen() {
        Problem p = Problem.of(1, 1, 400);
        p.x[0] = 1;
        Arrays.fill(p.w, -1000f);
        Arrays.fill(p.b, 0f);
        p.w[350] = 1000f;
        p.targets[0] = 3;
        Result far = Result.of(p, IntStream.range(0, 100));
        assertEquals(SCALE * 2000, far.loss, 1e-3);
        assertEquals(350, far.best[0]);
        assertEquals(SCALE, far.gradients.get("b")[350], 1e-7);
        assertEquals(-SCALE, far.gradients.get("b")[3], 1e-7);

        p.w[17] = Float.NaN;
        assertTrue(Double.isNaN(Result.of(p, IntStream.range(0, 100)).loss));
    }
}
