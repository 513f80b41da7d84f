package dev.rondo.internal.kernel;

import java.util.Arrays;

/// The product of [ScalarKernels], in loops that C2 makes into vector instructions by itself.
///
/// C2 does so only where it can see that no store meets a later load. Two arrays may be one, and with offsets of their own nothing is
/// known; but where all arrays have the same index, an element depends on nothing but itself. Hence a block of B and a row of C
/// are copied to arrays of their own, and eight rows of B at a time make up for the copies.
///
/// Such a loop computes single elements until it comes to an address that is a multiple of a vector, one at least, and again those at
/// its end that fill no vector. With 32 columns that would be half of them. So rows start at a line of the cache where objects do,
/// the loop begins one element before, and ends with a whole vector; there it computes zeros, which are never read.
final class PlainProduct {
    /// Rows of B that are multiplied at a time.
    private static final int ROWS = 8;
    /// Rows and columns of B that are copied at a time: they stay in a first-level cache of 48 KiB.
    private static final int DEPTH = 4 * ROWS;
    private static final int WIDTH = 256;
    /// Columns at a time where A has a single row, with eight rows of B: each copied number is used once, while it is still close.
    private static final int WIDTH_OF_ONE = 512;
    /// Where the copied rows start: at a line of the cache, as panels do.
    private static final int FIRST = PanelProducts.FIRST;
    /// Numbers of the widest vector.
    private static final int LANES = 16;

    /// A block of B, and behind it a row of C, for each thread that computes products.
    private static final ThreadLocal<float[][]> SCRATCH = ThreadLocal
            .withInitial(() -> new float[DEPTH + 1][FIRST + WIDTH_OF_ONE]);

    private PlainProduct() {}

    /// `C[m, n] += A[m, kc] * B[kc, n]`, see [Kernels#gemm], where B has rows `ldb` apart from `bo` on.
    static void gemm(int m, int columns, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] c,
            int co, int ldc) {
        float[][] rows = SCRATCH.get();
        float[] sums = rows[DEPTH];
        int deep = m == 1 ? ROWS : DEPTH;
        int wide = m == 1 ? WIDTH_OF_ONE : WIDTH;
        for (int j = 0; j < columns; j += wide) {
            int n = Math.min(wide, columns - j);
            int end = FIRST + Math.ceilDiv(n, LANES) * LANES;
            Arrays.fill(sums, FIRST + n, end, 0f);
            for (int p = 0; p < kc; p += deep) {
                int depth = Math.min(deep, kc - p);
                for (int r = 0; r < depth; r++) {
                    System.arraycopy(b, bo + (p + r) * ldb + j, rows[r], FIRST, n);
                    Arrays.fill(rows[r], FIRST + n, end, 0f);
                }
                for (int i = 0; i < m; i++) {
                    int ci = co + i * ldc + j;
                    System.arraycopy(c, ci, sums, FIRST, n);
                    addProducts(end, depth, a, ao + i * rs + p * cs, cs, rows, sums);
                    System.arraycopy(sums, FIRST, c, ci, n);
                }
            }
        }
    }

    /// `sums[j] += a[ao] * rows[0][j]`, then `a[ao + cs] * rows[1][j]`, and so on for as many rows as the block has.
    private static void addProducts(int end, int depth, float[] a, int ao, int cs, float[][] rows, float[] sums) {
        int r = 0;
        for (; r <= depth - ROWS; r += ROWS) {
            addEight(end, a, ao + r * cs, cs, rows, r, sums);
        }
        for (; r < depth; r++) {
            addOne(end, a[ao + r * cs], rows[r], sums);
        }
    }

    private static void addOne(int end, float a, float[] b, float[] sums) {
        for (int j = FIRST - 1; j < end; j++) {
            sums[j] += a * b[j];
        }
    }

    private static void addEight(int end, float[] a, int ao, int cs, float[][] rows, int r,
            float[] sums) {
        float a0 = a[ao];
        float a1 = a[ao + cs];
        float a2 = a[ao + 2 * cs];
        float a3 = a[ao + 3 * cs];
        float a4 = a[ao + 4 * cs];
        float a5 = a[ao + 5 * cs];
        float a6 = a[ao + 6 * cs];
        float a7 = a[ao + 7 * cs];
        float[] b0 = rows[r];
        float[] b1 = rows[r + 1];
        float[] b2 = rows[r + 2];
        float[] b3 = rows[r + 3];
        float[] b4 = rows[r + 4];
        float[] b5 = rows[r + 5];
        float[] b6 = rows[r + 6];
        float[] b7 = rows[r + 7];
        for (int j = FIRST - 1; j < end; j++) {
            sums[j] = sums[j] + a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j] + a4 * b4[j] + a5 * b5[j]
                    + a6 * b6[j] + a7 * b7[j];
        }
    }
}
