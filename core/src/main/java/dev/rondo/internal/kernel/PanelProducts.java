package dev.rondo.internal.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// The matrix products of [VectorKernels]: B packed in panels of four vectors (then two, then one for the rest), k cut into blocks
/// whose panel stays in the first-level cache, and register tiles of six rows, or of eight in a panel of one vector.
final class PanelProducts {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();
    /// The width of a panel: six rows of four vectors take 24 accumulators, for which a processor with 256-bit vectors, which has 16
    /// registers, has no room.
    private static final int WIDE = L == 8 ? 2 * L : 4 * L;
    /// Rows of B a block: 128 rows of four 16-lane vectors are 32 KiB.
    private static final int K_BLOCK = 128;
    /// A block of A: 192 rows of 512 are 384 KiB, so that panels of B and C have room beside it.
    private static final int ROWS = 192;
    private static final int DEPTH = 512;
    /// Rows of an affine map: a block of A [96, 512] takes 192 KiB.
    private static final int AFFINE_ROWS = 96;
    /// From this width of B on, a copy of A costs less than it saves.
    private static final int GATHER_COLUMNS = 128;
    private static final int GATHER_ROWS = 64;
    /// Rows this far apart lie on pages of their own, and fall into the same few sets of the cache if at a multiple of 2 KiB.
    private static final int FAR = 1024;
    private static final int SAME_SETS = 512;
    /// Not a power of two, for the same reason.
    private static final int GATHERED_STRIDE = DEPTH + 16;
    private static final ThreadLocal<float[]> GATHERED = ThreadLocal
            .withInitial(() -> new float[ROWS * GATHERED_STRIDE]);
    /// Where the first panel starts: behind the header of 16 bytes this is 64, so that panels are aligned with the lines of the
    /// cache where arrays are (`-XX:ObjectAlignmentInBytes=64`).
    static final int FIRST = 12;
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
        if (cs == 1) {
            for (int p = 0; p < k; p++) {
                packRow(p, k, n, b, bo + p * rs, packed);
            }
            return;
        }
        for (int j = 0; j < n; j += panel(n - j)) {
            int width = panel(n - j);
            int used = Math.min(width, n - j);
            for (int p = 0; p < k; p += PACKED_ROWS) {
                packColumns(Math.min(PACKED_ROWS, k - p), used, b, bo + p * rs + j * cs, rs, cs, packed,
                        FIRST + j * k + p * width, width);
            }
        }
    }

    /// A row of B, all panels: reading along a row is what the processor expects.
    private static void packRow(int p, int k, int n, float[] b, int bo, float[] packed) {
        for (int j = 0; j < n; j += panel(n - j)) {
            int width = panel(n - j);
            int used = Math.min(width, n - j);
            int out = FIRST + j * k + p * width;
            System.arraycopy(b, bo + j, packed, out, used);
            for (int q = used; q < width; q++) {
                packed[out + q] = 0f;
            }
        }
    }

    /// A few rows of a panel, eight columns at a time: reads and writes stay within lines of the first-level cache.
    private static void packColumns(int rows, int used, float[] b, int bo, int rs, int cs, float[] packed, int out,
            int width) {
        int q = 0;
        for (; q + 8 <= used; q += 8) {
            packEight(rows, b, bo + q * cs, rs, cs, packed, out + q, width);
        }
        for (; q < width; q++) {
            for (int p = 0; p < rows; p++) {
                packed[out + p * width + q] = q < used ? b[bo + p * rs + q * cs] : 0f;
            }
        }
    }

    private static void packEight(int rows, float[] b, int b0, int rs, int cs, float[] packed, int out, int width) {
        for (int p = 0; p < rows; p++) {
            int from = b0 + p * rs;
            int at = out + p * width;
            packed[at] = b[from];
            packed[at + 1] = b[from + cs];
            packed[at + 2] = b[from + 2 * cs];
            packed[at + 3] = b[from + 3 * cs];
            packed[at + 4] = b[from + 4 * cs];
            packed[at + 5] = b[from + 5 * cs];
            packed[at + 6] = b[from + 6 * cs];
            packed[at + 7] = b[from + 7 * cs];
        }
    }

    /// The width of the next panel when n columns are left: four, two or one vector; only the last may be partly empty.
    static int panel(int n) {
        return WIDE == 4 * L && n > 3 * L ? WIDE : n > L ? 2 * L : L;
    }

    /// See [Kernels#gemm]. A goes through the second-level cache in blocks, each of which meets all panels of B.
    static void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, PackedMatrix b, float[] c, int co,
            int ldc) {
        boolean gather = b.n() >= GATHER_COLUMNS && (cs != 1 || rs >= FAR && rs % SAME_SETS == 0 && m >= GATHER_ROWS);
        int most = Math.ceilDiv(kc, Math.max(1, Math.ceilDiv(kc, DEPTH)) * K_BLOCK) * K_BLOCK;
        for (int p = 0; p < kc; p += most) {
            int depth = Math.min(most, kc - p);
            for (int i = 0; i < m; i += ROWS) {
                int rows = Math.min(ROWS, m - i);
                int from = ao + i * rs + p * cs;
                if (gather) {
                    float[] gathered = GATHERED.get();
                    gather(rows, depth, a, from, rs, cs, gathered, 0, GATHERED_STRIDE);
                    block(rows, k0 + p, depth, gathered, 0, GATHERED_STRIDE, 1, b, c, co + i * ldc, ldc);
                } else {
                    block(rows, k0 + p, depth, a, from, rs, cs, b, c, co + i * ldc, ldc);
                }
            }
        }
    }

    private static void block(int m, int k0, int kc, float[] a, int ao, int rs, int cs, PackedMatrix b, float[] c,
            int co, int ldc) {
        for (int j = 0; j < b.n(); j += panel(b.n() - j)) {
            columns(j, m, k0, kc, a, ao, rs, cs, b, c, co + j, ldc);
        }
    }

    /// See [Kernels#affine]. The rows of a panel are filled right before their first use, so that the tiles find them in the cache.
    static void affine(int m, int kc, float[] a, int ao, int rs, PackedMatrix b, float[] row, int ro, float[] c, int co,
            int ldc) {
        for (int i = 0; i < m; i += AFFINE_ROWS) {
            int rows = Math.min(AFFINE_ROWS, m - i);
            for (int j = 0; j < b.n(); j += panel(b.n() - j)) {
                int at = co + i * ldc + j;
                int width = Math.min(panel(b.n() - j), b.n() - j);
                for (int q = 0; q < rows; q++) {
                    System.arraycopy(row, ro + j, c, at + q * ldc, width);
                }
                columns(j, rows, 0, kc, a, ao + i * rs, rs, 1, b, c, at, ldc);
            }
        }
    }

    /// The columns of the panel that starts at column j.
    private static void columns(int j, int m, int k0, int kc, float[] a, int ao, int rs, int cs, PackedMatrix b,
            float[] c, int co, int ldc) {
        int real = b.n() - j;
        int width = panel(real);
        for (int p = 0; p < kc; p += K_BLOCK) {
            int depth = Math.min(K_BLOCK, kc - p);
            int ap = ao + p * cs;
            int bp = FIRST + j * b.k() + (k0 + p) * width;
            if (real >= width) {
                panel(width, m, depth, a, ap, rs, cs, b.data(), bp, c, co, ldc);
            } else {
                edge(real, m, depth, a, ap, rs, cs, b.data(), bp, c, co, ldc);
            }
        }
    }

    /// Copies A `[m, kc]` so that each row is contiguous, rows `stride` apart.
    private static void gather(int m, int kc, float[] a, int ao, int rs, int cs, float[] to, int at,
            int stride) {
        if (cs == 1) {
            for (int i = 0; i < m; i++) {
                System.arraycopy(a, ao + i * rs, to, at + i * stride, kc);
            }
            return;
        }
        int p = 0;
        for (; p + 16 <= kc; p += 16) {
            gatherSixteen(m, a, ao + p * cs, rs, cs, to, at + p, stride);
        }
        for (; p < kc; p++) {
            for (int i = 0; i < m; i++) {
                to[at + i * stride + p] = a[ao + i * rs + p * cs];
            }
        }
    }

    /// Writes a line of the cache at a time; the sixteen lines that it reads from stay in the first-level cache for the next rows.
    private static void gatherSixteen(int m, float[] a, int ao, int rs, int cs, float[] to, int at, int stride) {
        for (int i = 0; i < m; i++) {
            int from = ao + i * rs;
            int t = at + i * stride;
            to[t] = a[from];
            to[t + 1] = a[from + cs];
            to[t + 2] = a[from + 2 * cs];
            to[t + 3] = a[from + 3 * cs];
            to[t + 4] = a[from + 4 * cs];
            to[t + 5] = a[from + 5 * cs];
            to[t + 6] = a[from + 6 * cs];
            to[t + 7] = a[from + 7 * cs];
            to[t + 8] = a[from + 8 * cs];
            to[t + 9] = a[from + 9 * cs];
            to[t + 10] = a[from + 10 * cs];
            to[t + 11] = a[from + 11 * cs];
            to[t + 12] = a[from + 12 * cs];
            to[t + 13] = a[from + 13 * cs];
            to[t + 14] = a[from + 14 * cs];
            to[t + 15] = a[from + 15 * cs];
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
        for (; i + 8 <= m; i += 8) {
            GemmTiles.tile8x1(kc, a, ao + i * rs, rs, cs, b, bo, c, co + i * ldc, ldc);
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
