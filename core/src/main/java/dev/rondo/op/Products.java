package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Matrix products over all rows of a batch.
final class Products {
    /// The floats of a packed block of rows: 1 MiB stays in the second-level cache while every term uses it. Blocks of fewer than
    /// 256 rows would move C more often than they spare B.
    private static final int BLOCK = 1 << 18;

    private Products() {}

    /// One product of [#addTransposed]: `C[m, n] += A^T B`, where A is `[rows, m]` with rows `lda` apart and C has rows `ldc` apart.
    /// A product without C is not wanted.
    record Term(float[] a, int lda, int m, float @Nullable [] c, int co, int ldc) {}

    /// `C += A^T * B` for each term, where B `[rows, n]` has rows `ldb` apart: the gradient of weights, `dW = X^T * dZ`. B is packed
    /// once for all terms, block by block.
    static void addTransposed(Kernels k, Buffers buffers, int rows, float[] b, int bo, int ldb, int n, Term... terms) {
        if (Arrays.stream(terms).allMatch(term -> term.c == null)) {
            return;
        }
        int block = Math.max(256, BLOCK / n / 128 * 128);
        float[] packed = buffers.take(k.packedLength(Math.min(block, rows), n));
        for (int from = 0; from < rows; from += block) {
            int count = Math.min(block, rows - from);
            k.pack(count, n, b, bo + from * ldb, ldb, 1, packed);
            PackedMatrix matrix = new PackedMatrix(count, n, packed);
            for (Term term : terms) {
                if (term.c != null) {
                    k.gemm(term.m, 0, count, term.a, from * term.lda, 1, term.lda, matrix, term.c, term.co, term.ldc);
                }
            }
        }
    }

    /// `C[rows, n] += A[rows, k] * B`, both contiguous.
    static void add(Kernels k, int rows, float[] a, PackedMatrix b, float[] c) {
        k.gemm(rows, 0, b.k(), a, 0, b.k(), 1, b, c, 0, b.n());
    }
}
