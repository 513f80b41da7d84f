package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/// Losses: each returns `scale * sum` over all elements or rows and adds its gradient to `dx` in the same pass (null: not wanted).
///
/// `scale` is one over the number of elements of the *whole* batch, so that the losses of slices add up to that of the batch.
public final class LossOp {
    /// Probabilities are kept this far from 0 and 1, as in Keras.
    private static final double EPSILON = 1e-7;

    private LossOp() {}

    /// Cross-entropy of a sigmoid from its logits.
    ///
    /// ```text
    /// L = max(x, 0) - x t + log(1 + e^-|x|)        dL/dx = sigmoid(x) - t
    /// ```
    public static double sigmoidCrossEntropy(int n, float[] x, float[] t, double scale, float @Nullable [] dx) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double e = Math.exp(-Math.abs(x[i]));
            sum += Math.max(x[i], 0) - (double) x[i] * t[i] + Math.log1p(e);
            if (dx != null) {
                double p = x[i] >= 0 ? 1 / (1 + e) : e / (1 + e);
                dx[i] += (float) (scale * (p - t[i]));
            }
        }
        return scale * sum;
    }

    /// Cross-entropy of probabilities of a yes/no outcome.
    ///
    /// ```text
    /// L = -t log p - (1 - t) log(1 - p)        dL/dp = (p - t) / (p (1 - p))
    /// ```
    public static double binaryCrossEntropy(int n, float[] p, float[] t, double scale, float @Nullable [] dp) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double q = Math.clamp(p[i], EPSILON, 1 - EPSILON);
            sum -= t[i] * Math.log(q) + (1 - t[i]) * Math.log(1 - q);
            if (dp != null && q == p[i]) {
                dp[i] += (float) (scale * (q - t[i]) / (q * (1 - q)));
            }
        }
        return scale * sum;
    }

    /// Cross-entropy of a softmax from its logits, row by row.
    ///
    /// ```text
    /// L = log(sum over j of e^x_j) - x_target        dL/dx_j = softmax(x)_j - [j = target]
    /// ```
    ///
    /// @param targets the class of each row, in [0, classes)
    public static double softmaxCrossEntropy(Kernels k, Buffers buffers, int rows, int classes, float[] x,
            int[] targets,
            double scale, float @Nullable [] dx) {
        double total = 0;
        float[] e = buffers.take(classes);
        for (int row = 0; row < rows; row++) {
            int at = row * classes;
            float max = k.max(classes, x, at);
            for (int j = 0; j < classes; j++) {
                e[j] = x[at + j] - max;
            }
            k.exp(classes, e, 0, e, 0);
            double sum = 0;
            for (int j = 0; j < classes; j++) {
                sum += e[j];
            }
            total += Math.log(sum) - (x[at + targets[row]] - max);
            if (dx != null) {
                k.axpy(classes, (float) (scale / sum), e, 0, dx, at);
                dx[at + targets[row]] -= (float) scale;
            }
        }
        return scale * total;
    }

    /// Cross-entropy of probabilities of classes, row by row.
    ///
    /// ```text
    /// L = -log(p_target / sum over j of p_j)        dL/dp_j = 1 / sum - [j = target] / p_target
    /// ```
    public static double categoricalCrossEntropy(int rows, int classes, float[] p, int[] targets, double scale,
            float @Nullable [] dp) {
        double total = 0;
        for (int row = 0; row < rows; row++) {
            int at = row * classes;
            double sum = 0;
            for (int j = 0; j < classes; j++) {
                sum += p[at + j];
            }
            double raw = p[at + targets[row]] / sum;
            double q = Math.clamp(raw, EPSILON, 1 - EPSILON);
            total -= Math.log(q);
            if (dp != null && q == raw) {
                for (int j = 0; j < classes; j++) {
                    dp[at + j] += (float) (scale / sum);
                }
                dp[at + targets[row]] -= (float) (scale / p[at + targets[row]]);
            }
        }
        return scale * total;
    }

    /// Squared error.
    ///
    /// ```text
    /// L = (x - t)^2        dL/dx = 2 (x - t)
    /// ```
    public static double squaredError(int n, float[] x, float[] t, double scale, float @Nullable [] dx) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = (double) x[i] - t[i];
            sum += d * d;
            if (dx != null) {
                dx[i] += (float) (2 * scale * d);
            }
        }
        return scale * sum;
    }

    /// Absolute error.
    ///
    /// ```text
    /// L = |x - t|        dL/dx = sign(x - t)
    /// ```
    public static double absoluteError(int n, float[] x, float[] t, double scale, float @Nullable [] dx) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = (double) x[i] - t[i];
            sum += Math.abs(d);
            if (dx != null) {
                dx[i] += (float) (scale * Math.signum(d));
            }
        }
        return scale * sum;
    }
}
