package dev.rondo.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// exp, tanh and sigmoid over the whole float range against double precision, with the bounds that [Kernels] promises.
class ElementaryFunctionsTest {
    private interface ArrayFunction {
        void apply(int n, float[] x, int xo, float[] y, int yo);
    }

    private interface Check {
        void at(float x, float y);
    }

    /// Calls the check for about 5.4 million bit patterns: every exponent, both signs, subnormals and NaNs with payloads.
    /// The stride is prime to 2^32, so that the low bits vary too.
    private static void sweep(ArrayFunction function, Check check) {
        int chunk = 1 << 14;
        float[] x = new float[chunk];
        float[] y = new float[chunk];
        for (long bits = 0; bits < 1L << 32;) {
            int n = 0;
            for (; n < chunk && bits < 1L << 32; n++, bits += 797) {
                x[n] = Float.intBitsToFloat((int) bits);
            }
            function.apply(n, x, 0, y, 0);
            for (int i = 0; i < n; i++) {
                if (Float.isNaN(x[i]) != Float.isNaN(y[i])) {
                    throw new AssertionError(Integer.toHexString(Float.floatToRawIntBits(x[i])) + " gave " + y[i]);
                }
                if (!Float.isNaN(x[i])) {
                    check.at(x[i], y[i]);
                }
            }
        }
    }

    /// Relative error, except that the spacing of subnormals allows half of it in any case.
    private static void assertRelative(String name, float x, float y, double expected, double bound) {
        double error = Math.abs(y - expected);
        if (!(error <= bound * Math.abs(expected) + Float.MIN_VALUE)) {
            throw new AssertionError(name + "(" + x + ") = " + y + ", expected " + expected + ", relative error "
                    + error / Math.abs(expected));
        }
    }

    @Test
    void expIsWithinItsBound() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            sweep(kernels::exp, (x, y) -> {
                if (x < -87f) {
                    assertEquals(0f, y);
                } else {
                    assertRelative("exp", x, y, Math.exp(Math.min(x, 88f)), 2e-7);
                }
            });
        }
    }

    @Test
    void tanhIsWithinItsBound() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            sweep(kernels::tanh, (x, y) -> {
                assertRelative("tanh", x, y, Math.tanh(x), 4e-7);
                if (!(Math.abs(y) <= 1f)) {
                    throw new AssertionError("tanh(" + x + ") = " + y);
                }
            });
        }
    }

    @Test
    void sigmoidIsWithinItsBound() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            sweep(kernels::sigmoid, (x, y) -> {
                if (x >= -87f) {
                    assertRelative("sigmoid", x, y, 1 / (1 + Math.exp(-x)), 4e-7);
                }
                if (!(y > 0f && y <= (x < -87f ? 1.7e-38f : 1f))) {
                    throw new AssertionError("sigmoid(" + x + ") = " + y);
                }
            });
        }
    }

    @Test
    void tanhIsOddToTheBit() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            sweep((n, x, xo, y, yo) -> {
                kernels.tanh(n, x, xo, y, yo);
                float[] minus = new float[n];
                for (int i = 0; i < n; i++) {
                    minus[i] = -x[i];
                }
                kernels.tanh(n, minus, 0, minus, 0);
                for (int i = 0; i < n; i++) {
                    if (Float.floatToIntBits(-minus[i]) != Float.floatToIntBits(y[i])) {
                        throw new AssertionError("tanh(" + x[i] + ") = " + y[i] + ", tanh(-x) = " + minus[i]);
                    }
                }
            }, (x, y) -> {});
        }
    }

    @Test
    void endsOfTheRange() {
        float inf = Float.POSITIVE_INFINITY;
        float[] x = {inf, -inf, 0f, -0f, Float.NaN, Float.MAX_VALUE, -Float.MAX_VALUE};
        for (Kernels kernels : KernelsUnderTest.all()) {
            float[] y = new float[x.length];
            kernels.exp(x.length, x, 0, y, 0);
            assertEquals(y[5], y[0], "e^inf is e^88, the largest value given");
            assertTrue(y[0] > 1e38f && y[0] < inf);
            assertEquals(0f, y[1]);
            assertEquals(1f, y[2]);
            assertEquals(1f, y[3]);
            assertTrue(Float.isNaN(y[4]));
            assertEquals(0f, y[6]);
            kernels.tanh(x.length, x, 0, y, 0);
            assertEquals(1f, y[0], 4e-7f);
            assertEquals(-1f, y[1], 4e-7f);
            assertEquals(0, Float.floatToIntBits(y[2]));
            assertEquals(Integer.MIN_VALUE, Float.floatToIntBits(y[3]), "tanh(-0) is -0");
            assertTrue(Float.isNaN(y[4]));
            kernels.sigmoid(x.length, x, 0, y, 0);
            assertEquals(1f, y[0]);
            assertEquals(0f, y[1], 2e-38f);
            assertEquals(0.5f, y[2]);
            assertEquals(0.5f, y[3]);
            assertTrue(Float.isNaN(y[4]));
        }
    }

    /// The last, partly filled vector goes through the same arithmetic as full ones, in place or not, and its neighbours stay.
    @Test
    void bitsDoNotDependOnThePlaceInTheArray() {
        var random = new Random(11);
        for (Kernels kernels : KernelsUnderTest.all()) {
            ArrayFunction[] functions = {kernels::exp, kernels::tanh, kernels::sigmoid, kernels::relu};
            DoubleUnaryOperator[] references = {Math::exp, Math::tanh, t -> 1 / (1 + Math.exp(-t)),
                    t -> Math.max(t, 0)};
            for (int f = 0; f < functions.length; f++) {
                for (int n : KernelsUnderTest.SIZES) {
                    float[] x = KernelsUnderTest.guarded(random, 3, n, 4, 12f);
                    float[] y = KernelsUnderTest.guarded(random, 1, n, 2, 1f);
                    functions[f].apply(n, x, 3, y, 1);
                    KernelsUnderTest.assertGuards(kernels.name(), y, 1, n);
                    for (int i = 0; i < n; i++) {
                        float[] one = new float[1];
                        functions[f].apply(1, x, 3 + i, one, 0);
                        assertEquals(one[0], y[1 + i], kernels.name());
                        assertRelative(kernels.name(), x[3 + i], y[1 + i], references[f].applyAsDouble(x[3 + i]), 4e-7);
                    }
                    float[] inPlace = x.clone();
                    functions[f].apply(n, inPlace, 3, inPlace, 3);
                    KernelsUnderTest.assertGuards(kernels.name(), inPlace, 3, n);
                    float[] expected = new float[n];
                    float[] actual = new float[n];
                    System.arraycopy(y, 1, expected, 0, n);
                    System.arraycopy(inPlace, 3, actual, 0, n);
                    assertArrayEquals(expected, actual, kernels.name());
                }
            }
        }
    }
}
