package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GradientCheckerTest {
    private static final GradientChecker.ScalarFunction F = in -> Math.sin(in.get("a")[0]) * in.get("a")[1]
            + in.get("b")[0] * in.get("b")[0];

    private final Map<String, double[]> inputs = Map.of("a", new double[] {0.5, 3}, "b", new double[] {-2});

    private Map<String, double[]> gradient() {
        return Map.of("a", new double[] {3 * Math.cos(0.5), Math.sin(0.5)}, "b", new double[] {-4});
    }

    @Test
    void aRightGradientPasses() {
        GradientReport report = GradientChecker.check(F, inputs, gradient());
        report.assertWithin(1e-9);
        assertEquals(3, report.elements());
        assertArrayEquals(new double[] {0.5, 3}, inputs.get("a"), "inputs are restored");
    }

    @Test
    void theWorstElementIsNamed() {
        Map<String, double[]> wrong = gradient();
        wrong.get("a")[1] += 0.01;
        GradientReport report = GradientChecker.check(F, inputs, wrong);
        assertEquals("a", report.input());
        assertEquals(1, report.index());
        assertEquals(Math.sin(0.5), report.expected(), 1e-9);
        assertEquals(Math.sin(0.5) + 0.01, report.actual());
        assertEquals(0.01 / (3 * Math.cos(0.5)), report.error(), 1e-9);
        var error = assertThrows(AssertionError.class, () -> report.assertWithin(1e-4));
        assertTrue(error.getMessage().startsWith("gradient of a[1]: expected 0.479"), error.getMessage());
    }

    @Test
    void aNumberThatIsNoneNeverPasses() {
        Map<String, double[]> wrong = gradient();
        wrong.get("a")[0] = Double.NaN;
        wrong.get("b")[0] = 100;
        GradientReport report = GradientChecker.check(F, inputs, wrong);
        assertEquals("a", report.input());
        assertThrows(AssertionError.class, () -> report.assertWithin(Double.POSITIVE_INFINITY));
    }

    @Test
    void anUnexpectedGradientOfAnInputWithoutInfluenceIsSeen() {
        GradientReport report = GradientChecker.compare(
                Map.of("a", new double[] {1}, "b", new double[] {0}),
                Map.of("a", new double[] {1}, "b", new double[] {0.1}));
        assertEquals("b", report.input());
        assertEquals(100, report.error(), 1e-9);
        GradientChecker.compare(Map.of("b", new double[2]), Map.of("b", new double[2])).assertWithin(0);
    }

    @Test
    void otherNamesAndSizesAreRefused() {
        assertThrows(IllegalArgumentException.class,
                () -> GradientChecker.check(F, inputs, Map.of("a", new double[2])));
        assertThrows(IllegalArgumentException.class,
                () -> GradientChecker.check(F, inputs, Map.of("a", new double[3], "b", new double[1])));
        assertThrows(IllegalArgumentException.class, () -> GradientChecker.compare(Map.of(), Map.of()));
    }
}
