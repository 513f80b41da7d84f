package dev.rondo.internal.kernel;

import static dev.rondo.internal.kernel.KernelsUnderTest.U;
import static dev.rondo.internal.kernel.KernelsUnderTest.assertClose;
import static dev.rondo.internal.kernel.KernelsUnderTest.assertGuards;
import static dev.rondo.internal.kernel.KernelsUnderTest.guarded;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Exponentials less the maximum, one by one and summed, against double precision.
class SoftmaxKernelsTest {
    private static final int AT = 3;
    /// The exponential is right to 2e-7; the difference in its argument, at most 32, is rounded to half of 4e-6.
    private static final double TOLERANCE = 2e-7 + 32 * U;

    @Test
    void matchDoublePrecision() {
        var random = new Random(5);
        for (Kernels k : KernelsUnderTest.all()) {
            for (int n : KernelsUnderTest.SIZES) {
                float[] x = guarded(random, AT, n, 4, 16f);
                float max = k.max(n, x, AT);
                for (float less : new float[] {max, max - Kernels.MOST_AHEAD}) {
                    checkRow(k, n, x, less);
                }
            }
        }
    }

    private static void checkRow(Kernels k, int n, float[] x, float less) {
        double expected = 0;
        for (int i = 0; i < n; i++) {
            expected += Math.exp((double) x[AT + i] - less);
        }
        String what = k.name() + " n=" + n + " less=" + less;
        // Positive terms: each addition, of at most n in a row, adds at most U of the sum.
        float[] y = x.clone();
        assertClose(what, expected, k.expOfRow(n, x, AT, less, y, AT), (TOLERANCE + n * U) * expected);
        assertGuards(what, y, AT, n);
        for (int i = 0; i < n; i++) {
            double e = Math.exp((double) x[AT + i] - less);
            assertClose(what, e, y[AT + i], TOLERANCE * e);
        }
        float[] inPlace = x.clone();
        k.expOfRow(n, inPlace, AT, less, inPlace, AT);
        assertArrayEquals(y, inPlace, what + " in place");
    }

    @Test
    void farBelowIsZeroAndWhatIsNoNumberStaysNone() {
        for (Kernels k : KernelsUnderTest.all()) {
            for (int n : KernelsUnderTest.SIZES) {
                float[] x = new float[n];
                java.util.Arrays.fill(x, -1000f);
                x[n - 1] = 200f;
                assertEquals(1f, k.expOfRow(n, x, 0, 200f, x, 0), k.name());
                assertEquals(1f, x[n - 1], k.name());
                assertEquals(n == 1 ? 1f : 0f, x[0], k.name());
                x[n / 2] = Float.NaN;
                assertTrue(Float.isNaN(k.expOfRow(n, x, 0, 200f, x, 0)), k.name());
            }
        }
    }
}
