package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every recurrent op against its equations in double precision: outputs, and the gradient of every output by every input.
class RecurrentGradientTest {
    /// Of the largest output or 1: sums of up to 38 products and a few steps of rounding, 6e-8 each.
    private static final double FORWARD_TOLERANCE = 2e-6;
    /// Of the largest gradient of an input: the roundings of the forward pass once more on the way back.
    private static final double GRADIENT_TOLERANCE = 2e-5;

    private static final int[][] LENGTHS = {{4, 2, 2, 1, 0}, {1}, {3, 3}, {0, 0}};

    static Stream<Problem> standard() {
        List<Problem> problems = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            for (Direction direction : Direction.values()) {
                for (int[] lengths : LENGTHS) {
                    Problem small = Problem.of(cell, direction, 5, 3, lengths);
                    problems.add(small);
                    problems.add(small.without("h0", "c0"));
                    problems.add(small.without("bias", "recurrent_bias"));
                    problems.add(small.without("h0", "c0", "bias", "recurrent_bias"));
                    problems.add(Problem.of(cell, direction, 1, 1, lengths));
                }
                problems.add(Problem.of(cell, direction, 5, 17, 3, 1, 0));
                problems.add(Problem.of(cell, direction, 1, 33, 2, 1));
            }
        }
        // One state given and not the other; one bias and not the other.
        problems.add(Problem.of(Cell.LSTM, Direction.FORWARD, 2, 3, 3, 1, 0).without("h0"));
        problems.add(Problem.of(Cell.LSTM, Direction.BACKWARD, 2, 3, 3, 1, 0).without("c0"));
        problems.add(Problem.of(Cell.GRU, Direction.FORWARD, 2, 3, 3, 1, 0).without("bias"));
        problems.add(Problem.of(Cell.GRU, Direction.BACKWARD, 2, 3, 3, 1, 0).without("recurrent_bias"));
        return problems.stream();
    }

    static Stream<Problem> activations() {
        List<Problem> problems = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            Problem forward = Problem.of(cell, Direction.FORWARD, 2, 3, 3, 2, 1, 0);
            for (Activation f : Activation.values()) {
                if (f.isElementwise()) {
                    problems.add(forward.with(f, Activation.SIGMOID));
                    problems.add(forward.with(Activation.TANH, f));
                    // An exponential of an exponential of an exponential is no number any more.
                    problems.add(forward.with(Direction.BACKWARD)
                            .with(f == Activation.EXPONENTIAL ? Activation.TANH : f, f).without("h0", "c0"));
                }
            }
        }
        return problems.stream();
    }

    @ParameterizedTest
    @MethodSource({"standard", "activations"})
    void outputsFollowTheEquations(Problem problem) {
        Map<String, double[]> expected = problem.reference(problem.doubleInputs());
        Map<String, float[]> actual = problem.forward().outputs();
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, e) -> {
            double scale = Math.max(1, Arrays.stream(e).map(Math::abs).max().orElse(0));
            assertArrayEquals(e, Poison.doubles(actual.get(name)), FORWARD_TOLERANCE * scale, name);
        });
    }

    @ParameterizedTest
    @MethodSource({"standard", "activations"})
    void gradientOfEveryOutputByEveryInput(Problem problem) {
        for (String output : problem.cell().outputs()) {
            float[] weights = outputGradient(problem, output);
            double[] w = Poison.doubles(weights);
            Map<String, double[]> actual = new TreeMap<>();
            problem.backward(Map.of(output, weights)).forEach((name, g) -> actual.put(name, Poison.doubles(g)));
            GradientReport report = GradientChecker.check(in -> dot(w, problem.reference(in).get(output)),
                    problem.doubleInputs(), actual);
            assertTrue(report.error() <= GRADIENT_TOLERANCE, () -> "d" + output + " / d" + report);
        }
    }

    @ParameterizedTest
    @MethodSource({"standard", "activations"})
    void gradientsAreAddedToWhatIsThere(Problem problem) {
        Map<String, float[]> outputs = allOutputGradients(problem);
        Map<String, float[]> fromZero = problem.backward(outputs);
        Map<String, float[]> start = new TreeMap<>();
        problem.inputs().forEach((name, values) -> {
            float[] base = Poison.random(new SplittableRandom(name.hashCode()), values.length, 2);
            start.put(name, base);
        });
        problem.backward(outputs, start).forEach((name, sum) -> {
            float[] base = start.get(name);
            float[] gradient = fromZero.get(name);
            // Sums of many terms in another order: a few roundings of the largest number that passes by.
            double tolerance = 4e-6 * (2 + largest(gradient));
            for (int i = 0; i < sum.length; i++) {
                assertEquals((double) base[i] + gradient[i], sum[i], tolerance, name + "[" + i + "]");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("standard")
    void anEmptySumIsLikeZeros(Problem problem) {
        Map<String, float[]> outputs = allOutputGradients(problem);
        Map<String, float[]> fromZero = problem.backward(outputs);
        Map<String, float[]> start = new TreeMap<>();
        fromZero.forEach((name, g) -> start.put(name, new float[g.length]));
        Arrays.fill(start.get("kernel"), Float.NaN);
        Arrays.fill(start.get("recurrent"), Float.NaN);
        problem.backward(outputs, start).forEach((name, sum) -> assertArrayEquals(fromZero.get(name), sum, name));
    }

    @ParameterizedTest
    @MethodSource("standard")
    void gradientsOfOutputsAddUp(Problem problem) {
        Map<String, float[]> together = problem.backward(allOutputGradients(problem));
        Map<String, double[]> sum = new TreeMap<>();
        problem.inputs().forEach((name, values) -> sum.put(name, new double[values.length]));
        allOutputGradients(problem).forEach((output, d) -> problem.backward(Map.of(output, d))
                .forEach((name, g) -> Arrays.setAll(sum.get(name), i -> sum.get(name)[i] + g[i])));
        Map<String, double[]> actual = new TreeMap<>();
        together.forEach((name, g) -> actual.put(name, Poison.doubles(g)));
        // The way back is linear in the gradients of the outputs, up to rounding.
        GradientChecker.compare(sum, actual).assertWithin(GRADIENT_TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("standard")
    void noGradientNeedsAnother(Problem problem) {
        Map<String, float[]> outputs = allOutputGradients(problem);
        Map<String, float[]> all = problem.backward(outputs);
        for (String name : problem.inputs().keySet()) {
            float[] zero = new float[all.get(name).length];
            Map<String, float[]> alone = problem.backward(outputs, Map.of(name, zero));
            assertArrayEquals(all.get(name), alone.get(name), name + " alone");
            Map<String, float[]> others = new TreeMap<>();
            all.forEach((other, g) -> others.put(other, new float[g.length]));
            others.remove(name);
            problem.backward(outputs, others)
                    .forEach((other, g) -> assertArrayEquals(all.get(other), g, other + " without " + name));
        }
    }

    @ParameterizedTest
    @MethodSource("standard")
    void noOutputGradientMeansNoInputGradient(Problem problem) {
        problem.backward(Map.of())
                .forEach((name, g) -> assertEquals(0, largest(g), name));
    }

    private static Map<String, float[]> allOutputGradients(Problem problem) {
        Map<String, float[]> all = new TreeMap<>();
        problem.cell().outputs().forEach(output -> all.put(output, outputGradient(problem, output)));
        return all;
    }

    private static float[] outputGradient(Problem problem, String output) {
        return Poison.random(new SplittableRandom(output.hashCode()), problem.sizeOf(output), 1);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            assertTrue(Float.isFinite(value), () -> "not finite: " + value);
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
