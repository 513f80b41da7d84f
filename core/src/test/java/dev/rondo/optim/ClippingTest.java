package dev.rondo.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Tensor;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ClippingTest {
    private final Parameter kernel = new Parameter("kernel", Tensor.zeros(2));
    private final Parameter table = new Parameter("table", Tensor.zeros(3, 2));

    /// Tasks may run in any order.
    private static final Gradients.Tasks BACKWARDS = (count, task) -> {
        for (int i = count - 1; i >= 0; i--) {
            task.accept(i);
        }
    };

    /// Clips the kernel's gradient (2, -4) and the table's row 1 (4, `last`), norm 10 for last = 8.
    private double clip(Clipping clipping, float last, float[] kernelAfter, float[] rowAfter) {
        var touched = new BitSet();
        touched.set(1);
        double[] norm = new double[1];
        Fixture.withGradients(new Workspace(), tape -> {
            Fixture.addDense(tape, kernel, new float[] {2f, -4f});
            Fixture.addRows(tape, table, new float[] {0f, 0f, 4f, last, 0f, 0f}, touched);
        }, gradients -> {
            norm[0] = clipping.apply(gradients, BACKWARDS);
            // A power of two times small integers is exact.
            assertArrayEquals(kernelAfter, gradients.toArray(kernel));
            assertArrayEquals(rowAfter, java.util.Arrays.copyOfRange(gradients.toArray(table), 2, 4));
        });
        return norm[0];
    }

    @Test
    void scalesAllGradientsToTheNorm() {
        assertEquals(10, clip(Clipping.globalNorm(5), 8f, new float[] {1f, -2f}, new float[] {2f, 4f}));
    }

    @Test
    void takesLargeGradientsInPieces() {
        float[] ones = new float[200_000];
        java.util.Arrays.fill(ones, 1f);
        var large = new Parameter("large", Tensor.zeros(ones.length));
        Fixture.withGradients(new Workspace(), tape -> Fixture.addDense(tape, large, ones), gradients -> {
            assertEquals(Math.sqrt(ones.length), Clipping.globalNorm(1).apply(gradients, BACKWARDS));
            assertEquals(1, gradients.squaredNorm(), 1e-6);
            assertEquals(gradients.squaredNorm(), gradients.squaredNorm(BACKWARDS));
        });
    }

    @Test
    void leavesGradientsWithinTheNorm() {
        assertEquals(10, clip(Clipping.globalNorm(10), 8f, new float[] {2f, -4f}, new float[] {4f, 8f}));
        assertEquals(10, clip(Clipping.none(), 8f, new float[] {2f, -4f}, new float[] {4f, 8f}));
    }

    @Test
    void bringsEachNumberIntoRange() {
        assertEquals(10, clip(Clipping.byValue(3), 8f, new float[] {2f, -3f}, new float[] {3f, 3f}));
        assertEquals(10, clip(Clipping.byValue(9), 8f, new float[] {2f, -4f}, new float[] {4f, 8f}));
    }

    @Test
    void reportsGradientsThatAreNotFiniteAndLeavesThem() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (Clipping clipping : new Clipping[] {Clipping.none(), Clipping.globalNorm(1), Clipping.byValue(1)}) {
                double norm = clip(clipping, bad, new float[] {2f, -4f}, new float[] {4f, bad});
                assertFalse(Double.isFinite(norm), clipping + " " + bad);
            }
        }
    }
}
