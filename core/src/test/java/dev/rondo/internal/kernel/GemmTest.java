package dev.rondo.internal.kernel;

import static dev.rondo.internal.kernel.KernelsUnderTest.GUARD;
import static dev.rondo.internal.kernel.KernelsUnderTest.U;
import static dev.rondo.internal.kernel.KernelsUnderTest.assertClose;
import static dev.rondo.internal.kernel.KernelsUnderTest.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GemmTest {

    /// How A lies in its array; overlapping: `A[i, k]` is `a[i + k]`.
    private enum Layout {
        ROWS, TRANSPOSED, SPREAD, OVERLAPPING;

        int rowStride(int k) {
            return switch (this) {
                case ROWS -> k + 3;
                case TRANSPOSED, OVERLAPPING -> 1;
                case SPREAD -> 2 * k + 1;
            };
        }

        int columnStride(int m) {
            return switch (this) {
                case ROWS, OVERLAPPING -> 1;
                case TRANSPOSED -> m + 2;
                case SPREAD -> 2;
            };
        }
    }

    @Test
    void productsOfEveryShapeMatchDoublePrecisionAndTouchNothingElse() {
        var random = new Random(1);
        for (int m : new int[] {1, 2, 3, 5, 7, 8, 13, 29}) {
            for (int n : new int[] {1, 3, 7, 8, 15, 16, 17, 24, 31, 32, 33, 47, 48, 64, 72, 65, 80, 96, 100, 112, 129,
                    144, 207}) {
                for (int k : new int[] {1, 2, 3, 13, 33, 100}) {
                    for (Layout layout : Layout.values()) {
                        check(random, layout, m, n, k, 0, k);
                    }
                }
            }
        }
    }

    @Test
    void partsOfKMatchAcrossTheBlocksOfThePanel() {
        var random = new Random(2);
        for (Layout layout : Layout.values()) {
            check(random, layout, 13, 100, 300, 0, 300);
            check(random, layout, 13, 100, 300, 7, 255);
            check(random, layout, 6, 64, 400, 128, 129);
            check(random, layout, 9, 81, 1021, 1000, 21);
            check(random, layout, 33, 70, 1021, 3, 1018);
            check(random, layout, 64, 33, 257, 256, 1);
            check(random, layout, 2, 1021, 31, 5, 20);
            check(random, layout, 100, 16, 64, 0, 0);
        }
    }

    @Test
    void blocksOfALargeAMatchWhetherItIsReadInPlaceOrGathered() {
        var random = new Random(4);
        for (Layout layout : Layout.values()) {
            check(random, layout, 200, 131, 530, 0, 530);
            check(random, layout, 67, 150, 1100, 9, 1087);
            check(random, layout, 67, 127, 1100, 9, 1087);
            check(random, layout, 300, 131, 530, 0, 530);
            check(random, layout, 100, 3, 300, 0, 300);     // more rows than go through the room for edges at a time
            check(random, layout, 100, 40, 20, 0, 20);
            check(random, layout, 15, 64, 40, 0, 40);       // rows of the plain matrix as far apart as those of a panel
        }
    }

    private static void check(Random random, Layout layout, int m, int n, int k, int k0, int kc) {
        int rs = layout.rowStride(kc);
        int cs = layout.columnStride(m);
        int ao = 5;
        float[] a = random(random, ao + (m - 1) * rs + Math.max(kc - 1, 0) * cs + 1, 1f);
        float[] b = random(random, k * n, 1f);
        int co = 4;
        int ldc = n + 2;
        float[] before = new float[co + m * ldc + 3];
        Arrays.fill(before, GUARD);
        for (int i = 0; i < m; i++) {
            System.arraycopy(random(random, n, 1f), 0, before, co + i * ldc, n);
        }
        for (Kernels kernels : KernelsUnderTest.all()) {
            PackedMatrix packed = packed(kernels, k, n, b);
            float[] c = before.clone();
            kernels.gemm(m, k0, kc, a, ao, rs, cs, packed, c, co, ldc);
            String what = kernels.name() + " " + layout + " m=" + m + " n=" + n + " k=" + k + " k0=" + k0 + " kc=" + kc;
            for (int at = 0; at < c.length; at++) {
                int i = (at - co) / ldc;
                int j = (at - co) % ldc;
                if (at < co || i >= m || j >= n) {
                    assertEquals(GUARD, c[at], what);
                    continue;
                }
                double sum = before[at];
                double size = Math.abs(sum);
                for (int p = 0; p < kc; p++) {
                    double product = (double) a[ao + i * rs + p * cs] * b[(k0 + p) * n + j];
                    sum += product;
                    size += Math.abs(product);
                }
                // A chain of kc additions, with products rounded or not: |error| <= ((1+u)^(kc+1) - 1) * the sum of magnitudes.
                assertClose(what, sum, c[at], 1.01 * (kc + 1) * U * size);
            }
            float[] d = before.clone();
            kernels.gemm(m, k0, kc, a, ao, rs, cs, plain(k, n, b), d, co, ldc);
            assertArrayEquals(c, d, what + " plain");
        }
    }

    /// The same matrix where it lies, its rows mostly apart, between numbers that must not matter, and with nothing behind its last row.
    private static PlainMatrix plain(int k, int n, float[] b) {
        int ldb = n == 64 || n == 80 ? n : n + 3; // as far apart as rows of a packed panel of four, of five vectors
        float[] data = new float[k == 0 ? 0 : 2 + (k - 1) * ldb + n];
        Arrays.fill(data, GUARD);
        for (int p = 0; p < k; p++) {
            System.arraycopy(b, p * n, data, 2 + p * ldb, n);
        }
        return new PlainMatrix(k, n, data, 2, ldb);
    }

    @Test
    void anAffineMapHasTheBitsOfItsFillAndProduct() {
        var random = new Random(5);
        for (int[] shape : new int[][] {{1, 1, 1}, {7, 100, 50}, {200, 131, 130}, {97, 64, 300}, {0, 5, 5},
                {16, 50, 200}, {3, 200, 0}, {100, 5, 200}, {300, 200, 100}, {13, 40, 70},
                {200, 131, 1100}, {1, 200, 50}, {1, 400, 100}, {1, 72, 1100}}) {
            int m = shape[0];
            int n = shape[1];
            int k = shape[2];
            float[] a = random(random, 3 + (m + 2) * (k + 2), 1f);
            float[] b = random(random, k * n, 1f);
            float[] row = random(random, 2 + n, 1f);
            for (Kernels kernels : KernelsUnderTest.all()) {
                PackedMatrix packed = packed(kernels, k, n, b);
                for (Layout layout : new Layout[] {Layout.ROWS, Layout.TRANSPOSED}) {
                    int rs = layout == Layout.ROWS ? k + 2 : 1;
                    int cs = layout == Layout.ROWS ? 1 : m + 2;
                    String what = kernels.name() + " " + layout + " " + Arrays.toString(shape);
                    float[] expected = new float[4 + m * (n + 1)];
                    float[] actual = new float[4 + m * (n + 1)];
                    kernels.fillRows(m, n, row, 2, expected, 4, n + 1);
                    kernels.gemm(m, 0, k, a, 3, rs, cs, packed, expected, 4, n + 1);
                    kernels.affine(m, k, a, 3, rs, cs, packed, row, 2, actual, 4, n + 1);
                    assertArrayEquals(expected, actual, what);
                    kernels.affine(m, k, a, 3, rs, cs, plain(k, n, b), row, 2, actual, 4, n + 1);
                    assertArrayEquals(expected, actual, what + " plain");
                }
            }
        }
    }

    private static PackedMatrix packed(Kernels kernels, int k, int n, float[] b) {
        float[] data = new float[kernels.packedLength(k, n)];
        Arrays.fill(data, Float.NaN);
        kernels.pack(k, n, b, 0, n, 1, data);
        return new PackedMatrix(k, n, data);
    }

    @Test
    void packsTheTransposeAndPartsOfALargerMatrix() {
        var random = new Random(3);
        for (int n : KernelsUnderTest.SIZES) {
            int k = 19;
            float[] b = random(random, 6 + (k + 2) * (n + 5), 1f);
            float[] rowMajor = new float[k * n];
            float[] transposed = new float[k * n];
            for (int p = 0; p < k; p++) {
                for (int j = 0; j < n; j++) {
                    rowMajor[p * n + j] = b[6 + p * (n + 5) + j];
                    transposed[p * n + j] = b[2 + j * (k + 2) + p];
                }
            }
            for (Kernels kernels : KernelsUnderTest.all()) {
                float[] part = new float[kernels.packedLength(k, n)];
                kernels.pack(k, n, b, 6, n + 5, 1, part);
                assertArrayEquals(packed(kernels, k, n, rowMajor).data(), part, kernels.name());
                kernels.pack(k, n, b, 2, 1, k + 2, part);
                assertArrayEquals(packed(kernels, k, n, transposed).data(), part, kernels.name());
            }
        }
    }

    /// Streaming one row must give the bits of a batch, and a long product the bits of its parts.
    @Test
    void bitsOfARowDependNeitherOnTheOtherRowsNorOnCutsInK() {
        var random = new Random(4);
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (int n : new int[] {1, 16, 50, 64, 100, 200, 400, 207}) {
                for (Layout layout : Layout.values()) {
                    rowsAndCuts(random, kernels, layout, 37, n, 333);
                    rowsAndCuts(random, kernels, layout, 70, n, 33);
                }
            }
        }
    }

    private static void rowsAndCuts(Random random, Kernels kernels, Layout layout, int m, int n, int k) {
        int rs = layout.rowStride(k);
        int cs = layout.columnStride(m);
        float[] a = random(random, (m - 1) * rs + (k - 1) * cs + 1, 1f);
        PackedMatrix b = packed(kernels, k, n, random(random, k * n, 1f));
        float[] start = random(random, m * n, 1f);
        float[] whole = start.clone();
        kernels.gemm(m, 0, k, a, 0, rs, cs, b, whole, 0, n);
        float[] parts = start.clone();
        for (int i = 0; i < m;) {
            int rows = Math.min(m - i, 1 + random.nextInt(9));
            for (int p = 0; p < k;) {
                int depth = Math.min(k - p, 1 + random.nextInt(200));
                kernels.gemm(rows, p, depth, a, i * rs + p * cs, rs, cs, b, parts, i * n, n);
                p += depth;
            }
            i += rows;
        }
        assertArrayEquals(whole, parts, kernels.name() + " " + layout + " n=" + n);
        float[] streamed = start.clone();
        for (int i = 0; i < m; i++) {
            kernels.gemm(1, 0, k, a, i * rs, rs, cs, b, streamed, i * n, n);
        }
        assertArrayEquals(whole, streamed, kernels.name() + " " + layout + " n=" + n);
    }

    /// The place of A in memory must not matter either: a transposed copy holds the same numbers.
    @Test
    void bitsDoNotDependOnTheLayoutOfA() {
        var random = new Random(5);
        int m = 41;
        int n = 100;
        int k = 200;
        float[] a = random(random, m * k, 1f);
        float[] transposed = new float[k * m];
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                transposed[p * m + i] = a[i * k + p];
            }
        }
        for (Kernels kernels : KernelsUnderTest.all()) {
            PackedMatrix b = packed(kernels, k, n, random(new Random(6), k * n, 1f));
            float[] c = new float[m * n];
            float[] d = new float[m * n];
            kernels.gemm(m, 0, k, a, 0, k, 1, b, c, 0, n);
            kernels.gemm(m, 0, k, transposed, 0, 1, m, b, d, 0, n);
            assertArrayEquals(c, d, kernels.name());
        }
    }

    /// The plain product in its simplest form: each product and each sum rounded, in the order of k, blocks of rows and columns or not.
    @Test
    void aPlainProductHasTheBitsOfItsChains() {
        var random = new Random(8);
        var kernels = new ScalarKernels();
        for (int n : new int[] {1, 32, 100, 511, 512, 513, 1100}) {
            for (int k : new int[] {1, 7, 8, 9, 50}) {
                int m = 3;
                float[] a = random(random, m * k, 1f);
                float[] b = random(random, k * n, 1f);
                float[] c = random(random, m * n, 1f);
                float[] expected = c.clone();
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        for (int p = 0; p < k; p++) {
                            expected[i * n + j] += a[i * k + p] * b[p * n + j];
                        }
                    }
                }
                kernels.gemm(m, 0, k, a, 0, k, 1, packed(kernels, k, n, b), c, 0, n);
                assertArrayEquals(expected, c, "n=" + n + " k=" + k);
            }
        }
    }

    @Test
    void rowsAreFilledAndColumnsSummed() {
        var random = new Random(7);
        for (int n : KernelsUnderTest.SIZES) {
            for (int m : new int[] {1, 2, 5, 33}) {
                float[] a = random(random, 3 + m * (n + 4), 1f);
                float[] sums = KernelsUnderTest.guarded(random, 2, n, 3, 1f);
                for (Kernels kernels : KernelsUnderTest.all()) {
                    String what = kernels.name() + " m=" + m + " n=" + n;
                    float[] result = sums.clone();
                    kernels.addColumnSums(m, n, a, 3, n + 4, result, 2);
                    KernelsUnderTest.assertGuards(what, result, 2, n);
                    float[] filled = new float[1 + m * (n + 2)];
                    Arrays.fill(filled, GUARD);
                    kernels.fillRows(m, n, a, 3, filled, 1, n + 2);
                    assertEquals(GUARD, filled[0], what);
                    for (int j = 0; j < n; j++) {
                        double sum = sums[2 + j];
                        double size = Math.abs(sum);
                        for (int i = 0; i < m; i++) {
                            sum += a[3 + i * (n + 4) + j];
                            size += Math.abs(a[3 + i * (n + 4) + j]);
                            assertEquals(a[3 + j], filled[1 + i * (n + 2) + j], what);
                        }
                        assertClose(what, sum, result[2 + j], 1.01 * m * U * size); // m additions in a chain
                    }
                    for (int i = 0; i < m; i++) {
                        assertEquals(GUARD, filled[1 + i * (n + 2) + n], what);
                        assertEquals(GUARD, filled[1 + i * (n + 2) + n + 1], what);
                    }
                }
            }
        }
    }
}
