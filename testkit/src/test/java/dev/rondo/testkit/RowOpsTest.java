package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.after;
import static dev.rondo.testkit.Poison.doubles;
import static dev.rondo.testkit.Poison.random;
import static dev.rondo.testkit.Poison.within;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.AffineOp;
import dev.rondo.op.DropoutOp;
import dev.rondo.op.EmbeddingOp;
import dev.rondo.op.MergeOp;
import dev.rondo.op.RowGradient;
import dev.rondo.op.Sum;
import dev.rondo.op.Weight;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ops that work on each row by itself: affine, embedding, dropout, merges.
class RowOpsTest {
    /// Of the largest number: sums of up to 300 products in floats, whose roundings partly cancel.
    private static final double TOLERANCE = 2e-6;

    private static final Kernels K = Kernels.best();

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,5,3", "7,3,17", "13,33,1", "300,2,3", "2,100,33", "0,3,2"})
    void affine(int rows, int features, int units) {
        var random = new SplittableRandom(3);
        float[] x = random(random, rows * features, 1);
        float[] w = random(random, features * units, 1);
        float[] b = random(random, units, 1);
        float[] dy = random(random, rows * units, 1);
        for (boolean biased : new boolean[] {true, false}) {
            Weight weight = new Weight(w, features, units);
            float[] y = after(new float[rows * units]);
            AffineOp.forward(K, rows, after(x), weight, biased ? b : null, y);
            double[] bias = biased ? doubles(b) : null;
            double[] expected = affine(doubles(x), doubles(w), bias, rows, features, units);
            assertArrayEquals(expected, doubles(within(y)), TOLERANCE * Math.sqrt(features));

            float[] dx = after(new float[x.length]);
            float[] dw = after(new float[w.length]);
            Arrays.fill(dw, Float.NaN);
            float[] db = after(new float[b.length]);
            AffineOp.backward(K, Poison.BUFFERS, rows, after(x), weight, after(dy), dx, new Sum(dw, true),
                    biased ? db : null);
            Map<String, double[]> inputs = new TreeMap<>(Map.of("x", doubles(x), "w", doubles(w)));
            Map<String, double[]> actual = new TreeMap<>(
                    Map.of("x", doubles(within(dx)), "w", doubles(within(dw))));
            if (biased) {
                inputs.put("b", doubles(b));
                actual.put("b", doubles(within(db)));
            }
            double[] weights = doubles(dy);
            GradientChecker.check(in -> ReferenceOpsTest.dot(weights,
                    affine(in.get("x"), in.get("w"), in.get("b"), rows, features, units)), inputs, actual)
                    .assertWithin(TOLERANCE);

            // Again without clearing: twice the gradient; and each alone.
            AffineOp.backward(K, Poison.BUFFERS, rows, after(x), weight, after(dy), dx, null, null);
            AffineOp.backward(K, Poison.BUFFERS, rows, after(x), weight, after(dy), null, Sum.of(dw), null);
            AffineOp.backward(K, Poison.BUFFERS, rows, after(x), weight, after(dy), null, null, biased ? db : null);
            actual.replaceAll((name, g) -> Arrays.stream(g).map(v -> 2 * v).toArray());
            Map<String, double[]> twice = new TreeMap<>(Map.of("x", doubles(within(dx)), "w", doubles(within(dw))));
            if (biased) {
                twice.put("b", doubles(within(db)));
            }
            GradientChecker.compare(actual, twice).assertWithin(TOLERANCE);
        }
    }

    @Test
    void aChangedWeightIsPackedAnew() {
        float[] w = {1, 2, 3, 4};
        Weight weight = new Weight(w, 2, 2);
        float[] y = new float[2];
        AffineOp.forward(K, 1, new float[] {1, 10}, weight, null, y);
        assertArrayEquals(new float[] {31, 42}, y);
        w[0] = 5;
        weight.changed();
        AffineOp.forward(K, 1, new float[] {1, 10}, weight, null, y);
        assertArrayEquals(new float[] {35, 42}, y);
        float[] dx = new float[2];
        AffineOp.backward(K, Poison.BUFFERS, 1, new float[] {1, 10}, weight, new float[] {1, 1}, dx, null, null);
        assertArrayEquals(new float[] {7, 7}, dx);
    }

    @Test
    void embedding() {
        int width = 3;
        var random = new SplittableRandom(4);
        float[] table = random(random, 200 * width, 1);
        // More different rows than a row gradient starts with room for, and repeated ones.
        int[] ids = random.ints(150, 0, 200).toArray();
        float[] y = after(new float[ids.length * width]);
        EmbeddingOp.forward(ids.length, ids, new Weight(table, 200, width), y);
        double[][] rows = ReferenceOps.matrix(doubles(table), 200, width);
        float[] looked = within(y);
        for (int n = 0; n < ids.length; n++) {
            assertArrayEquals(ReferenceOps.embedding(ids[n], rows),
                    doubles(Arrays.copyOfRange(looked, n * width, (n + 1) * width)));
        }

        float[] dy = random(random, looked.length, 1);
        RowGradient gradient = new RowGradient(200, width);
        EmbeddingOp.backward(K, ids.length, ids, after(dy), gradient);
        assertEquals(Arrays.stream(ids).distinct().count(), gradient.count());
        double[] w = doubles(dy);
        GradientChecker.check(in -> {
            double[][] e = ReferenceOps.matrix(in.get("table"), 200, width);
            double sum = 0;
            for (int n = 0; n < ids.length; n++) {
                double[] row = ReferenceOps.embedding(ids[n], e);
                for (int j = 0; j < width; j++) {
                    sum += w[n * width + j] * row[j];
                }
            }
            return sum;
        }, Map.of("table", doubles(table)), Map.of("table", dense(gradient, 200))).assertWithin(TOLERANCE);
    }

    @Test
    void rowGradientsAddUpAndForget() {
        RowGradient a = new RowGradient(4, 2);
        EmbeddingOp.backward(K, 3, new int[] {3, 1, 3}, new float[] {1, 2, 3, 4, 5, 6}, a);
        RowGradient b = new RowGradient(4, 2);
        EmbeddingOp.backward(K, 2, new int[] {0, 1}, new float[] {10, 20, 30, 40}, b);
        a.add(K, b);
        assertArrayEquals(new double[] {10, 20, 33, 44, 0, 0, 6, 8}, dense(a, 4));
        a.clear();
        assertEquals(0, a.count());
        EmbeddingOp.backward(K, 1, new int[] {3}, new float[] {7, 8}, a);
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 0, 7, 8}, dense(a, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5})
    void anIdOutsideTheTableIsNamed(int id) {
        var error = assertThrows(IllegalArgumentException.class,
                () -> EmbeddingOp.forward(2, new int[] {4, id}, new Weight(new float[10], 5, 2), new float[4]));
        assertTrue(error.getMessage().contains("token id " + id), error.getMessage());
    }

    @Test
    void dropoutKeepsTheMean() {
        int n = 100_003;
        for (double rate : new double[] {0, 0.1, 0.5, 0.9}) {
            float[] mask = after(new float[n]);
            DropoutOp.mask(K, 77, rate, n, mask);
            float[] drawn = within(mask);
            int dropped = 0;
            for (float m : drawn) {
                assertTrue(m == 0 || m == (float) (1 / (1 - rate)), () -> "mask " + m);
                dropped += m == 0 ? 1 : 0;
            }
            // Five standard deviations of a binomial.
            assertEquals(rate, dropped / (double) n, 5 * Math.sqrt(rate * (1 - rate) / n) + 1e-12);

            float[] x = random(new SplittableRandom(5), n, 1);
            float[] y = after(new float[n]);
            DropoutOp.forward(K, n, after(x), mask, y);
            double[] expected = ReferenceOps.product(doubles(x), doubles(drawn));
            assertArrayEquals(expected, doubles(within(y)), 6e-7);

            float[] base = random(new SplittableRandom(6), n, 1);
            float[] dx = after(base);
            DropoutOp.backward(K, n, mask, after(x), dx);
            assertArrayEquals(ReferenceOps.sum(expected, doubles(base), 1), doubles(within(dx)), 1.2e-6);
        }
    }

    @Test
    void aDropoutMaskIsAFunctionOfSeedAndPlace() {
        float[] longer = new float[1000];
        DropoutOp.mask(K, 5, 0.5, 1000, longer);
        float[] shorter = new float[300];
        DropoutOp.mask(K, 5, 0.5, 300, shorter);
        assertArrayEquals(shorter, Arrays.copyOf(longer, 300));
        float[] other = new float[1000];
        DropoutOp.mask(K, 6, 0.5, 1000, other);
        int same = 0;
        for (int i = 0; i < 1000; i++) {
            same += other[i] == longer[i] ? 1 : 0;
        }
        // Five standard deviations (16 each) around half.
        assertEquals(500, same, 80);
    }

    @Test
    void merges() {
        var random = new SplittableRandom(8);
        int rows = 7;
        float[] a = random(random, rows * 5, 1);
        float[] b = random(random, rows * 3, 1);
        float[] y = after(new float[rows * 8]);
        MergeOp.concat(rows, 5, after(a), 3, after(b), y);
        double[][] left = ReferenceOps.matrix(doubles(a), rows, 5);
        double[][] right = ReferenceOps.matrix(doubles(b), rows, 3);
        for (int n = 0; n < rows; n++) {
            assertArrayEquals(ReferenceOps.concat(left[n], right[n]),
                    doubles(Arrays.copyOfRange(y, n * 8, (n + 1) * 8)));
        }
        within(y);

        // The gradient of a part is that part, added to what is there.
        float[] da = after(a);
        float[] db = after(b);
        MergeOp.concatBackward(K, rows, 8, y, 0, 5, da);
        MergeOp.concatBackward(K, rows, 8, y, 5, 3, db);
        assertArrayEquals(ReferenceOps.sum(doubles(a), doubles(a), 1), doubles(within(da)));
        assertArrayEquals(ReferenceOps.sum(doubles(b), doubles(b), 1), doubles(within(db)));

        float[] c = random(random, a.length, 1);
        float[] out = after(new float[a.length]);
        MergeOp.sum(K, a.length, 0.5f, after(a), after(c), out);
        assertArrayEquals(ReferenceOps.sum(doubles(a), doubles(c), 0.5), doubles(within(out)), 1.2e-7);
        MergeOp.product(K, a.length, after(a), after(c), out);
        assertArrayEquals(ReferenceOps.product(doubles(a), doubles(c)), doubles(within(out)), 6e-8);
    }

    private static double[] dense(RowGradient gradient, int rows) {
        double[] all = new double[rows * gradient.width()];
        for (int i = 0; i < gradient.count(); i++) {
            for (int j = 0; j < gradient.width(); j++) {
                all[gradient.row(i) * gradient.width() + j] += gradient.values()[i * gradient.width() + j];
            }
        }
        return all;
    }

    private static double[] affine(double[] x, double[] w, double[] b, int rows, int features, int units) {
        double[] y = new double[rows * units];
        double[][] matrix = ReferenceOps.matrix(w, features, units);
        for (int n = 0; n < rows; n++) {
            double[] row = ReferenceOps.affine(Arrays.copyOfRange(x, n * features, (n + 1) * features), matrix, b);
            System.arraycopy(row, 0, y, n * units, units);
        }
        return y;
    }
}
