package dev.rondo.internal.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// The matrix products of [VectorKernels]: B packed in panels of four vectors (then two, then one for the rest), k cut into blocks
/// whose panel stays in the first-level cache, and register tiles of six rows.
final class PanelProducts {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();
    /// Rows of B a block: 128 rows of four 16-lane vectors are 32 KiB.
    private static final int K_BLOCK = 128;
    /// A block of A: 192 rows of 512 are 384 KiB, so that panels of B and C have room beside it.
    private static final int ROWS = 192;
    private static final int DEPTH = 512;
    /// From this width of B on, a copy of A costs less than it saves.
    private static final int GATHER_COLUMNS = 128;
    private static final int GATHER_ROWS = 64;
    /// Rows this far apart lie on pages of their own and fall into the same few sets of the first-level cache.
    private static final int FAR = 1024;
    /// Not a power of two, for the same reason.
    private static final int GATHERED_STRIDE = DEPTH + 16;
    private static final ThreadLocal<float[]> GATHERED = ThreadLocal
            .withInitial(() -> new float[ROWS * GATHERED_STRIDE]);
    /// Where the first panel starts: behind the header of 16 bytes this is 64, so that panels are aligned with the lines of the
    /// cache where arrays are (`-XX:ObjectAlignmentInBytes=64`).
    private static final int FIRST = 12;
    /// Rows of a transposed matrix that are packed at a time: those of one line of the cache.
    private static final int PACKED_ROWS = 16;
    private static final int EDGE_ROWS = 24;
    private static final ThreadLocal<float[]> EDGE = ThreadLocal.withInitial(() -> new float[EDGE_ROWS * 4 * L]);

    private PanelProducts() {}

    /// See [Kernels#packedLength].
    static int packedLength(int k, int n) {
        return Math.addExact(FIRST, Math.multiplyExact(k, Math.ceilDiv(n, L) * L));
    }

    /// See [Kernels#pack].
    static void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed) {
        Arrays.fill(packed, 0, FIRST, 0f);
        for (int j = 0; j < n;) {
            int width = panel(n - j);
            int used = Math.min(width, n - j);
            int out = FIRST + j * k;
            if (cs == 1) {
                for (int p = 0; p < k; p++, out += width) {
                    System.arraycopy(b, bo + p * rs + j, packed, out, used);
                    for (int q = used; q < width; q++) {
                        packed[out + q] = 0f;
                    }
                }
            } else {
                for (int p = 0; p < k; p += PACKED_ROWS) {
                    packColumns(Math.min(PACKED_ROWS, k - p), used, b, bo + p * rs + j * cs, rs, cs, packed,
                            out + p * width, width);
                }
            }
            j += width;
        }
    }

    /// A few rows of a panel, column after column: reads and writes stay within lines of the first-level cache.
    private static void packColumns(int rows, int used, float[] b, int bo, int rs, int cs, float[] packed, int out,
            int width) {
        for (int q = 0; q < width; q++) {
            int from = bo + q * cs;
            int at = out + q;
            for (int p = 0; p < rows; p++) {
                packed[at + p * width] = q < used ? b[from + p * rs] : 0f;
            }
        }
    }

    /// The width of the next panel when n columns are left: four, two or one vector; only the last may be partly empty.
    private static int panel(int n) {
        return n > 3 * L ? 4 * L : n > L ? 2 * L : L;
    }

    /// See [Kernels#gemm]. A goes through the second-level cache in blocks, each of which meets all panels of B.
    static void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, PackedMatrix b, float[] c, int co,
            int ldc) {
        boolean gather = b.n() >= GATHER_COLUMNS && (cs != 1 || rs >= FAR && m >= GATHER_ROWS);
        for (int p = 0; p < kc; p += DEPTH) {
            int depth = Math.min(DEPTH, kc - p);
            for (int i = 0; i < m; i += ROWS) {
                int rows = Math.min(ROWS, m - i);
                int from = ao + i * rs + p * cs;
                if (gather) {
                    float[] gathered = GATHERED.get();
                    gather(rows, depth, a, from, rs, cs, gathered);
                    block(rows, k0 + p, depth, gathered, 0, GATHERED_STRIDE, 1, b, c, co + i * ldc, ldc);
                } else {
                    block(rows, k0 + p, depth, a, from, rs, cs, b, c, co + i * ldc, ldc);
                }
            }
        }
    }

    private static void block(int m, int k0, int kc, float[] a, int ao, int rs, int cs, PackedMatrix b, float[] c,
            int co, int ldc) {
        int n = b.n();
        for (int j = 0; j < n; j += panel(n - j)) {
            int width = panel(n - j);
            for (int p = 0; p < kc; p += K_BLOCK) {
                int depth = Math.min(K_BLOCK, kc - p);
                int ap = ao + p * cs;
                int bp = FIRST + j * b.k() + (k0 + p) * width;
                if (n - j >= width) {
                    panel(width, m, depth, a, ap, rs, cs, b.data(), bp, c, co + j, ldc);
                } else {
                    edge(n - j, m, depth, a, ap, rs, cs, b.data(), bp, c, co + j, ldc);
                }
            }
        }
    }

    /// Copies a block of A so that each row is contiguous: the tiles read rows fastest, and rows a page apart evict each other.
    private static void gather(int m, int kc, float[] a, int ao, int rs, int cs, float[] to) {
        if (cs == 1) {
            for (int i = 0; i < m; i++) {
                System.arraycopy(a, ao + i * rs, to, i * GATHERED_STRIDE, kc);
            }
            return;
        }
        int i = 0;
        for (; i + 8 <= m; i += 8) {
            gatherEight(kc, a, ao + i * rs, rs, cs, to, i * GATHERED_STRIDE);
        }
        for (; i < m; i++) {
            for (int p = 0; p < kc; p++) {
                to[i * GATHERED_STRIDE + p] = a[ao + i * rs + p * cs];
            }
        }
    }

    private static void gatherEight(int kc, float[] a, int ao, int rs, int cs, float[] to, int t0) {
        for (int p = 0; p < kc; p++) {
            int from = ao + p * cs;
            int at = t0 + p;
            to[at] = a[from];
            to[at + GATHERED_STRIDE] = a[from + rs];
            to[at + 2 * GATHERED_STRIDE] = a[from + 2 * rs];
            to[at + 3 * GATHERED_STRIDE] = a[from + 3 * rs];
            to[at + 4 * GATHERED_STRIDE] = a[from + 4 * rs];
            to[at + 5 * GATHERED_STRIDE] = a[from + 5 * rs];
            to[at + 6 * GATHERED_STRIDE] = a[from + 6 * rs];
            to[at + 7 * GATHERED_STRIDE] = a[from + 7 * rs];
        }
    }

    private static void panel(int width, int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, float[] c,
            int co, int ldc) {
        if (width == 4 * L) {
            panel4(m, kc, a, ao, rs, cs, b, bo, c, co, ldc);
        } else if (width == 2 * L) {
            panel2(m, kc, a, ao, rs, cs, b, bo, c, co, ldc);
        } else {
            panel1(m, kc, a, ao, rs, cs, b, bo, c, co, ldc);
        }
    }

    /// A panel with n real columns, by way of a copy of C that has room for all.
    private static void edge(int n, int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, float[] c,
            int co,
            int ldc) {
        float[] room = EDGE.get();
        int width = panel(n);
        for (int i = 0; i < m; i += EDGE_ROWS) {
            int rows = Math.min(EDGE_ROWS, m - i);
            copyRows(rows, n, c, co + i * ldc, ldc, room, 0, width);
            panel(width, rows, kc, a, ao + i * rs, rs, cs, b, bo, room, 0, width);
            copyRows(rows, n, room, 0, width, c, co + i * ldc, ldc);
        }
    }

    private static void copyRows(int m, int n, float[] from, int fo, int ldf, float[] to, int at, int ldt) {
        for (int i = 0; i < m; i++) {
            System.arraycopy(from, fo + i * ldf, to, at + i * ldt, n);
        }
    }

    private static void panel4(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, float[] c, int co,
            int ldc) {
        int i = 0;
        int sixes = m % 6 == 2 && m > 2 ? m - 8 : m;          // eight rows are better off as four and four than as six and two
        if (cs == 1) {
            for (; i + 6 <= sixes; i += 6) {
                SixRowTiles.rows(kc, a, ao + i * rs, rs, b, bo, c, co + i * ldc, ldc);
            }
        } else if (rs == 1) {
            for (; i + 6 <= sixes; i += 6) {
                SixRowTiles.columns(kc, a, ao + i, cs, b, bo, c, co + i * ldc, ldc);
            }
        }
        for (; i + 4 <= m; i += 4) {
            GemmTiles.tile4x4(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
        if (i + 2 <= m) {
            GemmTiles.tile2x4(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
            i += 2;
        }
        if (i < m) {
            GemmTiles.tile1x4(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
    }

    private static void panel2(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, float[] c, int co,
            int ldc) {
        int i = 0;
        for (; i + 6 <= m; i += 6) {
            GemmTiles.tile6x2(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
        for (; i + 4 <= m; i += 4) {
            GemmTiles.tile4x2(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
        if (i + 2 <= m) {
            GemmTiles.tile2x2(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
            i += 2;
        }
        if (i < m) {
            GemmTiles.tile1x2(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
    }

    private static void panel1(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, float[] c, int co,
            int ldc) {
        int i = 0;
        for (; i + 6 <= m; i += 6) {
            GemmTiles.tile6x1(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
        for (; i + 4 <= m; i += 4) {
            GemmTiles.tile4x1(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
        if (i + 2 <= m) {
            GemmTiles.tile2x1(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
            i += 2;
        }
        if (i < m) {
            GemmTiles.tile1x1(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
        }
    }
}
