package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.NE;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The largest of a row of logits, and exponentials of the row less about that, for [VectorKernels]: the same polynomial as [VectorMath#exp], without the
/// upper limit, which arguments of at most 16 do not need, in a loop of their own for the reason given there.
///
/// What is left over after the whole vectors goes through a vector of which the rest is so low that its exponential is zero.
final class VectorSoftmax {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final float LOWEST = -87f;

    private VectorSoftmax() {}

    /// See [Kernels#max]. What is no number wins and stays; the operation max takes more instructions, to order zeros too. The largest of
    /// each lane is kept in the room, for the reason that [#sumWhole] has, and of four vectors at a time, so that steps wait little for
    /// one another.
    static float max(int n, float[] x, int xo, float[] room) {
        broadcast(S, x[xo]).intoArray(room, 0);
        int i = 0;
        for (; i + 4 * L <= n; i += 4 * L) {
            FloatVector a = fromArray(S, x, xo + i);
            FloatVector b = fromArray(S, x, xo + i + L);
            FloatVector c = fromArray(S, x, xo + i + 2 * L);
            FloatVector d = fromArray(S, x, xo + i + 3 * L);
            a = a.blend(b, b.compare(GT, a).or(b.compare(NE, b)));
            c = c.blend(d, d.compare(GT, c).or(d.compare(NE, d)));
            a = a.blend(c, c.compare(GT, a).or(c.compare(NE, c)));
            b = fromArray(S, room, 0);
            b.blend(a, a.compare(GT, b).or(a.compare(NE, a))).intoArray(room, 0);
        }
        for (; i < S.loopBound(n); i += L) {
            FloatVector a = fromArray(S, x, xo + i);
            FloatVector b = fromArray(S, room, 0);
            b.blend(a, a.compare(GT, b).or(a.compare(NE, a))).intoArray(room, 0);
        }
        float best = fromArray(S, room, 0).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            best = Math.max(best, x[xo + i]);
        }
        return best;
    }

    /// See [Kernels#expOfRow]. The sum has a loop of its own: beside the exponential C2 would box it.
    static float expOfRow(int n, float[] x, int xo, float less, float[] y, int yo, float[] room) {
        int full = S.loopBound(n);
        expWhole(full, x, xo, less, y, yo);
        if (full < n) {
            Arrays.fill(room, 0, L, Float.NEGATIVE_INFINITY);
            System.arraycopy(x, xo + full, room, 0, n - full);
            expWhole(L, room, 0, less, room, 0);
            System.arraycopy(room, 0, y, yo + full, n - full);
        }
        float sum = sumWhole(full, y, yo, room);
        for (int i = full; i < n; i++) {
            sum += y[yo + i];
        }
        return sum;
    }

    private static void expWhole(int n, float[] x, int xo, float less, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = fromArray(S, x, xo + i).sub(less);
            FloatVector c = v.blend(LOWEST, v.lt(LOWEST));
            FloatVector t = c.fma(broadcast(S, VectorMath.LOG2_E), broadcast(S, VectorMath.ROUND));
            FloatVector k = t.sub(VectorMath.ROUND);
            FloatVector r = k.fma(broadcast(S, -VectorMath.LN2_LOW), k.fma(broadcast(S, -VectorMath.LN2_HIGH), c));
            FloatVector p = r.fma(broadcast(S, VectorMath.E7), broadcast(S, VectorMath.E6));
            p = p.fma(r, broadcast(S, VectorMath.E5));
            p = p.fma(r, broadcast(S, VectorMath.E4));
            p = p.fma(r, broadcast(S, VectorMath.E3));
            p = p.fma(r, broadcast(S, VectorMath.E2));
            p = p.fma(r.mul(r), r.add(1f));
            p = p.mul(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p.blend(0f, v.lt(LOWEST)).intoArray(y, yo + i);
        }
    }

    /// The sums of the lanes are kept in the room: as a vector that goes round the loop C2 boxes them in some runs of a program, not in
    /// others.
    private static float sumWhole(int n, float[] x, int xo, float[] room) {
        FloatVector.zero(S).intoArray(room, 0);
        int i = 0;
        for (; i + 4 * L <= n; i += 4 * L) {
            FloatVector two = fromArray(S, x, xo + i).add(fromArray(S, x, xo + i + L));
            FloatVector four = two.add(fromArray(S, x, xo + i + 2 * L).add(fromArray(S, x, xo + i + 3 * L)));
            fromArray(S, room, 0).add(four).intoArray(room, 0);
        }
        for (; i < n; i += L) {
            fromArray(S, room, 0).add(fromArray(S, x, xo + i)).intoArray(room, 0);
        }
        return VectorSums.lanes(room);
    }
}
