package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;

/// The matrix products of [VectorKernels]: B packed in panels of four vectors (then two, then one for the rest), k cut into blocks
/// whose panel stays in the first-level cache, and register tiles of six rows.
final class PanelProducts {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();
    /// Rows of B a block: 128 rows of four 16-lane vectors are 32 KiB.
    private static final int K_BLOCK = 128;
    private static final int EDGE_ROWS = 24;
    private static final ThreadLocal<float[]> EDGE = ThreadLocal.withInitial(() -> new float[EDGE_ROWS * 4 * L]);

    private PanelProducts() {}

    /// See [Kernels#packedLength].
    static int packedLength(int k, int n) {
        return Math.multiplyExact(k, Math.ceilDiv(n, L) * L);
    }

    /// See [Kernels#pack].
    static void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed) {
        for (int j = 0; j < n;) {
            int width = panel(n - j);
            int used = Math.min(width, n - j);
            int out = j * k;
            if (cs == 1) {
                for (int p = 0; p < k; p++, out += width) {
                    System.arraycopy(b, bo + p * rs + j, packed, out, used);
                    for (int q = used; q < width; q++) {
                        packed[out + q] = 0f;
                    }
                }
            } else {
                for (int q = 0; q < width; q++) {
                    packColumn(k, b, bo + (j + q) * cs, q < used ? rs : 0, q < used, packed, out + q, width);
                }
            }
            j += width;
        }
    }

    private static void packColumn(int k, float[] b, int bo, int rs, boolean real, float[] packed, int out, int width) {
        for (int p = 0; p < k; p++) {
            packed[out + p * width] = real ? b[bo + p * rs] : 0f;
        }
    }

    /// The width of the next panel when n columns are left: four, two or one vector; only the last may be partly empty.
    private static int panel(int n) {
        return n > 3 * L ? 4 * L : n > L ? 2 * L : L;
    }

    /// See [Kernels#gemm].
    static void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, PackedMatrix b, float[] c, int co,
            int ldc) {
        int n = b.n();
        for (int j = 0; j < n; j += panel(n - j)) {
            int width = panel(n - j);
            for (int p = 0; p < kc; p += K_BLOCK) {
                int depth = Math.min(K_BLOCK, kc - p);
                int ap = ao + p * cs;
                int bp = j * b.k() + (k0 + p) * width;
                if (n - j >= width) {
                    panel(width, m, depth, a, ap, rs, cs, b.data(), bp, c, co + j, ldc);
                } else {
                    edge(n - j, m, depth, a, ap, rs, cs, b.data(), bp, c, co + j, ldc);
                }
            }
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
        if (cs == 1) {
            for (; i + 6 <= m; i += 6) {
                SixRowTiles.rows(kc, a, ao + i * rs, rs, b, bo, c, co + i * ldc, ldc);
            }
        } else if (rs == 1) {
            for (; i + 6 <= m; i += 6) {
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
