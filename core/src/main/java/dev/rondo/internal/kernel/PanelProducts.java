package dev.rondo.internal.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// The matrix products of [VectorKernels]: B in panels of four vectors, of which the last may have one to five, packed or not, k cut into
/// blocks whose panel stays in the first-level cache, and register tiles of six rows, of four for five vectors, of eight for fewer than four.
/// With 256-bit vectors, for which there are sixteen registers, panels have two vectors and are packed or copied for all tiles of five
/// rows and more, which are those of [SixteenRegisterTiles].
///
/// Everywhere `C = S + A * B`: S is C itself, or with `lds` 0 one row from which all rows of C start.
final class PanelProducts {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /// Whether there are sixteen vector registers, as with 256-bit vectors, and the tiles are those of [SixteenRegisterTiles].
    private static final boolean FEW_REGISTERS = L == 8;
    /// The width of a panel: six rows of four vectors take 24 accumulators, for which sixteen registers have no room.
    private static final int WIDE = FEW_REGISTERS ? 2 * L : 4 * L;
    /// Rows of B a block: 128 rows of four 16-lane vectors are 32 KiB, and 96 of five 30. 512 of two vectors of 8 are 32 KiB too, which is all of
    /// the first-level cache of many such processors: they read and write C less often, and are faster there all the same.
    private static final int K_BLOCK = FEW_REGISTERS ? 512 : 128;
    private static final int FIVE_K_BLOCK = 96;
    /// Rows a block where a plain B is multiplied with columns of A: 128 rows of B, which begin anywhere in a line, and the lines of A of
    /// which a tile takes six numbers would not fit into the first-level cache together.
    private static final int PLAIN_K_BLOCK = 64;
    /// A block of A: 192 rows of 512 are 384 KiB, so that panels of B and C have room beside it.
    private static final int ROWS = 192;
    private static final int DEPTH = 512;
    /// From this width of B on, a copy of A costs less than it saves.
    private static final int GATHER_COLUMNS = 128;
    private static final int GATHER_ROWS = 64;
    /// Columns of A that are shorter are read where they lie, as a few of them share a page, and so are all for a plain B, which would
    /// have to be copied for rows of A (and is anyhow with 256 bits, where gathering A was no faster).
    private static final int FAR_COLUMNS = 256;
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
    private static final int EDGE_ROWS = 48;
    /// The rows of C, and one that they start from.
    private static final ThreadLocal<float[]> EDGE = ThreadLocal.withInitial(() -> new float[(EDGE_ROWS + 1) * 4 * L]);
    /// A block of a panel; one of five vectors has fewer rows.
    private static final ThreadLocal<float[]> PANEL = ThreadLocal.withInitial(() -> new float[FIRST + K_BLOCK * WIDE]);

    private PanelProducts() {}

    /// See [Kernels#packedLength].
    static int packedLength(int k, int n) {
        return Math.addExact(FIRST, Math.multiplyExact(k, Math.ceilDiv(n, L) * L));
    }

    /// See [Kernels#pack].
    static void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed) {
        boolean squares = rs == 1 && k >= L && n >= L && VectorTranspose.SUPPORTED;
        pack(k, n, b, bo, rs, cs, packed, squares ? VectorTranspose.room() : null);
    }

    /// The same in plain loops, for [EarlyKernels].
    static void packPlainly(int k, int n, float[] b, int bo, int rs, int cs, float[] packed) {
        pack(k, n, b, bo, rs, cs, packed, null);
    }

    /// @param room for [VectorTranspose#square], null: not to be used
    private static void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed, float @Nullable [] room) {
        Arrays.fill(packed, 0, FIRST, 0f);
        if (cs == 1) {
            for (int p = 0; p < k; p++) {
                packRow(p, k, n, b, bo + p * rs, packed);
            }
            return;
        }
        for (int j = 0; j < n; j += panel(j, n)) {
            int width = panel(j, n);
            int used = Math.min(width, n - j);
            int lead = lead(j, n);
            for (int p = 0; p < k; p += PACKED_ROWS) {
                int rows = Math.min(PACKED_ROWS, k - p);
                int out = FIRST + j * k + p * width;
                if (used < width) {
                    Arrays.fill(packed, out, out + rows * width, 0f);
                }
                packColumns(rows, used, b, bo + p * rs + j * cs, rs, cs, packed, out + lead, width,
                        rows == L ? room : null);
            }
        }
    }

    /// The empty columns before column j, where a panel starts, in that panel. One that is not filled by what is left of B lies so far to
    /// the left that it ends where B ends: the columns that it shares with the panel before are zero there, and add zeros.
    static int lead(int j, int n) {
        int width = panel(j, n);
        return n >= width ? Math.max(0, width - (n - j)) : 0;
    }

    /// A row of B, all panels: reading along a row is what the processor expects.
    private static void packRow(int p, int k, int n, float[] b, int bo, float[] packed) {
        for (int j = 0; j < n; j += panel(j, n)) {
            int width = panel(j, n);
            int used = Math.min(width, n - j);
            int out = FIRST + j * k + p * width;
            if (used < width) {
                Arrays.fill(packed, out, out + width, 0f);
            }
            System.arraycopy(b, bo + j, packed, out + lead(j, n), used);
        }
    }

    /// A few rows of a panel, squares or eight columns at a time: reads and writes stay within lines of the first-level cache.
    private static void packColumns(int rows, int used, float[] b, int bo, int rs, int cs, float[] packed, int out,
            int width, float @Nullable [] room) {
        int q = 0;
        for (; room != null && q + L <= used; q += L) {
            VectorTranspose.square(b, bo + q * cs, cs, packed, out + q, width, room);
        }
        for (; q + 8 <= used; q += 8) {
            packEight(rows, b, bo + q * cs, rs, cs, packed, out + q, width);
        }
        for (; q < used; q++) {
            for (int p = 0; p < rows; p++) {
                packed[out + p * width + q] = b[bo + p * rs + q * cs];
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

    /// The width of the panel that starts at column j of n: as wide as the widest as long as there is so much, and then what is left, or with
    /// it, five vectors instead of four and one, as the tiles of one vector are the slowest. Only the last panel may be partly empty.
    static int panel(int j, int n) {
        int vectors = Math.ceilDiv(n - j, L);
        // A panel of five always has columns before it that it may share, so that it needs no room at an edge.
        boolean five = !FEW_REGISTERS && vectors == 5 && n >= 5 * L;
        return five ? 5 * L : Math.min(vectors * L, WIDE);
    }

    /// Where the last panel of n columns starts.
    private static int lastPanel(int n) {
        int j = Math.floorDiv(n - 1, WIDE) * WIDE;
        return j >= WIDE && panel(j - WIDE, n) > WIDE ? j - WIDE : j;
    }

    /// See [Kernels#gemm].
    static void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] c, int co,
            int ldc) {
        product(m, k0, kc, a, ao, rs, cs, b, c, co, ldc, c, co, ldc);
    }

    /// See [Kernels#affine]: all rows start from the same one.
    static void affine(int m, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] row, int ro, float[] c,
            int co, int ldc) {
        product(m, 0, kc, a, ao, rs, cs, b, row, ro, 0, c, co, ldc);
    }

    /// A goes through the second-level cache in blocks, each of which meets all panels of B.
    private static void product(int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] s,
            int so, int lds, float[] c, int co, int ldc) {
        boolean gather = b.n() >= GATHER_COLUMNS && (cs != 1
                ? rs != 1 || cs >= FAR_COLUMNS && b instanceof PackedMatrix
                : rs >= FAR && rs % SAME_SETS == 0 && m >= GATHER_ROWS);
        int even = blockRows(kc, DEPTH);
        int most = even <= K_BLOCK ? even : Math.ceilDiv(even, K_BLOCK) * K_BLOCK;
        int p = 0;
        do {
            int depth = Math.min(most, kc - p);
            for (int i = 0; i < m; i += ROWS) {
                int rows = Math.min(ROWS, m - i);
                int from = ao + i * rs + p * cs;
                int at = co + i * ldc;
                float[] start = p == 0 ? s : c;
                int first = p == 0 ? so + i * lds : at;
                int apart = p == 0 ? lds : ldc;
                if (gather) {
                    float[] gathered = GATHERED.get();
                    gather(rows, depth, a, from, rs, cs, gathered, 0, GATHERED_STRIDE);
                    block(rows, k0 + p, depth, gathered, 0, GATHERED_STRIDE, 1, b, start, first, apart, c, at, ldc);
                } else {
                    block(rows, k0 + p, depth, a, from, rs, cs, b, start, first, apart, c, at, ldc);
                }
            }
            p += most;
        } while (p < kc);
    }

    /// All panels of B, from the first to the last. A single row that is added to reads B for little arithmetic; every other one goes from the
    /// last to the first, so that what the row before read last is found in the first-level cache. Not so where two panels share columns: the
    /// sign of a zero there depends on which comes first.
    private static void block(int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] s,
            int so, int lds, float[] c, int co, int ldc) {
        int last = lastPanel(b.n());
        boolean backwards = m == 1 && lds != 0 && (co / ldc & 1) != 0 && lead(last, b.n()) == 0;
        int done = FEW_REGISTERS && m == 1 && b instanceof PackedMatrix packed
                ? pairs(backwards, k0, kc, a, ao, cs, packed, s, so, c, co)
                : 0;
        for (int q = done; q <= last; q += WIDE) {
            int j = backwards ? last + done - q : q;
            int width = panel(j, b.n());
            int lead = lead(j, b.n());
            if (lead > 0) {
                if (lds == 0) { // else S is C, and what it shares with the panel before is in C already
                    copyRows(m, b.n() - j, s, so + j, lds, c, co + j, ldc);
                }
                int at = co + j - lead;
                columns(j, width, m, k0, kc, a, ao, rs, cs, b, c, at, ldc, c, at, ldc);
            } else if (b.n() - j >= width) {
                columns(j, width, m, k0, kc, a, ao, rs, cs, b, s, so + j, lds, c, co + j, ldc);
            } else {
                edge(j, width, m, k0, kc, a, ao, rs, cs, b, s, so + j, lds, c, co + j, ldc);
            }
        }
    }

    /// A single row, two full panels at a time; what is left of B comes last in both directions. k is at most [#K_BLOCK], as is [#DEPTH].
    ///
    /// @return the columns that are done
    private static int pairs(boolean backwards, int k0, int kc, float[] a, int ao, int cs, PackedMatrix b, float[] s,
            int so, float[] c, int co) {
        int columns = b.n() / (2 * WIDE) * 2 * WIDE;
        for (int q = 0; q < columns; q += 2 * WIDE) {
            int j = backwards ? columns - 2 * WIDE - q : q;
            SixteenRegisterTiles.row(kc, a, ao, cs, b.data(), FIRST + j * b.k() + k0 * WIDE, WIDE * b.k(), s, so + j, c,
                    co + j);
        }
        return columns;
    }

    /// Rows of B a block: as few blocks as can be, as each reads and writes C once more, and all of much the same size.
    private static int blockRows(int kc, int limit) {
        return kc <= limit ? kc : Math.ceilDiv(kc, Math.ceilDiv(kc, limit));
    }

    /// The columns of the panel that starts at column j.
    private static void columns(int j, int width, int m, int k0, int kc, float[] a, int ao, int rs, int cs,
            RightMatrix b, float[] s, int so, int lds, float[] c, int co, int ldc) {
        boolean plainByColumns = !FEW_REGISTERS && rs == 1 && b instanceof PlainMatrix;
        int most = blockRows(kc, plainByColumns ? PLAIN_K_BLOCK : width == 5 * L ? FIVE_K_BLOCK : K_BLOCK);
        panel(j, width, m, k0, Math.min(most, kc), a, ao, rs, cs, b, s, so, lds, c, co, ldc);
        for (int p = most; p < kc; p += most) {
            panel(j, width, m, k0 + p, Math.min(most, kc - p), a, ao + p * cs, rs, cs, b, c, co, ldc, c, co, ldc);
        }
    }

    /// The columns of a panel that is wider than B, by way of a copy of C that has room for all.
    private static void edge(int j, int width, int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        float[] room = EDGE.get();
        int real = b.n() - j;
        for (int i = 0; i < m; i += EDGE_ROWS) {
            int rows = Math.min(EDGE_ROWS, m - i);
            boolean same = lds == 0;
            copyRows(same ? 1 : rows, real, s, so + i * lds, lds, room, 0, width);
            columns(j, width, rows, k0, kc, a, ao + i * rs, rs, cs, b, room, 0, same ? 0 : width, room,
                    same ? width : 0,
                    width);
            copyRows(rows, real, room, same ? width : 0, width, c, co + i * ldc, ldc);
        }
    }

    /// A block of the panel of B that starts at column j, from row k0 on.
    private static void panel(int j, int width, int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        if (b instanceof PackedMatrix packed) {
            tiles(width, m, kc, a, ao, rs, cs, packed.data(), FIRST + j * packed.k() + k0 * width, width, s, so, lds, c,
                    co, ldc);
        } else if (b instanceof PlainMatrix plain) {
            int from = plain.at() + k0 * plain.ldb() + j;
            if ((!FEW_REGISTERS || m < 5) && rs == 1 && b.n() - j >= width) {
                tiles(width, m, kc, a, ao, rs, cs, plain.data(), from, plain.ldb(), s, so, lds, c, co, ldc);
                return;
            }
            float[] room = copyPanel(j, k0, kc, plain);
            tiles(width, m, kc, a, ao, rs, cs, room, FIRST, width, s, so, lds, c, co, ldc);
        }
    }

    /// Packs the rows from k0 on of the panel that starts at column j.
    ///
    /// @return where it is, from [#FIRST] on, until this thread asks for another
    private static float[] copyPanel(int j, int k0, int rows, PlainMatrix b) {
        float[] room = PANEL.get();
        int width = panel(j, b.n());
        int used = Math.min(width, b.n() - j);
        if (used < width) {
            Arrays.fill(room, FIRST, FIRST + rows * width, 0f);
        }
        int from = b.at() + k0 * b.ldb() + j;
        if (FEW_REGISTERS && used == WIDE) {
            copyPairs(rows, b.data(), from, b.ldb(), room, FIRST);
        } else {
            copyRows(rows, used, b.data(), from, b.ldb(), room, FIRST + lead(j, b.n()), width);
        }
        return room;
    }

    /// Rows of two vectors, which are so short that a call of [System#arraycopy] for each takes longer than the copy.
    private static void copyPairs(int m, float[] from, int fo, int ldf, float[] to, int at) {
        for (int i = 0, f = fo, t = at; i < m; i++, f += ldf, t += 2 * L) {
            FloatVector.fromArray(S, from, f).intoArray(to, t);
            FloatVector.fromArray(S, from, f + L).intoArray(to, t + L);
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

    private static void tiles(int width, int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        if (width == 5 * L) {
            panel5(m, kc, a, ao, rs, cs, b, bo, ldb, s, so, lds, c, co, ldc);
        } else if (width == 4 * L) {
            panel4(m, kc, a, ao, rs, cs, b, bo, ldb, s, so, lds, c, co, ldc);
        } else if (width == 3 * L) {
            panel3(m, kc, a, ao, rs, cs, b, bo, ldb, s, so, lds, c, co, ldc);
        } else if (width == 2 * L) {
            panel2(m, kc, a, ao, rs, cs, b, bo, ldb, s, so, lds, c, co, ldc);
        } else {
            panel1(m, kc, a, ao, rs, cs, b, bo, ldb, s, so, lds, c, co, ldc);
        }
    }

    private static void copyRows(int m, int n, float[] from, int fo, int ldf, float[] to, int at, int ldt) {
        for (int i = 0; i < m; i++) {
            System.arraycopy(from, fo + i * ldf, to, at + i * ldt, n);
        }
    }

    private static void panel5(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        int i = 0;
        for (; i + 4 <= m; i += 4) {
            GemmTiles.tile4x5(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        if (i + 2 <= m) {
            GemmTiles.tile2x5(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
            i += 2;
        }
        if (i < m && ldb == 5 * L && cs == 1) {
            RowTiles.five(kc, a, ao + i * rs, b, bo, s, so + i * lds, c, co + i * ldc);
        } else if (i < m) {
            GemmTiles.tile1x5(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
    }

    private static void panel4(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        int i = 0;
        int sixes = m % 6 == 2 && m > 2 ? m - 8 : m;          // eight rows are better off as four and four than as six and two
        boolean packed = ldb == 4 * L;
        if (cs == 1 && packed) {
            for (; i + 6 <= sixes; i += 6) {
                SixRowTiles.rows(kc, a, ao + i * rs, rs, b, bo, s, so + i * lds, lds, c, co + i * ldc,
                        ldc);
            }
        } else if (rs == 1) {
            for (; i + 6 <= sixes; i += 6) {
                SixRowTiles.columns(kc, a, ao + i, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                        ldc);
            }
        }
        for (; i + 4 <= m; i += 4) {
            GemmTiles.tile4x4(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        if (i + 2 <= m && packed) {
            GemmTiles.tile2x4(kc, a, ao + i * rs, rs, cs, b, bo, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
            i += 2;
        }
        if (i < m && packed && cs == 1) {
            RowTiles.four(kc, a, ao + i * rs, b, bo, s, so + i * lds, c, co + i * ldc);
            i++;
        }
        for (; i < m; i++) {
            GemmTiles.tile1x4(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
    }

    private static void panel3(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        int i = 0;
        for (; i + 8 <= m; i += 8) {
            GemmTiles.tile8x3(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        for (; i + 4 <= m; i += 4) {
            GemmTiles.tile4x3(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        if (i + 2 <= m) {
            GemmTiles.tile2x3(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
            i += 2;
        }
        if (i < m) {
            GemmTiles.tile1x3(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
    }

    private static void panel2(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        int i = 0;
        for (; !FEW_REGISTERS && i + 8 <= m; i += 8) {
            NarrowTiles.tile8x2(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        if (FEW_REGISTERS && cs == 1) {
            int fives = Math.floorMod(-m, 6) * 5; // what is left of m is a multiple of six
            for (int sixes = fives <= m ? m - fives : m; i + 6 <= sixes; i += 6) {
                SixteenRegisterTiles.rows6(kc, a, ao + i * rs, rs, b, bo, s, so + i * lds, lds, c, co + i * ldc, ldc);
            }
            for (; i + 5 <= m; i += 5) {
                SixteenRegisterTiles.rows5(kc, a, ao + i * rs, rs, b, bo, s, so + i * lds, lds, c, co + i * ldc, ldc);
            }
        } else if (FEW_REGISTERS && rs == 1) {
            for (; i + 5 <= m; i += 5) {
                SixteenRegisterTiles.columns(kc, a, ao + i, cs, b, bo, s, so + i * lds, lds, c, co + i * ldc, ldc);
            }
        }
        for (; i + 4 <= m; i += 4) {
            NarrowTiles.tile4x2(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        if (i + 2 <= m) {
            NarrowTiles.tile2x2(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
            i += 2;
        }
        if (i < m) {
            NarrowTiles.tile1x2(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
    }

    private static void panel1(int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb,
            float[] s, int so, int lds, float[] c, int co, int ldc) {
        int i = 0;
        for (; i + 8 <= m; i += 8) {
            NarrowTiles.tile8x1(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        for (; i + 4 <= m; i += 4) {
            NarrowTiles.tile4x1(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
        if (i + 2 <= m) {
            NarrowTiles.tile2x1(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
            i += 2;
        }
        if (i < m) {
            NarrowTiles.tile1x1(kc, a, ao + i * rs, rs, cs, b, bo, ldb, s, so + i * lds, lds, c, co + i * ldc,
                    ldc);
        }
    }
}
