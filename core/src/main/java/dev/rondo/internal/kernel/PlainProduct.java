package dev.rondo.internal.kernel;

/// The product of [ScalarKernels], in loops that C2 makes into vector instructions by itself.
///
/// C2 does so only where it can see that no store meets a later load. Two arrays may be one, and with offsets of their own nothing is
/// known; but where all arrays have the same index, an element depends on nothing but itself. Hence rows of B and the row of C
/// are copied to the start of arrays of their own. Eight rows of B at a time make up for the copies.
final class PlainProduct {
    private static final int ROWS = 8;
    /// Columns at a time: nine such rows stay in the first-level cache.
    private static final int WIDTH = 512;

    /// Eight rows of B and one of C, for each thread that computes products.
    private static final ThreadLocal<float[][]> SCRATCH = ThreadLocal.withInitial(() -> new float[ROWS + 1][WIDTH]);

    private PlainProduct() {}

    /// `C[m, n] += A[m, kc] * B[kc, n]`, see [Kernels#gemm], where B has rows `ldb` apart from `bo` on.
    static void gemm(int m, int columns, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] c,
            int co, int ldc) {
        float[][] rows = SCRATCH.get();
        float[] sums = rows[ROWS];
        for (int j = 0; j < columns; j += WIDTH) {
            int n = Math.min(WIDTH, columns - j);
            for (int p = 0; p < kc; p += ROWS) {
                int used = Math.min(ROWS, kc - p);
                for (int r = 0; r < used; r++) {
                    System.arraycopy(b, bo + (p + r) * ldb + j, rows[r], 0, n);
                }
                for (int i = 0; i < m; i++) {
                    int ci = co + i * ldc + j;
                    System.arraycopy(c, ci, sums, 0, n);
                    addProducts(n, used, a, ao + i * rs + p * cs, cs, rows, sums);
                    System.arraycopy(sums, 0, c, ci, n);
                }
            }
        }
    }

    /// `sums[j] += a[ao] * rows[0][j]`, then `a[ao + cs] * rows[1][j]`, and so on for as many rows as are used.
    private static void addProducts(int n, int used, float[] a, int ao, int cs, float[][] rows, float[] sums) {
        if (used == ROWS) {
            addEight(n, a, ao, cs, rows, sums);
            return;
        }
        for (int r = 0; r < used; r++) {
            addOne(n, a[ao + r * cs], rows[r], sums);
        }
    }

    private static void addOne(int n, float a, float[] b, float[] sums) {
        for (int j = 0; j < n; j++) {
            sums[j] += a * b[j];
        }
    }

    private static void addEight(int n, float[] a, int ao, int cs, float[][] rows, float[] sums) {
        float a0 = a[ao];
        float a1 = a[ao + cs];
        float a2 = a[ao + 2 * cs];
        float a3 = a[ao + 3 * cs];
        float a4 = a[ao + 4 * cs];
        float a5 = a[ao + 5 * cs];
        float a6 = a[ao + 6 * cs];
        float a7 = a[ao + 7 * cs];
        float[] b0 = rows[0];
        float[] b1 = rows[1];
        float[] b2 = rows[2];
        float[] b3 = rows[3];
        float[] b4 = rows[4];
        float[] b5 = rows[5];
        float[] b6 = rows[6];
        float[] b7 = rows[7];
        for (int j = 0; j < n; j++) {
            sums[j] = sums[j] + a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j] + a4 * b4[j] + a5 * b5[j]
                    + a6 * b6[j] + a7 * b7[j];
        }
    }
}
