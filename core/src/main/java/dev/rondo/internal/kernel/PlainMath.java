package dev.rondo.internal.kernel;

/// The elementary functions of [VectorMath] for one number each: the same operations in the same order, hence the same bits.
final class PlainMath {
    private PlainMath() {}

    /// See [VectorMath#exp].
    static float exp(float x) {
        float c = x < -87f ? -87f : x > 88f ? 88f : x;
        float t = Math.fma(c, VectorMath.LOG2_E, VectorMath.ROUND);
        float k = t - VectorMath.ROUND;
        float r = Math.fma(k, -VectorMath.LN2_LOW, Math.fma(k, -VectorMath.LN2_HIGH, c));
        float p = Math.fma(r, VectorMath.E7, VectorMath.E6);
        p = Math.fma(p, r, VectorMath.E5);
        p = Math.fma(p, r, VectorMath.E4);
        p = Math.fma(p, r, VectorMath.E3);
        p = Math.fma(p, r, VectorMath.E2);
        p = Math.fma(p, r * r, r + 1f);
        p *= powerOfTwo(t);
        return x < -87f ? 0f : p;
    }

    /// See [VectorMath#sigmoid].
    static float sigmoid(float x) {
        float a = Math.abs(x);
        a = a > 87f ? 87f : a;
        float t = Math.fma(a, -VectorMath.LOG2_E, VectorMath.ROUND);
        float r = Math.fma(t - VectorMath.ROUND, VectorMath.LN2, a);
        float p = Math.fma(r, VectorMath.S5, VectorMath.S4);
        p = Math.fma(p, r, VectorMath.S3);
        p = Math.fma(p, r, VectorMath.S2);
        p = Math.fma(p, r, VectorMath.S1);
        p = Math.fma(p, r, 1f);
        p *= powerOfTwo(t);
        return (x >= 0f ? 1f : p) / (p + 1f);
    }

    /// See [VectorMath#tanh].
    static float tanh(float x) {
        float c = x < -VectorMath.TANH_LIMIT ? -VectorMath.TANH_LIMIT
                : x > VectorMath.TANH_LIMIT ? VectorMath.TANH_LIMIT : x;
        float s = c * c;
        float p = Math.fma(s, VectorMath.P13, VectorMath.P11);
        p = Math.fma(p, s, VectorMath.P9);
        p = Math.fma(p, s, VectorMath.P7);
        p = Math.fma(p, s, VectorMath.P5);
        p = Math.fma(p, s, VectorMath.P3);
        p = Math.fma(p, s, VectorMath.P1);
        float q = Math.fma(s, VectorMath.Q6, VectorMath.Q4);
        q = Math.fma(q, s, VectorMath.Q2);
        q = Math.fma(q, s, VectorMath.Q0);
        return p / q * c;
    }

    private static float powerOfTwo(float rounded) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(rounded) << 23);
    }
}
