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
    /// L = log(sum over j of e^x_j) - sum over j of t_j x_j        dL/dx_j = softmax(x)_j - t_j
    /// t_j = (1 - smoothing) [j = target] + smoothing / classes
    /// ```
    ///
    /// @param targets the class of each row, in [0, classes)
    /// @param smoothing how much of each target goes to all classes, in [0, 1] (Szegedy et al. 2016)
    public static double softmaxCrossEntropy(Kernels k, Buffers buffers, int rows, int classes, float[] x,
            int[] targets, double smoothing, double scale, float @Nullable [] dx) {
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
            total += Math.log(sum) - (1 - smoothing) * (x[at + targets[row]] - max);
            for (int j = 0; j < classes && smoothing > 0; j++) {
                total -= smoothing / classes * (x[at + j] - max);
            }
            if (dx != null) {
                k.axpy(classes, (float) (scale / sum), e, 0, dx, at);
                dx[at + targets[row]] -= (float) (scale * (1 - smoothing));
                for (int j = 0; j < classes && smoothing > 0; j++) {
                    dx[at + j] -= (float) (scale * smoothing / classes);
                }
            }
        }
        return scale * total;
    }

    /// Cross-entropy of probabilities of classes, row by row.
    ///
    /// ```text
    /// L = -sum over j of t_j log(p_j / sum over k of p_k)        dL/dp_j = 1 / sum - t_j / p_j
    /// t_j = (1 - smoothing) [j = target] + smoothing / classes
    /// ```
    ///
    /// @param smoothing how much of each target goes to all classes, in [0, 1]
    public static double categoricalCrossEntropy(int rows, int classes, float[] p, int[] targets, double smoothing,
            double scale, float @Nullable [] dp) {
        double total = 0;
        for (int row = 0; row < rows; row++) {
            int at = row * classes;
            double sum = 0;
            for (int j = 0; j < classes; j++) {
                sum += p[at + j];
            }
            // The share of the targets whose probabilities are not clipped.
            double free = 0;
            for (int j = 0; j < classes; j++) {
                double t = (j == targets[row] ? 1 - smoothing : 0) + smoothing / classes;
                if (t > 0) {
                    double raw = p[at + j] / sum;
                    double q = Math.clamp(raw, EPSILON, 1 - EPSILON);
                    total -= t * Math.log(q);
                    if (dp != null && q == raw) {
                        free += t;
                        dp[at + j] -= (float) (scale * t / p[at + j]);
                    }
                }
            }
            for (int j = 0; j < classes && dp != null && free > 0; j++) {
                dp[at + j] += (float) (scale * free / sum);
            }
        }
        return scale * total;
    }

    /// Cross-entropy of a softmax from its logits against soft targets, row by row.
    ///
    /// ```text
    /// L = sum over j of t_j (log(sum over k of e^x_k) - x_j)        dL/dx_j = softmax(x)_j * sum over k of t_k - t_j
    /// ```
    ///
    /// @param t how much of each row is of which class, `[rows, classes]`
    public static double softmaxCrossEntropy(Kernels k, Buffers buffers, int rows, int classes, float[] x, float[] t,
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
            double all = 0;
            for (int j = 0; j < classes; j++) {
                sum += e[j];
                all += t[at + j];
                total -= t[at + j] * ((double) x[at + j] - max);
            }
            total += all * Math.log(sum);
            if (dx != null) {
                k.axpy(classes, (float) (scale * all / sum), e, 0, dx, at);
                k.axpy(classes, (float) -scale, t, at, dx, at);
            }
        }
        return scale * total;
    }

    /// Cross-entropy of probabilities of classes against soft targets, row by row.
    ///
    /// ```text
    /// L = -sum over j of t_j log(p_j / sum over k of p_k)        dL/dp_j = (sum over k of t_k) / (sum over k of p_k) - t_j / p_j
    /// ```
    ///
    /// @param t how much of each row is of which class, `[rows, classes]`
    public static double categoricalCrossEntropy(int rows, int classes, float[] p, float[] t, double scale,
            float @Nullable [] dp) {
        double total = 0;
        for (int row = 0; row < rows; row++) {
            int at = row * classes;
            double sum = 0;
            for (int j = 0; j < classes; j++) {
                sum += p[at + j];
            }
            // The share of the targets whose probabilities are not clipped.
            double free = 0;
            for (int j = 0; j < classes; j++) {
                double raw = p[at + j] / sum;
                double q = Math.clamp(raw, EPSILON, 1 - EPSILON);
                total -= t[at + j] * Math.log(q);
                if (dp != null && q == raw) {
                    free += t[at + j];
                    dp[at + j] -= (float) (scale * t[at + j] / p[at + j]);
                }
            }
            for (int j = 0; j < classes && dp != null && free > 0; j++) {
                dp[at + j] += (float) (scale * free / sum);
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

    /// Huber's loss (1964): squared near the target, absolute away from it.
    ///
    /// ```text
    /// L = (x - t)^2 / 2 for |x - t| <= delta, else delta (|x - t| - delta / 2)        dL/dx = min(max(x - t, -delta), delta)
    /// ```
    public static double huber(int n, float[] x, float[] t, double delta, double scale, float @Nullable [] dx) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = (double) x[i] - t[i];
            double a = Math.abs(d);
            sum += a <= delta ? d * d / 2 : delta * (a - delta / 2);
            if (dx != null) {
                dx[i] += (float) (scale * Math.clamp(d, -delta, delta));
            }
        }
        return scale * sum;
    }

    /// The logarithm of the hyperbolic cosine of the error.
    ///
    /// ```text
    /// L = log cosh(x - t) = |x - t| + log(1 + e^(-2 |x - t|)) - log 2        dL/dx = tanh(x - t)
    /// ```
    public static double logCosh(int n, float[] x, float[] t, double scale, float @Nullable [] dx) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = (double) x[i] - t[i];
            double a = Math.abs(d);
            sum += a + Math.log1p(Math.exp(-2 * a)) - Math.log(2);
            if (dx != null) {
                dx[i] += (float) (scale * Math.tanh(d));
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
