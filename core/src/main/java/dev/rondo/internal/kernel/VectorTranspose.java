package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Transposes squares of as many rows and columns as a vector has numbers: plain loops take three times as long.
///
/// ```text
/// for s of L / 2, ..., 2, 1 and for all rows i with i & s = 0
///     the numbers of row i in columns j with j & s != 0   change place with
///     the numbers of row i + s in columns j - s
/// ```
///
/// as in Eklundh (1972). Four rows in registers take two such steps; then the vectors rest in memory. [#far] and [#near] differ in their
/// permutations only, which C2 must see as constants to make one instruction of each.
final class VectorTranspose {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /// Whether this is for vectors of such a length.
    static final boolean SUPPORTED = L == 16;
    private static final VectorShuffle<Float> BY_8 = by(8);
    private static final VectorShuffle<Float> BY_4 = by(4);
    private static final VectorShuffle<Float> BY_2 = by(2);
    private static final VectorShuffle<Float> BY_1 = by(1);
    private static final VectorMask<Float> UPPER_8 = upper(8);
    private static final VectorMask<Float> UPPER_4 = upper(4);
    private static final VectorMask<Float> UPPER_2 = upper(2);
    private static final VectorMask<Float> UPPER_1 = upper(1);
    /// Where the vectors rest: at lines of the cache where arrays are.
    private static final int FIRST = PanelProducts.FIRST;
    private static final ThreadLocal<float[]> ROOM = ThreadLocal.withInitial(() -> new float[FIRST + L * L]);

    private VectorTranspose() {}

    /// An array for one square, of this thread, to be passed to [#square].
    static float[] room() {
        return ROOM.get();
    }

    /// `y[j, i] = x[i, j]` for i and j below L, where rows are xr and yr apart.
    static void square(float[] x, int xo, int xr, float[] y, int yo, int yr, float[] room) {
        for (int i = 0; i < 4; i++) {
            far(x, xo + i * xr, 4 * xr, room, FIRST + i * L, 4 * L);
        }
        for (int i = 0; i < L; i += 4) {
            near(room, FIRST + i * L, L, y, yo + i * yr, yr);
        }
    }

    /// Steps 8 and 4, on rows 4 apart.
    private static void far(float[] x, int xo, int xr, float[] y, int yo, int yr) {
        FloatVector a = fromArray(S, x, xo);
        FloatVector b = fromArray(S, x, xo + xr);
        FloatVector c = fromArray(S, x, xo + 2 * xr);
        FloatVector d = fromArray(S, x, xo + 3 * xr);
        FloatVector ac = a.blend(c.rearrange(BY_8), UPPER_8);
        FloatVector bd = b.blend(d.rearrange(BY_8), UPPER_8);
        FloatVector ca = a.rearrange(BY_8).blend(c, UPPER_8);
        FloatVector db = b.rearrange(BY_8).blend(d, UPPER_8);
        ac.blend(bd.rearrange(BY_4), UPPER_4).intoArray(y, yo);
        ac.rearrange(BY_4).blend(bd, UPPER_4).intoArray(y, yo + yr);
        ca.blend(db.rearrange(BY_4), UPPER_4).intoArray(y, yo + 2 * yr);
        ca.rearrange(BY_4).blend(db, UPPER_4).intoArray(y, yo + 3 * yr);
    }

    /// Steps 2 and 1, on rows that follow each other.
    private static void near(float[] x, int xo, int xr, float[] y, int yo, int yr) {
        FloatVector a = fromArray(S, x, xo);
        FloatVector b = fromArray(S, x, xo + xr);
        FloatVector c = fromArray(S, x, xo + 2 * xr);
        FloatVector d = fromArray(S, x, xo + 3 * xr);
        FloatVector ac = a.blend(c.rearrange(BY_2), UPPER_2);
        FloatVector bd = b.blend(d.rearrange(BY_2), UPPER_2);
        FloatVector ca = a.rearrange(BY_2).blend(c, UPPER_2);
        FloatVector db = b.rearrange(BY_2).blend(d, UPPER_2);
        ac.blend(bd.rearrange(BY_1), UPPER_1).intoArray(y, yo);
        ac.rearrange(BY_1).blend(bd, UPPER_1).intoArray(y, yo + yr);
        ca.blend(db.rearrange(BY_1), UPPER_1).intoArray(y, yo + 2 * yr);
        ca.rearrange(BY_1).blend(db, UPPER_1).intoArray(y, yo + 3 * yr);
    }

    /// Lane j gets what lane j with bit s the other way has.
    private static VectorShuffle<Float> by(int s) {
        int[] lanes = new int[L];
        for (int j = 0; j < L; j++) {
            lanes[j] = (j ^ s) % L;
        }
        return VectorShuffle.fromArray(S, lanes, 0);
    }

    /// The lanes j with bit s.
    private static VectorMask<Float> upper(int s) {
        boolean[] lanes = new boolean[L];
        for (int j = 0; j < L; j++) {
            lanes[j] = (j & s) != 0;
        }
        return VectorMask.fromArray(S, lanes, 0);
    }
}
