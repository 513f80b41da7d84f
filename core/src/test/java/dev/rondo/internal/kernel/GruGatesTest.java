package dev.rondo.internal.kernel;

import static dev.rondo.internal.kernel.KernelsUnderTest.U;
import static dev.rondo.internal.kernel.KernelsUnderTest.assertClose;
import static dev.rondo.internal.kernel.KernelsUnderTest.assertGuards;
import static dev.rondo.internal.kernel.KernelsUnderTest.guarded;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GruGatesTest {
    /// The bound of sigmoid and tanh that [Kernels] promises.
    private static final double E = 4e-7;

    private static final int ROWS = 3;
    private static final int GO = 3;
    private static final int RO = 5;
    private static final int RHO = 1;
    private static final int PO = 2;
    private static final int HO = 4;

    private record Pass(int units, float[] gates, float[] rec, float[] rh, float[] hPrev, float[] h) {
        static Pass random(Random random, int units, float scale) {
            int n = ROWS * units;
            return new Pass(units, guarded(random, GO, 3 * n, 2, scale), guarded(random, RO, 3 * n, 3, scale),
                    guarded(random, RHO, n, 4, 1f), guarded(random, PO, n, 1, 1f), guarded(random, HO, n, 5, 1f));
        }

        Pass copy() {
            return new Pass(units, gates.clone(), rec.clone(), rh.clone(), hPrev.clone(), h.clone());
        }

        Pass forward(Kernels kernels) {
            kernels.gruForward(ROWS, units, gates, GO, rec, RO, rh, RHO, hPrev, PO, h, HO);
            return this;
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Test
    void forwardMatchesDoublePrecision() {
        var random = new Random(41);
        for (int units : KernelsUnderTest.SIZES) {
            for (float scale : new float[] {0.5f, 3f, 30f}) {
                Pass before = Pass.random(random, units, scale);
                for (Kernels kernels : KernelsUnderTest.all()) {
                    Pass after = before.copy().forward(kernels);
                    String what = kernels.name() + " units=" + units + " scale=" + scale;
                    assertArrayEquals(before.hPrev(), after.hPrev(), what);
                    assertArrayEquals(before.rec(), after.rec(), what);
                    assertGuards(what, after.gates(), GO, 3 * ROWS * units);
                    assertGuards(what, after.rh(), RHO, ROWS * units);
                    assertGuards(what, after.h(), HO, ROWS * units);
                    compareForward(what, scale, before, after);
                }
            }
        }
    }

    private static void compareForward(String what, float scale, Pass before, Pass after) {
        int units = before.units();
        for (int s = 0; s < ROWS * units; s++) {
            int at = s / units * 3 * units + s % units;
            double z = sigmoid((double) before.gates()[GO + at] + before.rec()[RO + at]);
            double r = sigmoid((double) before.gates()[GO + at + units] + before.rec()[RO + at + units]);
            double q = before.rec()[RO + at + 2 * units];
            double n = Math.tanh(before.gates()[GO + at + 2 * units] + r * q);
            // Rounding the sum of the two parts moves a gate by at most 2 scale U times its slope, z(1-z) for z.
            double dz = E * z + 2 * scale * U * z;
            double dr = E * r + 2 * scale * U * r;
            double dn = E + Math.abs(q) * dr + 4 * scale * U;
            assertClose(what + " z", z, after.gates()[GO + at], dz);
            assertClose(what + " r", r, after.gates()[GO + at + units], dr);
            assertClose(what + " n", n, after.gates()[GO + at + 2 * units], dn);
            assertClose(what + " q", q, after.rh()[RHO + s], 0);
            double previous = before.hPrev()[PO + s];
            double h = z * previous + (1 - z) * n;
            assertClose(what + " h", h, after.h()[HO + s], 2 * dz + dn + 4 * U);
        }
    }

    @Test
    void aRowHasTheBitsOfItsBatchAndTheStateMayBeUpdatedInPlace() {
        var random = new Random(42);
        for (int units : KernelsUnderTest.SIZES) {
            Pass before = Pass.random(random, units, 3f);
            for (Kernels kernels : KernelsUnderTest.all()) {
                Pass batch = before.copy().forward(kernels);
                Pass alone = before.copy();
                for (int row = 0; row < ROWS; row++) {
                    int s = row * units;
                    kernels.gruForward(1, units, alone.gates(), GO + 3 * s, alone.rec(), RO + 3 * s, alone.rh(),
                            RHO + s,
                            alone.hPrev(), PO + s, alone.hPrev(), PO + s);
                }
                assertArrayEquals(batch.gates(), alone.gates(), kernels.name());
                assertArrayEquals(batch.rh(), alone.rh(), kernels.name());
                assertArrayEquals(Arrays.copyOfRange(batch.h(), HO, HO + ROWS * units),
                        Arrays.copyOfRange(alone.hPrev(), PO, PO + ROWS * units), kernels.name());
            }
        }
    }

    @Test
    void extremePreActivationsSaturateAndNaNStaysInItsUnit() {
        float inf = Float.POSITIVE_INFINITY;
        float[] extremes = {inf, -inf, Float.MAX_VALUE, -Float.MAX_VALUE, 200f, -200f, 0f};
        int units = 21;
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (float x : extremes) {
                Pass pass = Pass.random(new Random(43), units, 1f);
                Arrays.fill(pass.gates(), GO, GO + 9 * units, x);
                Arrays.fill(pass.rec(), RO, RO + 9 * units, 0f);
                Arrays.fill(pass.hPrev(), PO, PO + ROWS * units, 0.5f);
                pass.gates()[GO + 18] = Float.NaN;
                pass.forward(kernels);
                double z = sigmoid(x);
                for (int s = 0; s < ROWS * units; s++) {
                    float h = pass.h()[HO + s];
                    if (s == 18) {
                        assertTrue(Float.isNaN(h), kernels.name());
                    } else {
                        assertClose(kernels.name() + " " + x, z * 0.5 + (1 - z) * Math.tanh(x), h, 4 * E);
                    }
                }
            }
        }
    }

    @Test
    void backwardMatchesDoublePrecision() {
        var random = new Random(44);
        for (int units : KernelsUnderTest.SIZES) {
            Pass pass = Pass.random(random, units, 2f).forward(new ScalarKernels());
            float[] dh = guarded(random, 2, ROWS * units, 2, 1f);
            for (Kernels kernels : KernelsUnderTest.all()) {
                String what = kernels.name() + " units=" + units;
                Pass now = pass.copy();
                float[] dhNow = dh.clone();
                kernels.gruBackward(ROWS, units, now.gates(), GO, now.rh(), RHO, now.hPrev(), PO, dhNow, 2);
                assertArrayEquals(pass.hPrev(), now.hPrev(), what);
                assertGuards(what, now.gates(), GO, 3 * ROWS * units);
                assertGuards(what, now.rh(), RHO, ROWS * units);
                assertGuards(what, dhNow, 2, ROWS * units);
                for (int s = 0; s < ROWS * units; s++) {
                    int at = GO + s / units * 3 * units + s % units;
                    double z = pass.gates()[at];
                    double r = pass.gates()[at + units];
                    double n = pass.gates()[at + 2 * units];
                    double d = dh[2 + s];
                    double dn = d * (1 - z) * (1 - n * n);
                    // Factors are below 2 in magnitude, products below 4; at most ten roundings in a chain.
                    double tolerance = 10 * 4 * U;
                    assertClose(what, d * (pass.hPrev()[PO + s] - n) * z * (1 - z), now.gates()[at], tolerance);
                    assertClose(what, dn * pass.rh()[RHO + s] * r * (1 - r), now.gates()[at + units], tolerance);
                    assertClose(what, dn, now.gates()[at + 2 * units], tolerance);
                    assertClose(what, dn * r, now.rh()[RHO + s], tolerance);
                    assertClose(what, d * z, dhNow[2 + s], tolerance);
                }
            }
        }
    }
}
