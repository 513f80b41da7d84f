package dev.rondo.bench.jmh;

import java.util.Random;

/// The checks of the benchmarks' results, and their numbers.
final class Close {
    private Close() {}

    /// Numbers in `[-1, 1)`, the same every time.
    static float[] numbers(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextFloat() * 2f - 1f;
        }
        return x;
    }

    /// Throws unless two numbers agree to `tolerance`, relative to the larger of 1 and the expected one.
    static void check(String what, double expected, double actual, double tolerance) {
        if (!(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)))) {
            throw new IllegalStateException(
                    "%s is %s, but the reference says %s: the benchmark times a wrong result".formatted(what, actual,
                            expected));
        }
    }
}
