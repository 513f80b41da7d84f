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

class ElementwiseTest {
    private static final int XO = 3;
    private static final int YO = 5;

    /// A kernel that changes y by x.
    private interface Update {
        void apply(int n, float[] x, int xo, float[] y, int yo);
    }

    private interface Reference {
        double apply(double x, double y);
    }

    /// Inputs are below 2 in magnitude, and no kernel here rounds more than four times on values below 8.
    private static final double TOLERANCE = 4 * 8 * U;

    private static void check(String what, Update update, Reference reference) {
        var random = new Random(21);
        for (int n : KernelsUnderTest.SIZES) {
            float[] x = guarded(random, XO, n, 2, 2f);
            float[] before = guarded(random, YO, n, 4, 2f);
            float[] y = before.clone();
            update.apply(n, x, XO, y, YO);
            assertGuards(what, y, YO, n);
            for (int i = 0; i < n; i++) {
                assertClose(what + " n=" + n, reference.apply(x[XO + i], before[YO + i]), y[YO + i], TOLERANCE);
            }
        }
    }

    @Test
    void updatesMatchDoublePrecision() {
        for (Kernels k : KernelsUnderTest.all()) {
            check(k.name() + " add", k::add, (x, y) -> y + x);
            check(k.name() + " axpy", (n, x, xo, y, yo) -> k.axpy(n, 0.37f, x, xo, y, yo),
                    (x, y) -> y + (double) 0.37f * x);
            check(k.name() + " scale", (n, x, xo, y, yo) -> k.scale(n, -1.7f, y, yo), (x, y) -> (double) -1.7f * y);
            check(k.name() + " multiply", k::multiply, (x, y) -> x * y);
            check(k.name() + " multiplyAdd", (n, x, xo, y, yo) -> k.multiplyAdd(n, x, xo, x, xo, y, yo),
                    (x, y) -> y + x * x);
            check(k.name() + " tanhBackward", k::tanhBackward, (x, y) -> y * (1 - x * x));
            check(k.name() + " sigmoidBackward", k::sigmoidBackward, (x, y) -> y * x * (1 - x));
            check(k.name() + " reluBackward", k::reluBackward, (x, y) -> x > 0 ? y : 0);
            check(k.name() + " relu", k::relu, (x, y) -> Math.max(x, 0));
        }
    }

    @Test
    void multiplyAddTakesTwoFactors() {
        var random = new Random(22);
        for (int n : KernelsUnderTest.SIZES) {
            float[] a = guarded(random, 1, n, 0, 2f);
            float[] b = guarded(random, 2, n, 0, 2f);
            float[] before = guarded(random, 3, n, 3, 2f);
            for (Kernels kernels : KernelsUnderTest.all()) {
                float[] y = before.clone();
                kernels.multiplyAdd(n, a, 1, b, 2, y, 3);
                assertGuards(kernels.name(), y, 3, n);
                for (int i = 0; i < n; i++) {
                    assertClose(kernels.name(), before[3 + i] + (double) a[1 + i] * b[2 + i], y[3 + i], TOLERANCE);
                }
            }
        }
    }

    @Test
    void rectifiersAgreeOnZerosAndNaN() {
        float[] y = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE};
        for (Kernels kernels : KernelsUnderTest.all()) {
            float[] dy = {1f, 2f, 3f, 4f, 5f, 6f};
            kernels.reluBackward(6, y, 0, dy, 0);
            assertArrayEquals(new float[] {0f, 0f, 0f, 4f, 0f, 6f}, dy, kernels.name());
            float[] r = new float[6];
            kernels.relu(6, y, 0, r, 0);
            assertArrayEquals(new float[] {0f, 0f, Float.NaN, Float.POSITIVE_INFINITY, 0f, Float.MIN_VALUE}, r,
                    kernels.name());
        }
    }

    @Test
    void reductionsMatchDoublePrecision() {
        var random = new Random(23);
        for (int n : new int[] {1, 2, 3, 7, 13, 31, 33, 64, 100, 207, 1021, 10007}) {
            float[] x = guarded(random, XO, n, 3, 2f);
            double squares = 0;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                squares += (double) x[XO + i] * x[XO + i];
                max = Math.max(max, x[XO + i]);
            }
            for (Kernels kernels : KernelsUnderTest.all()) {
                String what = kernels.name() + " n=" + n;
                // Each square is exact in double precision; n roundings of 2^-53 remain.
                assertEquals(squares, kernels.sumOfSquares(n, x, XO), n * 0x1p-53 * squares, what);
                assertEquals(max, kernels.max(n, x, XO), what);
            }
        }
    }

    /// The JDK may reduce lanes in one order in the interpreter and in another in compiled code.
    @Test
    void sumsKeepTheirBitsWhileTheyAreCompiled() {
        int n = 1021;
        var random = new Random(25);
        float[] x = guarded(random, XO, n, 3, 2f);
        float[] moved = new float[XO + n + 5];
        System.arraycopy(x, XO, moved, XO + 5, n);
        for (Kernels kernels : KernelsUnderTest.all()) {
            double squares = kernels.sumOfSquares(n, x, XO);
            for (int i = 0; i < 5000; i++) {
                assertEquals(squares, kernels.sumOfSquares(n, moved, XO + 5), kernels.name());
            }
        }
    }

    @Test
    void ofTwoZerosEitherIsTheLargest() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (int n : new int[] {1, 2, 16, 33, 100}) {
                float[] x = new float[n];
                for (int i = 0; i < n; i++) {
                    x[i] = i % 3 == 1 ? -1f : i % 3 == 2 ? 0f : -0f;
                }
                assertTrue(kernels.max(n, x, 0) == 0f, kernels.name());
            }
        }
    }

    @Test
    void sumOfSquaresNeitherOverflowsNorVanishes() {
        float[] large = {1e30f, 1e30f, -1e30f};
        float[] small = {1e-30f, 1e-30f};
        for (Kernels kernels : KernelsUnderTest.all()) {
            assertEquals(3e60, kernels.sumOfSquares(3, large, 0), 1e54, kernels.name()); // 1e30f is 1e30 within 2^-24
            assertEquals(2e-60, kernels.sumOfSquares(2, small, 0), 1e-66, kernels.name());
        }
    }

    @Test
    void theLargestElementIsFoundAtEveryPlaceAndNaNWins() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (int n : new int[] {1, 2, 7, 16, 33, 100, 200}) {
                for (int at = 0; at < n; at++) {
                    float[] x = new float[n + 1];
                    java.util.Arrays.fill(x, 0, n, -3f);
                    x[n] = 9f;
                    x[at] = -2f;
                    assertEquals(-2f, kernels.max(n, x, 0), kernels.name());
                    String what = kernels.name() + " n=" + n + " at=" + at;
                    assertEquals(at, kernels.indexOf(n, x, 0, -2f), what);
                    // The first of several; the last place if there is none, also where the number after it would be one.
                    assertEquals(at == 0 ? Math.min(1, n - 1) : 0, kernels.indexOf(n, x, 0, -3f), what);
                    assertEquals(n - 1, kernels.indexOf(n, x, 0, 9f), what);
                    x[at] = Float.NaN;
                    assertEquals(n - 1, kernels.indexOf(n, x, 0, Float.NaN), what);
                    assertTrue(Float.isNaN(kernels.max(n, x, 0)), what);
                }
            }
        }
    }

    @Test
    void adamMatchesDoublePrecision() {
        var random = new Random(24);
        float alpha = 0.01f;
        float c1 = 0.1f;
        float c2 = 0.001f;
        float epsilon = 1e-7f;
        float shrink = 0.01f;
        for (int n : KernelsUnderTest.SIZES) {
            float[] w = guarded(random, 1, n, 3, 1f);
            float[] g = guarded(random, 2, n, 3, 1f);
            float[] m = guarded(random, 4, n, 3, 0.1f);
            float[] v = guarded(random, 4, n, 3, 0.1f);
            for (int i = 0; i < n; i++) {
                v[4 + i] = Math.abs(v[4 + i]) + 1e-4f;
            }
            for (Kernels kernels : KernelsUnderTest.all()) {
                float[] w2 = w.clone();
                float[] m2 = m.clone();
                float[] v2 = v.clone();
                kernels.adam(n, w2, 1, g, 2, m2, v2, 4, alpha, c1, c2, epsilon, shrink);
                assertGuards(kernels.name(), w2, 1, n);
                assertGuards(kernels.name(), m2, 4, n);
                assertGuards(kernels.name(), v2, 4, n);
                for (int i = 0; i < n; i++) {
                    double gi = g[2 + i];
                    double mi = m[4 + i] + (double) c1 * (gi - m[4 + i]);
                    double vi = v[4 + i] + (double) c2 * (gi * gi - v[4 + i]);
                    // Every value is below 1 and rounded at most four times.
                    assertClose("m", mi, m2[4 + i], 4 * U);
                    assertClose("v", vi, v2[4 + i], 4 * U * vi + U * 1e-3);
                    double step = alpha * mi / (Math.sqrt(vi) + epsilon);
                    // The step inherits the absolute error of m, divided by sqrt v >= 0.01, and eight roundings of its own.
                    assertClose("w", w[1 + i] - (shrink * (double) w[1 + i] + step), w2[1 + i],
                            alpha * 4 * U / 0.01 + 8 * U);
                }
            }
        }
    }

    @Test
    void rmspropMatchesDoublePrecision() {
        var random = new Random(25);
        float alpha = 0.01f;
        float c = 0.1f;
        float epsilon = 1e-7f;
        for (int n : KernelsUnderTest.SIZES) {
            float[] w = guarded(random, 1, n, 3, 1f);
            float[] g = guarded(random, 2, n, 3, 1f);
            float[] v = guarded(random, 4, n, 3, 0.1f);
            for (int i = 0; i < n; i++) {
                v[4 + i] = Math.abs(v[4 + i]);
            }
            for (Kernels kernels : KernelsUnderTest.all()) {
                float[] w2 = w.clone();
                float[] v2 = v.clone();
                kernels.rmsprop(n, w2, 1, g, 2, v2, 4, alpha, c, epsilon);
                assertGuards(kernels.name(), w2, 1, n);
                assertGuards(kernels.name(), v2, 4, n);
                for (int i = 0; i < n; i++) {
                    double gi = g[2 + i];
                    double vi = (1 - (double) c) * v[4 + i] + (double) c * gi * gi;
                    // Sums of positive terms, at most four roundings each way.
                    assertClose("v", vi, v2[4 + i], 5 * U * vi);
                    double step = alpha * gi / Math.sqrt(vi + epsilon);
                    assertClose("w", w[1 + i] - step, w2[1 + i], 8 * U * Math.abs(step) + 2 * U);
                }
            }
        }
    }

    @Test
    void anAdamStepWithoutGradientOrMomentLeavesTheWeight() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            float[] w = {1.5f, -2f, 3f};
            kernels.adam(3, w, 0, new float[3], 0, new float[3], new float[3], 0, 0.1f, 0.1f, 0.001f, 1e-7f, 0f);
            assertArrayEquals(new float[] {1.5f, -2f, 3f}, w, kernels.name());
        }
    }

    @Test
    void adamAtRestMatchesDoublePrecision() {
        var random = new Random(26);
        for (int n : KernelsUnderTest.SIZES) {
            float[] w = guarded(random, 1, n, 3, 1f);
            float[] m = guarded(random, 4, n, 3, 0.1f);
            float[] v = guarded(random, 4, n, 3, 0.1f);
            for (int i = 0; i < n; i++) {
                v[4 + i] = Math.abs(v[4 + i]) + 1e-4f;
            }
            for (Kernels kernels : KernelsUnderTest.all()) {
                float[] w2 = w.clone();
                float[] m2 = m.clone();
                float[] v2 = v.clone();
                kernels.adamAtRest(n, w2, 1, m2, v2, 4, 0.01f, 1e-7f, 0.0625f, 0.5f, 0.75f);
                assertGuards(kernels.name(), w2, 1, n);
                assertGuards(kernels.name(), m2, 4, n);
                assertGuards(kernels.name(), v2, 4, n);
                for (int i = 0; i < n; i++) {
                    double mi = m[4 + i];
                    double vi = v[4 + i];
                    assertClose("m", 0.5 * mi, m2[4 + i], 0);
                    assertClose("v", 0.75 * vi, v2[4 + i], U * vi);
                    double step = 0.01f * mi / (Math.sqrt(vi) + 1e-7f);
                    // Four roundings of a step below 0.1, three of a weight below 1.
                    assertClose("w", w[1 + i] - (0.0625 * w[1 + i] + step), w2[1 + i], 4 * U);
                }
            }
        }
    }

    @Test
    void momentumMatchesDoublePrecision() {
        var random = new Random(27);
        for (int n : KernelsUnderTest.SIZES) {
            float[] w = guarded(random, 1, n, 3, 1f);
            float[] g = guarded(random, 2, n, 3, 1f);
            float[] u = guarded(random, 4, n, 3, 1f);
            for (Kernels kernels : KernelsUnderTest.all()) {
                float[] w2 = w.clone();
                float[] u2 = u.clone();
                kernels.momentum(n, w2, 1, g, 2, u2, 4, 0.25f, 0.9f, 0.75f, 0.125f);
                assertGuards(kernels.name(), w2, 1, n);
                assertGuards(kernels.name(), u2, 4, n);
                for (int i = 0; i < n; i++) {
                    double ui = (double) 0.9f * u[4 + i] - 0.25 * g[2 + i];
                    // Three roundings of values below 1.15; then four of values below 2.
                    assertClose("u", ui, u2[4 + i], 4 * U);
                    assertClose("w", w[1 + i] + 0.75 * ui - 0.125 * g[2 + i], w2[1 + i], 9 * U);
                }
            }
        }
    }

    @Test
    void whatIsTinyBecomesZero() {
        float tiny = Kernels.TINY;
        float[] kept = {1f, -1f, tiny, -tiny, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN, 0f};
        float[] flushed = {Math.nextDown(tiny), -Math.nextDown(tiny), 1e-30f, -1e-38f, Float.MIN_NORMAL / 2,
                Float.MIN_VALUE, -Float.MIN_VALUE};
        for (Kernels k : KernelsUnderTest.all()) {
            for (int n : KernelsUnderTest.SIZES) {
                float[] x = guarded(new Random(23), XO, n, 2, 2f);
                float[] expected = x.clone();
                for (int i = 0; i < n; i++) {
                    boolean small = i % 3 == 1;
                    x[XO + i] = small ? flushed[i / 3 % flushed.length] : kept[i % kept.length];
                    expected[XO + i] = small ? 0f : x[XO + i];
                }
                k.flushTiny(n, x, XO);
                assertArrayEquals(expected, x, k.name() + " n=" + n);
            }
        }
    }

    @Test
    void momentsWithoutGradientEndAtZero() {
        for (Kernels k : KernelsUnderTest.all()) {
            int n = 37;
            float[] w = new float[n];
            float[] none = new float[n];
            float[][] moments = new float[6][n];
            for (float[] moment : moments) {
                java.util.Arrays.fill(moment, 1.5f * Float.MIN_NORMAL);
            }
            // 0.9^5 is less than two thirds; without a flush the smallest subnormal number stays for ever.
            for (int step = 0; step < 5; step++) {
                k.momentum(n, w, 0, none, 0, moments[0], 0, 0.1f, 0.9f, 1f, 0f);
                k.adam(n, w, 0, none, 0, moments[1], moments[2], 0, 0.1f, 0.1f, 0.1f, 1e-7f, 0f);
                k.adamAtRest(n, w, 0, moments[3], moments[4], 0, 0.1f, 1e-7f, 0f, 0.9f, 0.9f);
                k.rmsprop(n, w, 0, none, 0, moments[5], 0, 0.1f, 0.1f, 1e-7f);
            }
            for (float[] moment : moments) {
                assertArrayEquals(none, moment, k.name());
            }
        }
    }

    @Test
    void masksHaveTheSameBitsEverywhereAndTheAskedShare() {
        int n = 100_003;
        for (double rate : new double[] {0, 0.2, 0.5, 0.999, 1}) {
            int threshold = (int) Math.round(rate * (1 << 24));
            float[] expected = new float[n];
            new ScalarKernels().dropoutMask(0x1234_5678_9ABC_DEF0L, threshold, 3f, n, expected);
            int dropped = 0;
            for (float value : expected) {
                assertTrue(value == 0f || value == 3f);
                dropped += value == 0f ? 1 : 0;
            }
            // Five standard deviations of a fair draw.
            assertEquals(rate * n, dropped, 5 * Math.sqrt(n * rate * (1 - rate)));
            for (Kernels k : KernelsUnderTest.all()) {
                float[] mask = guarded(new Random(24), 0, n, 3, 2f);
                k.dropoutMask(0x1234_5678_9ABC_DEF0L, threshold, 3f, n, mask);
                assertGuards(k.name(), mask, 0, n);
                assertArrayEquals(expected, java.util.Arrays.copyOf(mask, n), k.name());
            }
        }
    }
}
