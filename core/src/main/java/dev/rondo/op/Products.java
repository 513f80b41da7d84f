package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Matrix products over all rows of a batch.
final class Products {
    /// The floats of a block of C, 512 KiB, which stays in the second-level cache, and of one of B, 1 MiB.
    private static final int C_BLOCK = 1 << 17;
    private static final int B_BLOCK = 1 << 18;

    private Products() {}

    /// A matrix `[rows, m]` turned round: column i is contiguous from element `i * stride` on.
    record Turned(float[] data, int m, int stride) {}

    /// One product of [#addTransposed], with the first n columns of B: `C[m, n] += A^T B`, where C has rows `ldc` apart.
    record Term(Turned a, int n, float[] c, int co, int ldc) {
        /// The product for a gradient, null if the gradient is not wanted.
        static @Nullable Term of(Kernels k, Buffers buffers, int rows, float[] a, int m, int n, float @Nullable [] c) {
            return c == null ? null : new Term(turn(k, buffers, rows, a, m), n, c, 0, n);
        }
    }

    /// Turns A `[rows, m]` round.
    static Turned turn(Kernels k, Buffers buffers, int rows, float[] a, int m) {
        int stride = Math.ceilDiv(rows, 16) * 16;
        if (stride % 256 == 0) {
            stride += 16;          // columns a power of two apart would evict each other from the cache
        }
        float[] data = buffers.take(Math.multiplyExact(m, stride));
        k.transpose(rows, m, a, 0, m, data, 0, stride);
        return new Turned(data, m, stride);
    }

    /// `C += A^T * B` for each term, where B `[rows, n]` has rows `ldb` apart: the gradient of weights, `dW = X^T * dZ`. B is packed
    /// once for all terms, block by block. Columns of C are gathered in a block that takes all rows before the next one begins:
    /// rows of C are often a power of two apart and would evict each other.
    static void addTransposed(Kernels k, Buffers buffers, int rows, float[] b, int bo, int ldb,
            @Nullable Term... terms) {
        List<Term> wanted = Arrays.stream(terms).filter(Objects::nonNull).toList();
        int n = 0;
        int m = 1;
        for (Term term : wanted) {
            n = Math.max(n, term.n);
            m = Math.max(m, term.a.m);
        }
        int width = Math.min(n, Math.max(64, C_BLOCK / m / 64 * 64));
        int depth = Math.min(rows, Math.max(128, B_BLOCK / Math.max(1, width) / 128 * 128));
        float[] packed = buffers.take(k.packedLength(depth, width));
        float[][] blocks = new float[wanted.size()][];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = buffers.take(wanted.get(i).a.m * width);
        }
        for (int j = 0; j < n;) {
            int to = Math.min(n, j + width);
            for (Term term : wanted) {
                to = term.n > j ? Math.min(to, term.n) : to;
            }
            addColumns(k, rows, b, bo, ldb, j, to, depth, packed, wanted, blocks);
            j = to;
        }
    }

    private static void addColumns(Kernels k, int rows, float[] b, int bo, int ldb, int from, int to, int depth,
            float[] packed, List<Term> terms, float[][] blocks) {
        int n = to - from;
        for (int i = 0; i < blocks.length; i++) {
            Term term = terms.get(i);
            if (term.n > from) {
                copyRows(term.a.m, n, term.c, term.co + from, term.ldc, blocks[i], 0, n);
            }
        }
        for (int row = 0; row < rows; row += depth) {
            int count = Math.min(depth, rows - row);
            k.pack(count, n, b, bo + row * ldb + from, ldb, 1, packed);
            PackedMatrix matrix = new PackedMatrix(count, n, packed);
            for (int i = 0; i < blocks.length; i++) {
                Turned a = terms.get(i).a;
                if (terms.get(i).n > from) {
                    k.gemm(a.m, 0, count, a.data, row, a.stride, 1, matrix, blocks[i], 0, n);
                }
            }
        }
        for (int i = 0; i < blocks.length; i++) {
            Term term = terms.get(i);
            if (term.n > from) {
                copyRows(term.a.m, n, blocks[i], 0, n, term.c, term.co + from, term.ldc);
            }
        }
    }

    private static void copyRows(int m, int n, float[] from, int fo, int ldf, float[] to, int at, int ldt) {
        for (int i = 0; i < m; i++) {
            System.arraycopy(from, fo + i * ldf, to, at + i * ldt, n);
        }
    }

    /// `C[rows, n] += A[rows, k] * B`, both contiguous.
    static void add(Kernels k, int rows, float[] a, PackedMatrix b, float[] c) {
        k.gemm(rows, 0, b.k(), a, 0, b.k(), 1, b, c, 0, b.n());
    }
}
