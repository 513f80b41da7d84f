package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.internal.kernel.PlainMatrix;
import dev.rondo.internal.kernel.RightMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Matrix products over all rows of a batch.
final class Products {
    /// Columns and rows of B that are taken at a time: at most 1 MiB, of which each block of A meets all columns.
    private static final int WIDTH = 1024;
    private static final int DEPTH = 256;
    /// Rows of C at least 2 KiB apart are gathered.
    private static final int FAR = 512;

    private Products() {}

    /// One product of [#addTransposed] for A `[rows, m]` and the first n columns of B: `C[m, n] += A^T B`, where C has rows `ldc`
    /// apart.
    record Term(float[] a, int m, int n, Sum c, int co, int ldc) {
        /// The product for a gradient, null if the gradient is not wanted.
        static @Nullable Term of(float[] a, int m, int n, @Nullable Sum c) {
            return c == null ? null : new Term(a, m, n, c, 0, n);
        }
    }

    /// `C += A^T * B` for each term, where B `[rows, n]` has rows `ldb` apart: the gradient of weights, `dW = X^T * dZ`. B is read
    /// where it lies, or packed once for all terms, block by block. Columns of C are gathered in a block that takes all rows before the
    /// next one begins: rows of C are often a power of two apart and would evict each other.
    static void addTransposed(Kernels k, Buffers buffers, int rows, float[] b, int bo, int ldb,
            @Nullable Term... terms) {
        List<Term> wanted = Arrays.stream(terms).filter(Objects::nonNull).toList();
        int n = 0;
        for (Term term : wanted) {
            n = Math.max(n, term.n);
        }
        int width = Math.ceilDiv(n, Math.max(1, Math.ceilDiv(n, WIDTH)) * 64) * 64;
        int depth = Math.min(rows, DEPTH);
        float[] zero = buffers.zeros(Math.min(n, width));
        float[] packed = PlainMatrix.suits(ldb) ? new float[0]
                : buffers.take(k.packedLength(depth, Math.min(n, width)));
        for (int j = 0; j < n;) {
            int to = Math.min(n, j + width);
            for (Term term : wanted) {
                to = term.n > j ? Math.min(to, term.n) : to;
            }
            List<Term> parts = new ArrayList<>();
            for (Term term : wanted) {
                if (term.n > j) {
                    parts.add(gathered(buffers, term, j, to - j));
                }
            }
            addColumns(k, rows, b, bo + j, ldb, to - j, depth, packed, zero, parts);
            for (int i = 0, p = 0; i < wanted.size(); i++) {
                Term term = wanted.get(i);
                if (term.n > j) {
                    scatter(parts.get(p++), term, j);
                }
            }
            j = to;
        }
    }

    /// The first products start from a row of zeros where C is empty, also if there are no rows to add.
    private static void addColumns(Kernels k, int rows, float[] b, int bo, int ldb, int n, int depth, float[] packed,
            float[] zero, List<Term> terms) {
        int row = 0;
        do {
            int count = Math.min(depth, rows - row);
            RightMatrix matrix = new PlainMatrix(count, n, b, bo + row * ldb, ldb);
            if (!PlainMatrix.suits(ldb)) {
                k.pack(count, n, b, bo + row * ldb, ldb, 1, packed);
                matrix = new PackedMatrix(count, n, packed);
            }
            for (Term term : terms) {
                float[] c = term.c.values();
                if (row == 0 && term.c.isEmpty()) {
                    k.affine(term.m, count, term.a, 0, 1, term.m, matrix, zero, 0, c, term.co, term.ldc);
                } else {
                    k.gemm(term.m, 0, count, term.a, row * term.m, 1, term.m, matrix, c, term.co, term.ldc);
                }
            }
            row += depth;
        } while (row < rows);
    }

    /// Columns `from` to `from + n` of C, in a block of their own where its rows are far apart.
    private static Term gathered(Buffers buffers, Term term, int from, int n) {
        if (term.ldc < FAR) {
            return new Term(term.a, term.m, n, term.c, term.co + from, term.ldc);
        }
        float[] block = buffers.take(term.m * n);
        if (!term.c.isEmpty()) {
            copyRows(term.m, n, term.c.values(), term.co + from, term.ldc, block, 0, n);
        }
        return new Term(term.a, term.m, n, new Sum(block, term.c.isEmpty()), 0, n);
    }

    /// Puts a block of [#gathered] back.
    private static void scatter(Term part, Term term, int from) {
        if (part.c != term.c) {
            copyRows(term.m, part.n, part.c.values(), 0, part.n, term.c.values(), term.co + from, term.ldc);
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
