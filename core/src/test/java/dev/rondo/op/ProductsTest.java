package dev.rondo.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.internal.kernel.Kernels;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gradients of weights over many rows, for matrices that are packed, read in place, gathered, and cut into columns.
class ProductsTest {
    private static final Buffers POISON = size -> {
        float[] array = new float[size + 3];
        Arrays.fill(array, Float.NaN);
        return array;
    };
    private final SplittableRandom random = new SplittableRandom(6);

    @ParameterizedTest
    @ValueSource(ints = {96, 128, 512, 520, 1100})
    void addsTheProductsOfTwoMatricesToSumsThatMayBeEmpty(int ldb) {
        for (int rows : new int[] {0, 1, 256, 257, 600}) {
            float[] b = numbers(rows * ldb);
            float[] a1 = numbers(rows * 3);
            float[] a2 = numbers(rows * 9);
            // As for a GRU, whose recurrent part has fewer columns here.
            int fewer = ldb - 31;
            for (boolean empty : new boolean[] {true, false}) {
                float[] c1 = start(3 * ldb, empty);
                float[] c2 = start(9 * ldb, empty);
                double[] e1 = expected(rows, a1, 3, b, ldb, ldb, c1, empty);
                double[] e2 = expected(rows, a2, 9, b, ldb, fewer, c2, empty);
                Products.addTransposed(Kernels.best(), POISON, rows, b, 0, ldb,
                        Products.Term.of(a1, 3, ldb, new Sum(c1, empty)),
                        new Products.Term(a2, 9, fewer, new Sum(c2, empty), 0, ldb));
                check(e1, c1, ldb, ldb);
                check(e2, c2, ldb, fewer);
            }
        }
    }

    @Test
    void noSumIsWantedOfNothing() {
        assertEquals(null, Sum.of(null));
        assertEquals(null, Products.Term.of(new float[1], 1, 1, null));
    }

    private float[] numbers(int n) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }

    private float[] start(int n, boolean empty) {
        float[] c = numbers(n);
        if (empty) {
            Arrays.fill(c, Float.NaN);
        }
        return c;
    }

    private static double[] expected(int rows, float[] a, int m, float[] b, int ldb, int n, float[] c, boolean empty) {
        double[] e = new double[m * ldb];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = empty ? 0 : c[i * ldb + j];
                for (int row = 0; row < rows; row++) {
                    sum += (double) a[row * m + i] * b[row * ldb + j];
                }
                e[i * ldb + j] = sum;
            }
        }
        return e;
    }

    /// Up to 600 roundings of sums of some dozens.
    private static void check(double[] expected, float[] actual, int ldc, int n) {
        for (int i = 0; i < expected.length; i++) {
            if (i % ldc < n) {
                assertEquals(expected[i], actual[i], 2e-4, "element " + i);
            }
        }
    }
}
