package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.tape.Var;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Numbers of Rondo against numbers of a golden file.
final class Comparison {
    private Comparison() {}

    /// Every element within a tolerance times the largest expected magnitude (at least 1).
    static void assertValues(String what, float[] expected, Var actual, double tolerance) {
        assertValues(what, expected, actual.tensor().data(), tolerance);
    }

    /// Every element within a tolerance times the largest expected magnitude (at least 1).
    static void assertValues(String what, float[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length, what + ": number of elements");
        assertWithin(what, expected, actual, tolerance * Math.max(1, largest(expected)));
    }

    /// Every element within a tolerance times the largest expected magnitude: gradients may be small altogether.
    ///
    /// @param actual at least as long as `expected`; null stands for zeros, a gradient that never arrived
    static void assertGradient(String what, float[] expected, float @Nullable [] actual, double tolerance) {
        float[] arrived = actual == null ? new float[expected.length] : actual;
        assertWithin("gradient of " + what, expected, arrived, tolerance * largest(expected));
    }

    private static void assertWithin(String what, float[] expected, float[] actual, double allowed) {
        assertTrue(actual.length >= expected.length,
                () -> what + ": " + actual.length + " elements, expected " + expected.length);
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs((double) expected[i] - actual[i]);
            int at = i;
            // Written so that a NaN fails.
            assertTrue(error <= allowed, () -> what + "[" + at + "]: expected " + expected[at] + ", actual "
                    + actual[at] + ", more than " + allowed + " apart; all expected "
                    + Arrays.toString(Arrays.copyOf(expected, Math.min(expected.length, 40))));
        }
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
