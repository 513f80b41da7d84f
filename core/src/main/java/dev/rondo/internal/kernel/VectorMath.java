package dev.rondo.internal.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Elementary functions on one vector, by range reduction and polynomials, without branches.
final class VectorMath {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private static final float LOG2_E = 1.44269504f;
    /// ln 2 in two parts: the first has few bits, so that its product with a small integer is exact.
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    /// Adding 1.5 * 2^23 rounds a float to an integer n and leaves n in the low bits; with the exponent's bias added too,
    /// those bits shifted into the exponent's place are 2^n.
    private static final float ROUND = 12582912f + 127f;

    private VectorMath() {}

    /// `e^x` for x in [-87, 88]; arguments outside are clamped. `x = n ln 2 + r`, `e^x = 2^n e^r` with `|r| <= ln 2 / 2` and a
    /// polynomial of degree 6 for e^r.
    static FloatVector expClamped(FloatVector x) {
        FloatVector c = x.max(-87f).min(88f);
        FloatVector t = c.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
        FloatVector n = t.sub(ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), c);
        r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(S, 1.9875691500e-4f);
        p = p.fma(r, FloatVector.broadcast(S, 1.3981999507e-3f));
        p = p.fma(r, FloatVector.broadcast(S, 8.3334519073e-3f));
        p = p.fma(r, FloatVector.broadcast(S, 4.1665795894e-2f));
        p = p.fma(r, FloatVector.broadcast(S, 1.6666665459e-1f));
        p = p.fma(r, FloatVector.broadcast(S, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r.add(1f));
        // A product and not an addition of exponents, so that every NaN stays one.
        return p.mul(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
    }

    /// `1 / (1 + e^-x)`.
    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(S, 1f).div(expClamped(x.neg()).add(1f));
    }

    /// `tanh x` as an odd rational function (numerator of degree 13, denominator of degree 6) on |x| <= 7.9, beyond which the
    /// nearest float to tanh is 1 or its neighbour.
    static FloatVector tanh(FloatVector x) {
        FloatVector c = x.max(-7.90531110763549805f).min(7.90531110763549805f);
        FloatVector s = c.mul(c);
        FloatVector p = FloatVector.broadcast(S, -2.76076847742355e-16f);
        p = p.fma(s, FloatVector.broadcast(S, 2.00018790482477e-13f));
        p = p.fma(s, FloatVector.broadcast(S, -8.60467152213735e-11f));
        p = p.fma(s, FloatVector.broadcast(S, 5.12229709037114e-08f));
        p = p.fma(s, FloatVector.broadcast(S, 1.48572235717979e-05f));
        p = p.fma(s, FloatVector.broadcast(S, 6.37261928875436e-04f));
        p = p.fma(s, FloatVector.broadcast(S, 4.89352455891786e-03f));
        FloatVector q = FloatVector.broadcast(S, 1.19825839466702e-06f);
        q = q.fma(s, FloatVector.broadcast(S, 1.18534705686654e-04f));
        q = q.fma(s, FloatVector.broadcast(S, 2.26843463243900e-03f));
        q = q.fma(s, FloatVector.broadcast(S, 4.89352518554385e-03f));
        return p.div(q).mul(c);
    }
}
