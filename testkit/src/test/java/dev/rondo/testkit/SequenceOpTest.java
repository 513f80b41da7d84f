package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.after;
import static dev.rondo.testkit.Poison.doubles;
import static dev.rondo.testkit.Poison.random;
import static dev.rondo.testkit.Poison.within;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.SequenceOp;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ops that rearrange or pool the steps of ragged sequences, against their definition for one sequence.
class SequenceOpTest {
    /// A mean of up to seven numbers below one.
    private static final double TOLERANCE = 3e-7;

    private static final Kernels K = Kernels.best();

    private static final int[][] LENGTHS = {{7, 4, 4, 1, 0, 0}, {1}, {3, 3}, {0, 0}, {}};

    private enum Op {
        REVERSE, LAST, MAX, MEAN;

        boolean isSequence() {
            return this == REVERSE;
        }

        void forward(Steps steps, int width, float[] x, float[] y, int[] arg) {
            switch (this) {
                case REVERSE -> SequenceOp.reverse(steps, width, x, y);
                case LAST -> SequenceOp.last(steps, width, x, y);
                case MAX -> SequenceOp.max(steps, width, x, y, arg);
                case MEAN -> SequenceOp.mean(K, steps, width, x, y);
            }
        }

        void backward(Steps steps, int width, int[] arg, float[] dy, float[] dx) {
            switch (this) {
                case REVERSE -> SequenceOp.reverseBackward(K, steps, width, dy, dx);
                case LAST -> SequenceOp.lastBackward(K, steps, width, dy, dx);
                case MAX -> SequenceOp.maxBackward(steps, width, arg, dy, dx);
                case MEAN -> SequenceOp.meanBackward(K, steps, width, dy, dx);
            }
        }

        double[] reference(Steps steps, int width, double[] x) {
            double[][][] sequences = ReferenceOps.sequences(steps, x, width);
            if (isSequence()) {
                for (int b = 0; b < sequences.length; b++) {
                    sequences[b] = ReferenceOps.reverse(sequences[b]);
                }
                return ReferenceOps.packed(steps, sequences, width);
            }
            double[] y = new double[steps.batch() * width];
            for (int b = 0; b < sequences.length; b++) {
                double[] row = switch (this) {
                    case MAX -> ReferenceOps.max(sequences[b], width);
                    case MEAN -> ReferenceOps.mean(sequences[b], width);
                    default -> ReferenceOps.last(sequences[b], width);
                };
                System.arraycopy(row, 0, y, b * width, width);
            }
            return y;
        }
    }

    @ParameterizedTest
    @EnumSource
    void followsItsDefinition(Op op) {
        for (int[] lengths : LENGTHS) {
            for (int width : new int[] {1, 5, 17}) {
                Steps steps = Steps.of(lengths);
                float[] x = random(new SplittableRandom(9), steps.total() * width, 1);
                int size = (op.isSequence() ? steps.total() : steps.batch()) * width;
                float[] y = after(new float[size]);
                int[] arg = new int[size];
                op.forward(steps, width, after(x), y, arg);
                assertArrayEquals(op.reference(steps, width, doubles(x)), doubles(within(y)), TOLERANCE);

                float[] dy = random(new SplittableRandom(10), size, 1);
                float[] dx = after(new float[x.length]);
                op.backward(steps, width, arg, after(dy), dx);
                float[] gradient = within(dx);
                if (x.length > 0) {
                    double[] w = doubles(dy);
                    GradientChecker.check(
                            in -> ReferenceOpsTest.dot(w, op.reference(steps, width, in.get("x"))),
                            Map.of("x", doubles(x)), Map.of("x", doubles(gradient))).assertWithin(TOLERANCE);
                }
                float[] sum = after(x);
                op.backward(steps, width, arg, after(dy), sum);
                assertArrayEquals(ReferenceOps.sum(doubles(x), doubles(gradient), 1), doubles(within(sum)), TOLERANCE);
            }
        }
    }

    @Test
    void theGradientOfAMaximumGoesToTheFirstOfEquals() {
        Steps steps = Steps.of(3);
        float[] x = {2, 5, 5};
        float[] y = new float[1];
        int[] arg = new int[1];
        SequenceOp.max(steps, 1, x, y, arg);
        assertEquals(5, y[0]);
        float[] dx = new float[3];
        SequenceOp.maxBackward(steps, 1, arg, new float[] {1}, dx);
        assertArrayEquals(new float[] {0, 1, 0}, dx);
    }

    @Test
    void aMaximumOfNegativeNumbersIsNegative() {
        float[] y = new float[2];
        SequenceOp.max(Steps.of(2), 2, new float[] {-3, -1, -2, -4}, y, new int[2]);
        assertArrayEquals(new float[] {-2, -1}, y);
    }

    /// A number that is none must not hide: training on it would go on unnoticed.
    @Test
    void aMaximumOverNaNIsNaN() {
        for (int at = 0; at < 3; at++) {
            float[] x = {1, 3, 2};
            x[at] = Float.NaN;
            float[] y = new float[1];
            SequenceOp.max(Steps.of(3), 1, x, y, new int[1]);
            assertEquals(Float.NaN, y[0], "NaN at step " + at + " of " + Arrays.toString(x));
        }
    }
}
