package dev.rondo.internal.kernel;

import static dev.rondo.internal.kernel.KernelsUnderTest.U;
import static dev.rondo.internal.kernel.KernelsUnderTest.assertClose;
import static dev.rondo.internal.kernel.KernelsUnderTest.assertGuards;
import static dev.rondo.internal.kernel.KernelsUnderTest.guarded;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LstmGatesTest {
    /// The bound of sigmoid and tanh that [Kernels] promises.
    private static final double E = 4e-7;

    private static final int GO = 3;
    private static final int PO = 2;
    private static final int CO = 5;
    private static final int TO = 1;
    private static final int HO = 4;

    /// The arrays of one gate pass, each at its own offset between guards.
    private record Pass(int rows, int units, float[] gates, float[] cPrev, float[] c, float[] tc, float[] h) {
        static Pass random(Random random, int rows, int units, float scale) {
            int n = rows * units;
            return new Pass(rows, units, guarded(random, GO, 4 * n, 7, scale), guarded(random, PO, n, 2, 2f),
                    guarded(random, CO, n, 3, 1f), guarded(random, TO, n, 4, 1f), guarded(random, HO, n, 1, 1f));
        }

        Pass copy() {
            return new Pass(rows, units, gates.clone(), cPrev.clone(), c.clone(), tc.clone(), h.clone());
        }

        Pass forward(Kernels kernels) {
            return forward(kernels, CellActivation.TANH);
        }

        Pass forward(Kernels kernels, CellActivation a) {
            kernels.lstmForward(a, rows, units, gates, GO, cPrev, PO, c, CO, tc, TO, h, HO);
            return this;
        }

        void assertOnlyOwnElementsChanged(String what) {
            assertGuards(what, gates, GO, 4 * rows * units);
            assertGuards(what, c, CO, rows * units);
            assertGuards(what, tc, TO, rows * units);
            assertGuards(what, h, HO, rows * units);
        }
    }

    private static double of(CellActivation a, double x) {
        return a == CellActivation.TANH ? Math.tanh(x) : Math.max(x, 0);
    }

    private static double slope(CellActivation a, double y) {
        return a == CellActivation.TANH ? 1 - y * y : y > 0 ? 1 : 0;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Test
    void forwardMatchesDoublePrecision() {
        var random = new Random(31);
        for (int units : KernelsUnderTest.SIZES) {
            for (float scale : new float[] {0.5f, 5f, 40f}) {
                Pass before = Pass.random(random, 3, units, scale);
                for (Kernels kernels : KernelsUnderTest.all()) {
                    for (CellActivation a : CellActivation.values()) {
                        Pass after = before.copy().forward(kernels, a);
                        after.assertOnlyOwnElementsChanged(kernels.name());
                        assertArrayEquals(before.cPrev(), after.cPrev());
                        compareForward(kernels.name() + " " + a + " units=" + units, a, before, after);
                    }
                }
            }
        }
    }

    private static void compareForward(String what, CellActivation a, Pass before, Pass after) {
        int units = before.units();
        for (int row = 0; row < before.rows(); row++) {
            for (int u = 0; u < units; u++) {
                int at = GO + row * 4 * units + u;
                int s = row * units + u;
                double i = sigmoid(before.gates()[at]);
                double f = sigmoid(before.gates()[at + units]);
                double g = of(a, before.gates()[at + 2 * units]);
                double o = sigmoid(before.gates()[at + 3 * units]);
                double previous = before.cPrev()[PO + s];
                double c = f * previous + i * g;
                double tc = of(a, c);
                assertClose(what + " i", i, after.gates()[at], E * i);
                assertClose(what + " f", f, after.gates()[at + units], E * f);
                assertClose(what + " g", g, after.gates()[at + 2 * units], E * Math.abs(g));
                assertClose(what + " o", o, after.gates()[at + 3 * units], E * o);
                // Two gates with their errors in i * g, one in f * cPrev, and two roundings.
                double size = f * Math.abs(previous) + i * Math.abs(g);
                assertClose(what + " c", c, after.c()[CO + s], (2 * E + 3 * U) * size);
                // Both have slope at most 1; the error of c passes into it.
                double dc = (2 * E + 3 * U) * size;
                assertClose(what + " tc", tc, after.tc()[TO + s], dc + E);
                // The error of o counts as often as tc is large, which tanh is not.
                assertClose(what + " h", o * tc, after.h()[HO + s], dc + (2 * E + U) * Math.max(1, tc));
            }
        }
    }

    @Test
    void aRowHasTheBitsOfItsBatch() {
        var random = new Random(32);
        for (int units : KernelsUnderTest.SIZES) {
            Pass before = Pass.random(random, 4, units, 6f);
            for (Kernels kernels : KernelsUnderTest.all()) {
                Pass batch = before.copy().forward(kernels);
                Pass alone = before.copy();
                for (int row = 0; row < 4; row++) {
                    int s = row * units;
                    kernels.lstmForward(CellActivation.TANH, 1, units, alone.gates(), GO + 4 * s, alone.cPrev(), PO + s,
                            alone.c(), CO + s,
                            alone.tc(), TO + s, alone.h(), HO + s);
                }
                assertArrayEquals(batch.gates(), alone.gates(), kernels.name());
                assertArrayEquals(batch.c(), alone.c(), kernels.name());
                assertArrayEquals(batch.tc(), alone.tc(), kernels.name());
                assertArrayEquals(batch.h(), alone.h(), kernels.name());
            }
        }
    }

    /// A unit's bits must not depend on its lane either: units of equal inputs give equal outputs across the masked tail.
    @Test
    void equalUnitsGiveEqualBitsInEveryLane() {
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (float x : new float[] {-3.7f, -0.01f, 0.3f, 1.9f, 20f}) {
                int units = 50;
                Pass pass = Pass.random(new Random(33), 2, units, 1f);
                Arrays.fill(pass.gates(), GO, GO + 8 * units, x);
                Arrays.fill(pass.cPrev(), PO, PO + 2 * units, 0.7f);
                pass.forward(kernels);
                for (int s = 0; s < 2 * units; s++) {
                    assertEquals(pass.c()[CO], pass.c()[CO + s], kernels.name());
                    assertEquals(pass.tc()[TO], pass.tc()[TO + s], kernels.name());
                    assertEquals(pass.h()[HO], pass.h()[HO + s], kernels.name());
                }
            }
        }
    }

    @Test
    void theStateMayBeUpdatedInPlace() {
        var random = new Random(34);
        for (int units : KernelsUnderTest.SIZES) {
            Pass before = Pass.random(random, 3, units, 4f);
            for (Kernels kernels : KernelsUnderTest.all()) {
                Pass expected = before.copy().forward(kernels);
                Pass actual = before.copy();
                kernels.lstmForward(CellActivation.TANH, 3, units, actual.gates(), GO, actual.cPrev(), PO,
                        actual.cPrev(), PO, actual.tc(),
                        TO,
                        actual.h(), HO);
                assertArrayEquals(Arrays.copyOfRange(expected.c(), CO, CO + 3 * units),
                        Arrays.copyOfRange(actual.cPrev(), PO, PO + 3 * units), kernels.name());
                assertArrayEquals(expected.h(), actual.h(), kernels.name());
            }
        }
    }

    @Test
    void extremePreActivationsSaturateAndNaNStaysInItsUnit() {
        float inf = Float.POSITIVE_INFINITY;
        float[] extremes = {inf, -inf, Float.MAX_VALUE, -Float.MAX_VALUE, 200f, -200f, 88f, -88f, 1e-40f, 0f};
        int units = 21;
        for (Kernels kernels : KernelsUnderTest.all()) {
            for (float x : extremes) {
                for (float y : extremes) {
                    Pass pass = Pass.random(new Random(35), 1, units, 1f);
                    for (int u = 0; u < units; u++) {
                        pass.gates()[GO + u] = x;
                        pass.gates()[GO + units + u] = y;
                        pass.gates()[GO + 2 * units + u] = x;
                        pass.gates()[GO + 3 * units + u] = y;
                        pass.cPrev()[PO + u] = 0.5f;
                    }
                    pass.gates()[GO + 17] = Float.NaN;
                    pass.forward(kernels);
                    double i = sigmoid(x);
                    double f = sigmoid(y);
                    double c = f * 0.5 + i * Math.tanh(x);
                    for (int u = 0; u < units; u++) {
                        String what = kernels.name() + " " + x + " " + y + " unit " + u;
                        if (u == 17) {
                            assertTrue(Float.isNaN(pass.gates()[GO + u]), what);
                            assertTrue(Float.isNaN(pass.c()[CO + u]), what);
                            assertTrue(Float.isNaN(pass.h()[HO + u]), what);
                        } else {
                            assertClose(what, i, pass.gates()[GO + u], E * i + 2e-38); // below -87 the sigmoid is 1.6e-38
                            assertClose(what, f, pass.gates()[GO + units + u], E * f + 2e-38);
                            assertClose(what, c, pass.c()[CO + u], 3 * E);
                            assertClose(what, f * Math.tanh(c), pass.h()[HO + u], 5 * E);
                        }
                    }
                }
            }
        }
    }

    @Test
    void backwardMatchesDoublePrecision() {
        var random = new Random(36);
        for (int units : KernelsUnderTest.SIZES) {
            for (CellActivation a : CellActivation.values()) {
                Pass pass = Pass.random(random, 3, units, 3f).forward(new ScalarKernels(), a);
                float[] dh = guarded(random, 2, 3 * units, 2, 1f);
                float[] dc = guarded(random, 6, 3 * units, 2, 1f);
                for (Kernels kernels : KernelsUnderTest.all()) {
                    String what = kernels.name() + " " + a + " units=" + units;
                    float[] gates = pass.gates().clone();
                    float[] dcNow = dc.clone();
                    kernels.lstmBackward(a, 3, units, gates, GO, pass.cPrev(), PO, pass.tc(), TO, dh, 2, dcNow, 6);
                    assertGuards(what, gates, GO, 12 * units);
                    assertGuards(what, dcNow, 6, 3 * units);
                    for (int s = 0; s < 3 * units; s++) {
                        int at = GO + s / units * 4 * units + s % units;
                        double i = pass.gates()[at];
                        double f = pass.gates()[at + units];
                        double g = pass.gates()[at + 2 * units];
                        double o = pass.gates()[at + 3 * units];
                        double t = pass.tc()[TO + s];
                        double d = dh[2 + s];
                        double dct = dc[6 + s] + d * o * slope(a, t);
                        // Factors are below 2 in magnitude, with relu below 8, products below 4 and 64; at most twelve roundings in a chain.
                        double tolerance = 12 * (a == CellActivation.TANH ? 4 : 64) * U;
                        assertClose(what, dct * g * i * (1 - i), gates[at], tolerance);
                        assertClose(what, dct * pass.cPrev()[PO + s] * f * (1 - f), gates[at + units], tolerance);
                        assertClose(what, dct * i * slope(a, g), gates[at + 2 * units], tolerance);
                        assertClose(what, d * t * o * (1 - o), gates[at + 3 * units], tolerance);
                        assertClose(what, dct * f, dcNow[6 + s], tolerance);
                    }
                }
            }
        }
    }

    @Test
    void piecesForOtherActivationsMatchDoublePrecision() {
        var random = new Random(37);
        for (int units : KernelsUnderTest.SIZES) {
            Pass pass = Pass.random(random, 3, units, 1f);
            float[] dh = guarded(random, 2, 3 * units, 2, 1f);
            float[] g0 = pass.gates();
            for (Kernels kernels : KernelsUnderTest.all()) {
                String what = kernels.name() + " units=" + units;
                Pass now = pass.copy();
                kernels.lstmCell(3, units, now.gates(), GO, now.cPrev(), PO, now.c(), CO);
                kernels.lstmOutput(3, units, now.gates(), GO, now.tc(), TO, now.h(), HO);
                assertArrayEquals(g0, now.gates(), what);
                now.assertOnlyOwnElementsChanged(what);
                float[] outGates = g0.clone();
                float[] dtc = guarded(random, 3, 3 * units, 1, 1f);
                kernels.lstmOutputBackward(3, units, outGates, GO, pass.tc(), TO, dh, 2, dtc, 3);
                assertGuards(what, dtc, 3, 3 * units);
                float[] cellGates = g0.clone();
                float[] dc = dh.clone();
                kernels.lstmCellBackward(3, units, cellGates, GO, pass.cPrev(), PO, dc, 2);
                assertGuards(what, dc, 2, 3 * units);
                double tolerance = 2 * 4 * U; // values below 4, at most two roundings
                for (int s = 0; s < 3 * units; s++) {
                    int at = GO + s / units * 4 * units + s % units;
                    double i = g0[at];
                    double f = g0[at + units];
                    double g = g0[at + 2 * units];
                    double o = g0[at + 3 * units];
                    double d = dh[2 + s];
                    assertClose(what, f * pass.cPrev()[PO + s] + i * g, now.c()[CO + s], tolerance);
                    assertClose(what, o * pass.tc()[TO + s], now.h()[HO + s], tolerance);
                    assertClose(what, d * o, dtc[3 + s], tolerance);
                    assertClose(what, d * pass.tc()[TO + s], outGates[at + 3 * units], tolerance);
                    assertEquals(g0[at], outGates[at], what);
                    assertEquals(g0[at + units], outGates[at + units], what);
                    assertEquals(g0[at + 2 * units], outGates[at + 2 * units], what);
                    assertClose(what, d * g, cellGates[at], tolerance);
                    assertClose(what, d * pass.cPrev()[PO + s], cellGates[at + units], tolerance);
                    assertClose(what, d * i, cellGates[at + 2 * units], tolerance);
                    assertEquals(g0[at + 3 * units], cellGates[at + 3 * units], what);
                    assertClose(what, d * f, dc[2 + s], tolerance);
                }
            }
        }
    }

    @Test
    void backwardTouchesNoInput() {
        Pass pass = Pass.random(new Random(38), 2, 19, 1f);
        float[] dh = guarded(new Random(39), 0, 38, 0, 1f);
        for (Kernels kernels : KernelsUnderTest.all()) {
            float[] dhNow = dh.clone();
            Pass now = pass.copy();
            float[] gates = now.gates().clone();
            kernels.lstmBackward(CellActivation.TANH, 2, 19, gates, GO, now.cPrev(), PO, now.tc(), TO, dhNow, 0,
                    new float[38], 0);
            assertArrayEquals(dh, dhNow, kernels.name());
            assertArrayEquals(pass.cPrev(), now.cPrev(), kernels.name());
            assertArrayEquals(pass.tc(), now.tc(), kernels.name());
            assertFalse(Arrays.equals(pass.gates(), gates), kernels.name());
        }
    }
}
