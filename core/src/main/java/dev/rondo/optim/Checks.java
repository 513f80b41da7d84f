package dev.rondo.optim;

/// The ranges of options. `!(a > b)` instead of `a <= b`, so that NaN fails.
final class Checks {
    private Checks() {}

    static void positive(String owner, String option, double value) {
        if (!(value > 0 && value <= Double.MAX_VALUE)) {
            throw refuse(owner, option, value, "a positive number");
        }
    }

    static void notNegative(String owner, String option, double value) {
        if (!(value >= 0 && value <= Double.MAX_VALUE)) {
            throw refuse(owner, option, value, "zero or a positive number");
        }
    }

    /// `[0, 1)`: the share of a running mean that a step keeps.
    static void kept(String owner, String option, double value) {
        if (!(value >= 0 && value < 1)) {
            throw refuse(owner, option, value, "in [0, 1)");
        }
    }

    /// A divisor's guard against zero, which must not itself round to zero.
    static void epsilon(String owner, double value) {
        if (!(value >= Float.MIN_NORMAL && value <= Float.MAX_VALUE)) {
            throw refuse(owner, "epsilon", value, "at least 1.2e-38, the smallest normal float; 1e-7 is usual");
        }
    }

    private static IllegalArgumentException refuse(String owner, String option, double value, String expected) {
        return new IllegalArgumentException(owner + ": " + option + " is " + value + "; it must be " + expected);
    }
}
