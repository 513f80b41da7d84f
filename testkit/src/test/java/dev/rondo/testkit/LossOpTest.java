package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.after;
import static dev.rondo.testkit.Poison.doubles;
import static dev.rondo.testkit.Poison.random;
import static dev.rondo.testkit.Poison.within;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.LossOp;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Losses against their definitions in double precision.
class LossOpTest {
    /// Losses are summed in double precision from floats; the exponential of the kernels is right to 2e-7.
    private static final double TOLERANCE = 5e-7;
    private static final double SCALE = 1.0 / 7;

    private static final Kernels K = Kernels.best();

    private enum Loss {
        SIGMOID_CROSS_ENTROPY, BINARY_CROSS_ENTROPY, SQUARED_ERROR, ABSOLUTE_ERROR, HUBER, LOG_COSH,
        SOFTMAX_CROSS_ENTROPY,
        CATEGORICAL_CROSS_ENTROPY, SMOOTH_SOFTMAX_CROSS_ENTROPY, SMOOTH_CATEGORICAL_CROSS_ENTROPY,
        SOFT_SOFTMAX_CROSS_ENTROPY, SOFT_CATEGORICAL_CROSS_ENTROPY;

        /// Whether targets are a share of each class.
        boolean isSoft() {
            return name().startsWith("SOFT_");
        }

        boolean isOfClasses() {
            return name().contains("SOFTMAX") || name().contains("CATEGORICAL");
        }

        boolean isOfProbabilities() {
            return this == BINARY_CROSS_ENTROPY || name().contains("CATEGORICAL");
        }

        double apply(int rows, int columns, float[] x, float[] t, int[] classes, float[] dx) {
            int n = rows * columns;
            return switch (this) {
                case SIGMOID_CROSS_ENTROPY -> LossOp.sigmoidCrossEntropy(n, x, t, SCALE, dx);
                case BINARY_CROSS_ENTROPY -> LossOp.binaryCrossEntropy(n, x, t, SCALE, dx);
                case SQUARED_ERROR -> LossOp.squaredError(n, x, t, SCALE, dx);
                case ABSOLUTE_ERROR -> LossOp.absoluteError(n, x, t, SCALE, dx);
                case HUBER -> LossOp.huber(n, x, t, 0.8, SCALE, dx);
                case LOG_COSH -> LossOp.logCosh(n, x, t, SCALE, dx);
                case SMOOTH_SOFTMAX_CROSS_ENTROPY ->
                    LossOp.softmaxCrossEntropy(K, Poison.BUFFERS, rows, columns, x, classes, 0.2, SCALE, dx);
                case SMOOTH_CATEGORICAL_CROSS_ENTROPY ->
                    LossOp.categoricalCrossEntropy(rows, columns, x, classes, 0.2, SCALE, dx);
                case SOFTMAX_CROSS_ENTROPY ->
                    LossOp.softmaxCrossEntropy(K, Poison.BUFFERS, rows, columns, x, classes, 0, SCALE, dx);
                case SOFT_SOFTMAX_CROSS_ENTROPY ->
                    LossOp.softmaxCrossEntropy(K, Poison.BUFFERS, rows, columns, x, t, SCALE, dx);
                case SOFT_CATEGORICAL_CROSS_ENTROPY ->
                    LossOp.categoricalCrossEntropy(rows, columns, x, t, SCALE, dx);
                case CATEGORICAL_CROSS_ENTROPY ->
                    LossOp.categoricalCrossEntropy(rows, columns, x, classes, 0, SCALE, dx);
            };
        }

        double reference(int rows, int columns, double[] x, float[] t, int[] classes) {
            double sum = 0;
            if (isOfClasses()) {
                double[][] matrix = ReferenceOps.matrix(x, rows, columns);
                for (int row = 0; row < rows && isSoft(); row++) {
                    for (int j = 0; j < columns; j++) {
                        sum += t[row * columns + j] * ofClass(matrix[row], j);
                    }
                }
                for (int row = 0; row < rows && !isSoft(); row++) {
                    double smoothing = name().startsWith("SMOOTH") ? 0.2 : 0;
                    sum += (1 - smoothing) * ofClass(matrix[row], classes[row]);
                    for (int j = 0; j < columns; j++) {
                        sum += smoothing / columns * ofClass(matrix[row], j);
                    }
                }
                return SCALE * sum;
            }
            for (int i = 0; i < x.length; i++) {
                sum += switch (this) {
                    case SIGMOID_CROSS_ENTROPY -> ReferenceLosses.sigmoidCrossEntropy(x[i], t[i]);
                    case BINARY_CROSS_ENTROPY -> ReferenceLosses.binaryCrossEntropy(x[i], t[i]);
                    case SQUARED_ERROR -> ReferenceLosses.squaredError(x[i], t[i]);
                    case HUBER -> ReferenceLosses.huber(x[i], t[i], 0.8);
                    case LOG_COSH -> Math.log(Math.cosh(x[i] - t[i]));
                    default -> ReferenceLosses.absoluteError(x[i], t[i]);
                };
            }
            return SCALE * sum;
        }

        private double ofClass(double[] row, int target) {
            return name().contains("SOFTMAX_") ? ReferenceLosses.softmaxCrossEntropy(row, target)
                    : ReferenceLosses.categoricalCrossEntropy(row, target);
        }
    }

    @ParameterizedTest
    @EnumSource
    void valueAndGradientFollowTheDefinition(Loss loss) {
        // The gradient by a single class is zero, and that of smoothed or soft targets a sum of roundings.
        int[] widths = loss.name().startsWith("SMOOTH") || loss.isSoft() ? new int[] {3, 17, 33}
                : new int[] {1, 3, 17, 33};
        for (int columns : widths) {
            int rows = 5;
            int n = rows * columns;
            var random = new SplittableRandom(columns);
            float[] x = random(random, n, 3);
            if (loss.isOfProbabilities()) {
                for (int i = 0; i < n; i++) {
                    x[i] = 0.02f + 0.96f * (x[i] + 3) / 6;
                }
            }
            float[] t = random(random, n, 0.5);
            for (int i = 0; i < n; i++) {
                t[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? 1 : t[i] + 0.5f;
            }
            int[] classes = random.ints(rows, 0, columns).toArray();

            double expected = loss.reference(rows, columns, doubles(x), t, classes);
            float[] dx = after(new float[n]);
            double value = loss.apply(rows, columns, after(x), after(t), classes, dx);
            assertEquals(expected, value, TOLERANCE * Math.max(1, expected));
            assertEquals(value, loss.apply(rows, columns, after(x), after(t), classes, null), "without gradient");
            float[] gradient = within(dx);
            GradientChecker.check(in -> loss.reference(rows, columns, in.get("x"), t, classes),
                    Map.of("x", doubles(x)), Map.of("x", doubles(gradient))).assertWithin(TOLERANCE);

            float[] sum = after(x);
            loss.apply(rows, columns, after(x), after(t), classes, sum);
            double largest = Arrays.stream(doubles(gradient)).map(Math::abs).max().orElse(0);
            assertArrayEquals(ReferenceOps.sum(doubles(x), doubles(gradient), 1), doubles(within(sum)),
                    2e-7 * (3 + largest));
        }
    }

    @Test
    void crossEntropiesOfFarLogitsAreFinite() {
        float[] x = {-200, 200, -200, 200};
        float[] t = {0, 1, 1, 0};
        float[] dx = new float[4];
        assertEquals(400, LossOp.sigmoidCrossEntropy(4, x, t, 1, dx), 1e-9);
        assertArrayEquals(new float[] {0, 0, -1, 1}, dx, 1e-12f);

        float[] logits = {1000, 0, -1000};
        float[] d = new float[3];
        assertEquals(2000, LossOp.softmaxCrossEntropy(K, Poison.BUFFERS, 1, 3, logits, new int[] {2}, 0, 1, d), 1e-9);
        assertArrayEquals(new float[] {1, 0, -1}, d, 1e-12f);
    }

    /// A probability of 0 or 1 is taken for 1e-7 off, as in Keras, and there the gradient is zero.
    @Test
    void certainProbabilitiesAreFinite() {
        float[] dp = new float[2];
        double wrong = LossOp.binaryCrossEntropy(2, new float[] {0, 1}, new float[] {1, 0}, 1, dp);
        assertEquals(-2 * Math.log(1e-7), wrong, 1e-6);
        assertArrayEquals(new float[2], dp);

        float[] d = new float[2];
        double none = LossOp.categoricalCrossEntropy(1, 2, new float[] {0, 1}, new int[] {0}, 0, 1, d);
        assertEquals(-Math.log(1e-7), none, 1e-6);
        assertArrayEquals(new float[2], d);
    }

    @ParameterizedTest
    @EnumSource
    void aNumberThatIsNoneIsSeenInTheLoss(Loss loss) {
        float[] x = {0.5f, Float.NaN, 0.25f};
        double value = loss.apply(1, 3, x, new float[] {0, 1, 0}, new int[] {0}, null);
        assertTrue(Double.isNaN(value), loss + " gave " + value);
    }
}
