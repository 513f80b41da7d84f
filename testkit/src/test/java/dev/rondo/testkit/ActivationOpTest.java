package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.after;
import static dev.rondo.testkit.Poison.doubles;
import static dev.rondo.testkit.Poison.random;
import static dev.rondo.testkit.Poison.within;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.Activation;
import dev.rondo.op.ActivationOp;
import dev.rondo.op.Direction;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Activations against their definitions in double precision.
class ActivationOpTest {
    /// The elementary functions are right to 4e-7 of the value; a float is to 6e-8.
    private static final double TOLERANCE = 1e-6;
    /// Derivatives are told from rounded outputs: 1 - y^2 is off by 1e-7, and a row may have slopes of 0.05 at most.
    private static final double GRADIENT_TOLERANCE = 4e-6;

    private static final Kernels K = Kernels.best();

    @ParameterizedTest
    @EnumSource
    void valuesFollowTheDefinition(Activation f) {
        for (int columns : f == Activation.GLU ? new int[] {2, 18} : new int[] {1, 3, 17, 33}) {
            int rows = 5;
            float[] x = random(new SplittableRandom(columns), rows * columns, 8);
            double[] expected = reference(f, doubles(x), rows, columns);
            float[] y = apply(f, x, rows, columns);
            for (int i = 0; i < y.length; i++) {
                assertEquals(expected[i], y[i], TOLERANCE * Math.max(1, Math.abs(expected[i])), f + " of " + x[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientFollowsDifferences(Activation f) {
        for (int columns : f == Activation.GLU ? new int[] {2, 18} : new int[] {1, 3, 33}) {
            int rows = 3;
            int n = rows * columns;
            float[] x = random(new SplittableRandom(columns), n, 4);
            float[] dy = random(new SplittableRandom(1), rows * f.columns(columns), 1);
            float[] dx = backward(f, x, dy, new float[n], rows, columns);
            double[] w = doubles(dy);
            GradientChecker.check(in -> ReferenceOpsTest.dot(w, reference(f, in.get("x"), rows, columns)),
                    Map.of("x", doubles(x)), Map.of("x", doubles(dx))).assertWithin(GRADIENT_TOLERANCE);

            float[] base = random(new SplittableRandom(2), n, 1);
            float[] sum = backward(f, x, dy, base, rows, columns);
            for (int i = 0; i < n; i++) {
                // One rounding of a sum, and one of its larger part.
                assertEquals((double) base[i] + dx[i], sum[i], 2e-7 * (1 + Math.abs(dx[i])));
            }
        }
    }

    /// Softmax keeps its precision for logits far from zero, as for those near it: what counts is their distance from the largest.
    @Test
    void softmaxOfLargeLogits() {
        for (float shift : new float[] {0, 4096, -4096, 1e7f}) {
            float[] x = {shift, shift + 1, shift - 2, shift + 3};
            double[] expected = ReferenceOps.softmax(doubles(x));
            float[] y = apply(Activation.SOFTMAX, x, 1, 4);
            double[] logs = ReferenceOps.logSoftmax(doubles(x));
            float[] logY = apply(Activation.LOG_SOFTMAX, x, 1, 4);
            double sum = 0;
            for (int j = 0; j < 4; j++) {
                assertEquals(expected[j], y[j], 3e-7 * expected[j], "softmax at " + shift);
                assertEquals(logs[j], logY[j], 1e-6, "log-softmax at " + shift);
                sum += y[j];
            }
            assertEquals(1, sum, 3e-7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void farInputsGiveLimitsAndNaNStaysNaN(Activation f) {
        if (!f.isElementwise()) {
            return;
        }
        float[] x = {-80, -20, 0, 20, 80, Float.NaN};
        float[] y = apply(f, x, 1, x.length);
        for (int i = 0; i < 5; i++) {
            double expected = ReferenceActivation.of(f).applyAsDouble(x[i]);
            assertEquals(expected, y[i], TOLERANCE * Math.max(1, Math.abs(expected)), f + " of " + x[i]);
        }
        assertTrue(Float.isNaN(y[5]), f + " of NaN is " + y[5]);
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTMAX", "LOG_SOFTMAX", "SPARSEMAX", "GLU"})
    void functionsOfRowsCannotStandInACell(Activation f) {
        Problem problem = Problem.of(Cell.SIMPLE_RNN, Direction.FORWARD, 1, 2, 2).with(f, Activation.SIGMOID);
        var error = assertThrows(IllegalArgumentException.class, problem::forward);
        assertTrue(error.getMessage().contains(f.id()), error.getMessage());
    }

    private static float[] apply(Activation f, float[] x, int rows, int columns) {
        float[] y = after(new float[rows * f.columns(columns)]);
        ActivationOp.apply(K, f, rows, columns, after(x), y);
        return within(y);
    }

    private static float[] backward(Activation f, float[] x, float[] dy, float[] base, int rows, int columns) {
        float[] dx = after(base);
        ActivationOp.applyBackward(K, Poison.BUFFERS, f, rows, columns, after(x), after(apply(f, x, rows, columns)),
                after(dy), dx);
        return within(dx);
    }

    private static double[] reference(Activation f, double[] x, int rows, int columns) {
        int width = f.columns(columns);
        double[] y = new double[rows * width];
        if (f.isElementwise()) {
            for (int i = 0; i < y.length; i++) {
                y[i] = ReferenceActivation.of(f).applyAsDouble(x[i]);
            }
            return y;
        }
        double[][] matrix = ReferenceOps.matrix(x, rows, columns);
        for (int i = 0; i < rows; i++) {
            double[] row = switch (f) {
                case SOFTMAX -> ReferenceOps.softmax(matrix[i]);
                case LOG_SOFTMAX -> ReferenceOps.logSoftmax(matrix[i]);
                case SPARSEMAX -> ReferenceOps.sparsemax(matrix[i]);
                default -> ReferenceOps.glu(matrix[i]);
            };
            System.arraycopy(row, 0, y, i * width, width);
        }
        return y;
    }
}
