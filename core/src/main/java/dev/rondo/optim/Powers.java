package dev.rondo.optim;

/// What is left of a moment after some steps without gradient.
final class Powers {
    /// Longest stretch of steps that rows are left behind; it bounds what is remembered of past steps.
    static final int HORIZON = 4096;
    /// Less than this is nothing, and would lead into subnormal floats, which are slow.
    private static final double NOTHING = 1e-30;

    private Powers() {}

    /// `base^0 ... base^count`, zero where negligible.
    static float[] of(double base, int count) {
        float[] powers = new float[count + 1];
        double power = 1;
        for (int i = 0; i <= count && power > NOTHING; i++) {
            powers[i] = (float) power;
            power *= base;
        }
        return powers;
    }
}
