package dev.rondo.op;

import org.jspecify.annotations.Nullable;

/// Rectifiers with constants of their own; [ActivationOp] has those with the usual ones.
public final class RectifierOp {
    private RectifierOp() {}

    /// ```text
    /// y = max              x >= max
    ///     x                threshold <= x < max
    ///     slope (x - threshold)    below
    /// ```
    ///
    /// @param max infinite for none
    public static void relu(int n, float slope, float threshold, float max, float[] x, float[] y) {
        for (int i = 0; i < n; i++) {
            float v = x[i];
            y[i] = v < threshold ? slope * (v - threshold) : Math.min(v, max);
        }
    }

    /// ```text
    /// dx += dy * (0, 1 or slope)
    /// ```
    public static void reluBackward(int n, float slope, float threshold, float max, float[] x, float[] dy, float[] dx) {
        for (int i = 0; i < n; i++) {
            float v = x[i];
            dx[i] += v < threshold ? slope * dy[i] : v < max ? dy[i] : 0;
        }
    }

    /// ```text
    /// y = x above zero, else alpha (e^x - 1)
    /// ```
    public static void elu(int n, float alpha, float[] x, float[] y) {
        for (int i = 0; i < n; i++) {
            y[i] = x[i] > 0 ? x[i] : (float) (alpha * Math.expm1(x[i]));
        }
    }

    /// ```text
    /// dx += dy above zero, else dy * alpha * e^x
    /// ```
    public static void eluBackward(int n, float alpha, float[] x, float[] dy, float[] dx) {
        for (int i = 0; i < n; i++) {
            dx[i] += x[i] > 0 ? dy[i] : (float) (dy[i] * alpha * Math.exp(x[i]));
        }
    }

    /// A rectifier whose slopes are learned (He et al. 2015).
    ///
    /// ```text
    /// y = x above zero, else alpha x
    /// ```
    ///
    /// @param slopes for each row of X where its slopes begin
    /// @param each 1 for a slope for each column, 0 for one for all
    public static void prelu(int width, int[] slopes, int each, float[] alpha, float[] x, float[] y) {
        for (int row = 0; row < slopes.length; row++) {
            for (int j = 0; j < width; j++) {
                float v = x[row * width + j];
                y[row * width + j] = v > 0 ? v : alpha[slopes[row] + j * each] * v;
            }
        }
    }

    /// ```text
    /// dx += dy above zero, else dy alpha        dalpha += dy x below zero
    /// ```
    public static void preluBackward(int width, int[] slopes, int each, float[] alpha, float[] x, float[] dy,
            float @Nullable [] dx, float @Nullable [] dalpha) {
        for (int row = 0; row < slopes.length; row++) {
            for (int j = 0; j < width; j++) {
                int i = row * width + j;
                int slope = slopes[row] + j * each;
                if (dx != null) {
                    dx[i] += x[i] > 0 ? dy[i] : alpha[slope] * dy[i];
                }
                if (dalpha != null && x[i] < 0) {
                    dalpha[slope] += dy[i] * x[i];
                }
            }
        }
    }
}
