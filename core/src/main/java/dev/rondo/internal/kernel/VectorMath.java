package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Elementary functions on arrays, by range reduction and polynomials, without branches.
///
/// Each is one loop with all of its arithmetic in sight: C2 always inlines the operations of the Vector API, but methods of ours
/// only up to a number of nodes, which two exponentials exceed; from there on it boxes every vector.
///
/// The last vector, where it is not whole, is made up with the elements before it: their inputs are kept aside and computed
/// again, to the same bits, in place or not. Masked loads would need no such thing, but may be boxed too. Arguments are clamped
/// by a comparison and a blend: on x86 that is two instructions and keeps NaN, where `max` takes five to get the signs of zeros
/// right.
final class VectorMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final ThreadLocal<float[]> ROOM = ThreadLocal.withInitial(() -> new float[L]);

    static final float LOG2_E = 1.44269504f;
    /// ln 2 in two parts: the first has few bits, so that its product with a small integer is exact.
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    static final float LN2 = 0.693147181f;
    /// Adding 1.5 * 2^23 rounds a float to an integer n and leaves n in the low bits; with the exponent's bias added too,
    /// those bits shifted into the exponent's place are 2^n.
    static final float ROUND = 12582912f + 127f;
    /// A polynomial for `e^r` on `|r| <= ln 2 / 2`: `1 + r + r^2 (E2 + E3 r + ... + E7 r^5)`.
    static final float E2 = 5.0000001201e-1f;
    static final float E3 = 1.6666665459e-1f;
    static final float E4 = 4.1665795894e-2f;
    static final float E5 = 8.3334519073e-3f;
    static final float E6 = 1.3981999507e-3f;
    static final float E7 = 1.9875691500e-4f;
    /// The polynomial for `e^-r` in sigmoid, `1 + S1 r + ... + S5 r^5`: the best one of degree 5 through 1, within 1e-7.
    static final float S1 = -9.999997019767761e-1f;
    static final float S2 = 4.999914765357971e-1f;
    static final float S3 = -1.666763871908188e-1f;
    static final float S4 = 4.189816117286682e-2f;
    static final float S5 = -8.290272206068039e-3f;

    /// Beyond this magnitude tanh is taken as constant.
    static final float TANH_LIMIT = 7.90531110763549805f;
    /// `tanh x = x (P1 + P3 x^2 + ... + P13 x^12) / (Q0 + Q2 x^2 + Q4 x^4 + Q6 x^6)`.
    static final float P1 = 4.89352455891786e-03f;
    static final float P3 = 6.37261928875436e-04f;
    static final float P5 = 1.48572235717979e-05f;
    static final float P7 = 5.12229709037114e-08f;
    static final float P9 = -8.60467152213735e-11f;
    static final float P11 = 2.00018790482477e-13f;
    static final float P13 = -2.76076847742355e-16f;
    static final float Q0 = 4.89352518554385e-03f;
    static final float Q2 = 2.26843463243900e-03f;
    static final float Q4 = 1.18534705686654e-04f;
    static final float Q6 = 1.19825839466702e-06f;

    private VectorMath() {}

    /// An array for one vector, of this thread, to be passed to the functions.
    static float[] room() {
        return ROOM.get();
    }

    /// Copies the inputs of the last vector, or all if there are fewer, to the room.
    private static void keepLast(int n, float[] x, int xo, float[] room) {
        if (n >= L) {
            fromArray(S, x, xo + n - L).intoArray(room, 0);
        } else {
            System.arraycopy(x, xo, room, 0, n);
        }
    }

    /// Copies the outputs of the last vector, or all if there are fewer, from the room.
    private static void putLast(int n, float[] room, float[] y, int yo) {
        if (n >= L) {
            fromArray(S, room, 0).intoArray(y, yo + n - L);
        } else {
            System.arraycopy(room, 0, y, yo, n);
        }
    }

    /// See [Kernels#exp].
    static void exp(int n, float[] x, int xo, float[] y, int yo, float[] room) {
        int full = S.loopBound(n);
        if (full < n) {
            keepLast(n, x, xo, room);
        }
        expWhole(full, x, xo, y, yo);
        if (full < n) {
            expWhole(L, room, 0, room, 0);
            putLast(n, room, y, yo);
        }
    }

    /// `x = n ln 2 + r`, `e^x = 2^n e^r`.
    private static void expWhole(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = fromArray(S, x, xo + i);
            FloatVector c = v.blend(-87f, v.lt(-87f));
            c = c.blend(88f, c.compare(VectorOperators.GT, 88f));
            FloatVector t = c.fma(broadcast(S, LOG2_E), broadcast(S, ROUND));
            FloatVector k = t.sub(ROUND);
            FloatVector r = k.fma(broadcast(S, -LN2_LOW), k.fma(broadcast(S, -LN2_HIGH), c));
            FloatVector p = r.fma(broadcast(S, E7), broadcast(S, E6));
            p = p.fma(r, broadcast(S, E5));
            p = p.fma(r, broadcast(S, E4));
            p = p.fma(r, broadcast(S, E3));
            p = p.fma(r, broadcast(S, E2));
            p = p.fma(r.mul(r), r.add(1f));
            // A product and not an addition of exponents, so that every NaN stays one.
            p = p.mul(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p.blend(0f, v.lt(-87f)).intoArray(y, yo + i);
        }
    }

    /// See [Kernels#sigmoid].
    static void sigmoid(int n, float[] x, int xo, float[] y, int yo, float[] room) {
        int full = S.loopBound(n);
        if (full < n) {
            keepLast(n, x, xo, room);
        }
        sigmoidWhole(full, x, xo, y, yo);
        if (full < n) {
            sigmoidWhole(L, room, 0, room, 0);
            putLast(n, room, y, yo);
        }
    }

    /// With `e = e^-|x|`: `e / (1 + e)` for negative x, `1 / (1 + e)` for others. One constant for ln 2 is enough here.
    private static void sigmoidWhole(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = fromArray(S, x, xo + i);
            FloatVector a = v.abs();
            a = a.blend(87f, a.compare(VectorOperators.GT, 87f));
            FloatVector t = a.fma(broadcast(S, -LOG2_E), broadcast(S, ROUND));
            // r is minus the remainder.
            FloatVector r = t.sub(ROUND).fma(broadcast(S, LN2), a);
            FloatVector p = r.fma(broadcast(S, S5), broadcast(S, S4));
            p = p.fma(r, broadcast(S, S3));
            p = p.fma(r, broadcast(S, S2));
            p = p.fma(r, broadcast(S, S1));
            p = p.fma(r, broadcast(S, 1f));
            p = p.mul(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
            p.blend(1f, v.compare(VectorOperators.GE, 0f)).div(p.add(1f)).intoArray(y, yo + i);
        }
    }

    /// See [Kernels#tanh].
    static void tanh(int n, float[] x, int xo, float[] y, int yo, float[] room) {
        int full = S.loopBound(n);
        if (full < n) {
            keepLast(n, x, xo, room);
        }
        tanhWhole(full, x, xo, y, yo);
        if (full < n) {
            tanhWhole(L, room, 0, room, 0);
            putLast(n, room, y, yo);
        }
    }

    /// An odd rational function, numerator of degree 13 and denominator of degree 6, on |x| <= 7.9, beyond which it stays.
    private static void tanhWhole(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i += L) {
            FloatVector c = fromArray(S, x, xo + i);
            c = c.blend(-TANH_LIMIT, c.lt(-TANH_LIMIT));
            c = c.blend(TANH_LIMIT, c.compare(VectorOperators.GT, TANH_LIMIT));
            FloatVector s = c.mul(c);
            FloatVector p = s.fma(broadcast(S, P13), broadcast(S, P11));
            p = p.fma(s, broadcast(S, P9));
            p = p.fma(s, broadcast(S, P7));
            p = p.fma(s, broadcast(S, P5));
            p = p.fma(s, broadcast(S, P3));
            p = p.fma(s, broadcast(S, P1));
            FloatVector q = s.fma(broadcast(S, Q6), broadcast(S, Q4));
            q = q.fma(s, broadcast(S, Q2));
            q = q.fma(s, broadcast(S, Q0));
            // Not p * c / q: the product would lose bits of the smallest arguments.
            p.div(q).mul(c).intoArray(y, yo + i);
        }
    }

    /// See [Kernels#relu].
    static void relu(int n, float[] x, int xo, float[] y, int yo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector.fromArray(S, x, xo + i).max(0f).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0f);
        }
    }
}
