package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Exponentials of a row of logits less its maximum, for [VectorKernels]: the same polynomial as [VectorMath#exp], without the
/// upper limit that arguments of at most zero do not need, in loops of their own for the reason given there.
///
/// What is left over after the whole vectors goes through a vector of which the rest is so low that its exponential is zero.
final class VectorSoftmax {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final float LOWEST = -87f;

    private VectorSoftmax() {}

    /// See [Kernels#sumOfExp].
    static float sumOfExp(int n, float[] x, int xo, float max, float[] room) {
        int full = S.loopBound(n);
        float total = sumWhole(full, x, xo, max, room);
        if (full < n) {
            keepRest(n - full, x, xo + full, room);
            total += sumWhole(L, room, 0, max, room);
        }
        return total;
    }

    /// See [Kernels#expOfRow].
    static void expOfRow(int n, float[] x, int xo, float max, float scale, float[] room) {
        int full = S.loopBound(n);
        expWhole(full, x, xo, max, scale);
        if (full < n) {
            keepRest(n - full, x, xo + full, room);
            expWhole(L, room, 0, max, scale);
            System.arraycopy(room, 0, x, xo + full, n - full);
        }
    }

    private static void keepRest(int n, float[] x, int xo, float[] room) {
        Arrays.fill(room, 0, L, Float.NEGATIVE_INFINITY);
        System.arraycopy(x, xo, room, 0, n);
    }

    /// A float and not a vector comes out of it: a vector that is handed over is boxed.
    private static float sumWhole(int n, float[] x, int xo, float max, float[] room) {
        FloatVector sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector v = fromArray(S, x, xo + i).sub(max);
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
            sum = sum.add(p.blend(0f, v.lt(LOWEST)));
        }
        // In a fixed order, which a reduction of lanes does not promise.
        sum.intoArray(room, 0);
        float total = 0f;
        for (int i = 0; i < L; i++) {
            total += room[i];
        }
        return total;
    }

    private static void expWhole(int n, float[] x, int xo, float max, float scale) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = fromArray(S, x, xo + i).sub(max);
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
            p.blend(0f, v.lt(LOWEST)).mul(scale).intoArray(x, xo + i);
        }
    }
}
