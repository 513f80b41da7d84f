package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
import dev.rondo.tensor.Steps;
import org.junit.jupiter.api.Test;

/// The references against numbers worked out by hand or known from tables.
class ReferenceOpsTest {
    private static final double[][] ZERO_STATE = {{0}};

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Test
    void packedRowsComeApartAndTogether() {
        Steps steps = Steps.of(3, 2, 1);
        double[] rows = {10, 20, 30, 11, 21, 12};
        double[][][] sequences = ReferenceOps.sequences(steps, rows, 1);
        assertArrayEquals(new double[][] {{10}, {11}, {12}}, sequences[0]);
        assertArrayEquals(new double[][] {{20}, {21}}, sequences[1]);
        assertArrayEquals(new double[][] {{30}}, sequences[2]);
        assertArrayEquals(rows, ReferenceOps.packed(steps, sequences, 1));
    }

    @Test
    void softmax() {
        double e = Math.E;
        assertArrayEquals(new double[] {1 / (1 + e), e / (1 + e)}, ReferenceOps.softmax(new double[] {5, 6}), 1e-15);
        assertArrayEquals(new double[] {-Math.log(2), -Math.log(2)}, ReferenceOps.logSoftmax(new double[] {9, 9}),
                1e-15);
    }

    /// From tables of the error function: erf(1 / sqrt 2) is 0.682689492137086, the mass within one standard deviation.
    @Test
    void activations() {
        assertEquals((1 + 0.682689492137086) / 2, value(Activation.GELU, 1), 1e-12);
        assertEquals(-(1 - 0.682689492137086) / 2, value(Activation.GELU, -1), 1e-12);
        assertEquals(1 / (1 + Math.exp(-2)), value(Activation.SIGMOID, 2), 1e-15);
        assertEquals(Math.log(2), value(Activation.SOFTPLUS, 0), 1e-15);
        assertEquals(Math.tanh(Math.log(1 + Math.E)), value(Activation.MISH, 1), 1e-12);
        assertEquals(1.0507009873554805, value(Activation.SELU, 1), 1e-14);
        assertEquals(-1.0507009873554805 * 1.6732632423543772 * (1 - Math.exp(-1)), value(Activation.SELU, -1), 1e-13);
        assertEquals(0.75, value(Activation.HARD_SIGMOID, 1.5), 1e-15);
        assertEquals(-0.4, value(Activation.LEAKY_RELU, -2), 1e-15);
        assertThrows(IllegalArgumentException.class, () -> ReferenceActivation.of(Activation.SOFTMAX));
    }

    @Test
    void simpleRnn() {
        var cell = new ReferenceSimpleRnn(new double[][] {{2}}, new double[][] {{10}}, new double[] {1}, x -> x);
        // 2*1+1 = 3, then 2*2+1 + 10*3 = 35; the other way round 5, then 3 + 10*5 = 53.
        double[][] sequence = {{1}, {2}};
        assertArrayEquals(new double[][] {{3}, {35}}, cell.run(sequence, ZERO_STATE, Direction.FORWARD).outputs());
        ReferenceCell.Run back = cell.run(sequence, ZERO_STATE, Direction.BACKWARD);
        assertArrayEquals(new double[][] {{53}, {5}}, back.outputs());
        assertArrayEquals(new double[][] {{53}}, back.last());
    }

    @Test
    void lstm() {
        // Linear activations: i = x, f = 2x, g = 3x + h, o = 4x.
        var cell = new ReferenceLstm(new double[][] {{1, 2, 3, 4}}, new double[][] {{0, 0, 1, 0}}, null, x -> x,
                x -> x);
        // x = 1, h = 5, c = 7: c' = 2*7 + 1*(3+5) = 22, h' = 4*22 = 88.
        assertArrayEquals(new double[][] {{88}, {22}}, cell.step(new double[] {1}, new double[][] {{5}, {7}}));
    }

    @Test
    void grus() {
        // Linear activations: z = x, r = 2x, candidate = 3x + the recurrent part (weight 10, bias 1).
        double[][] kernel = {{1, 2, 3}};
        double[][] recurrent = {{0, 0, 10}};
        var after = new ReferenceGru(kernel, recurrent, null, new double[] {0, 0, 1}, x -> x, x -> x);
        // x = 2, h = 5: z = 2, r = 4, n = 6 + 4 * 51 = 210, h' = 2*5 - 210 = -200.
        assertArrayEquals(new double[][] {{-200}}, after.step(new double[] {2}, new double[][] {{5}}));
        var before = new ReferenceGruResetBefore(kernel, recurrent, new double[] {0, 0, 1}, x -> x, x -> x);
        // n = 6 + (4*5) * 10 + 1 = 207, h' = 10 - 207 = -197.
        assertArrayEquals(new double[][] {{-197}}, before.step(new double[] {2}, new double[][] {{5}}));
    }

    private static double value(Activation activation, double x) {
        return ReferenceActivation.of(activation).applyAsDouble(x);
    }
}
