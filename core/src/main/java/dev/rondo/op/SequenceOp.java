package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.tensor.Steps;
import java.util.Arrays;

/// Rearranging and pooling the steps of ragged sequences: reverse, first and last state, global maximum and mean.
public final class SequenceOp {
    private SequenceOp() {}

    /// ```text
    /// Y[t, b] = X[length_b - 1 - t, b]        X, Y [N, F]
    /// ```
    public static void reverse(Steps steps, int width, float[] x, float[] y) {
        for (int t = 0; t < steps.steps(); t++) {
            for (int b = 0; b < steps.rows(t); b++) {
                int from = steps.row(steps.length(b) - 1 - t, b);
                System.arraycopy(x, from * width, y, steps.row(t, b) * width, width);
            }
        }
    }

    /// ```text
    /// dX[length_b - 1 - t, b] += dY[t, b]
    /// ```
    public static void reverseBackward(Kernels k, Steps steps, int width, float[] dy, float[] dx) {
        for (int t = 0; t < steps.steps(); t++) {
            for (int b = 0; b < steps.rows(t); b++) {
                int from = steps.row(steps.length(b) - 1 - t, b);
                k.add(width, dy, steps.row(t, b) * width, dx, from * width);
            }
        }
    }

    /// ```text
    /// Y_i = X_{from_i}        zero where from_i < 0
    /// ```
    public static void pick(int[] from, int width, float[] x, float[] y) {
        for (int i = 0; i < from.length; i++) {
            if (from[i] < 0) {
                Arrays.fill(y, i * width, (i + 1) * width, 0f);
            } else {
                System.arraycopy(x, from[i] * width, y, i * width, width);
            }
        }
    }

    /// ```text
    /// dX_{from_i} += dY_i
    /// ```
    public static void pickBackward(Kernels k, int[] from, int width, float[] dy, float[] dx) {
        for (int i = 0; i < from.length; i++) {
            if (from[i] >= 0) {
                k.add(width, dy, i * width, dx, from[i] * width);
            }
        }
    }

    /// ```text
    /// y_b = X[length_b - 1, b]        X [N, F]   y [B, F], zero for an empty sequence
    /// ```
    public static void last(Steps steps, int width, float[] x, float[] y) {
        for (int b = 0; b < steps.batch(); b++) {
            int length = steps.length(b);
            if (length == 0) {
                Arrays.fill(y, b * width, (b + 1) * width, 0f);
            } else {
                System.arraycopy(x, steps.row(length - 1, b) * width, y, b * width, width);
            }
        }
    }

    /// ```text
    /// dX[length_b - 1, b] += dy_b
    /// ```
    public static void lastBackward(Kernels k, Steps steps, int width, float[] dy, float[] dx) {
        for (int b = 0; b < steps.batch(); b++) {
            if (steps.length(b) > 0) {
                k.add(width, dy, b * width, dx, steps.row(steps.length(b) - 1, b) * width);
            }
        }
    }

    /// ```text
    /// y_bj = max over t of X[t, b]_j        X [N, F]   y [B, F], zero for an empty sequence, NaN if any is
    /// ```
    ///
    /// @param arg `[B, F]`, becomes the matrix row of each maximum (the first of equals)
    public static void max(Steps steps, int width, float[] x, float[] y, int[] arg) {
        Arrays.fill(y, 0, steps.batch() * width, 0f);
        for (int t = 0; t < steps.steps(); t++) {
            int offset = steps.offset(t);
            for (int b = 0; b < steps.rows(t); b++) {
                maxOfRow(width, x, offset + b, y, arg, b * width, t == 0);
            }
        }
    }

    private static void maxOfRow(int width, float[] x, int row, float[] y, int[] arg, int to, boolean first) {
        int from = row * width;
        for (int j = 0; j < width; j++) {
            float value = x[from + j];
            if (first || value > y[to + j] || Float.isNaN(value)) {
                y[to + j] = value;
                arg[to + j] = row;
            }
        }
    }

    /// ```text
    /// dX[arg_bj]_j += dy_bj
    /// ```
    public static void maxBackward(Steps steps, int width, int[] arg, float[] dy, float[] dx) {
        int started = steps.steps() == 0 ? 0 : steps.rows(0);
        for (int b = 0; b < started; b++) {
            for (int j = 0; j < width; j++) {
                dx[arg[b * width + j] * width + j] += dy[b * width + j];
            }
        }
    }

    /// ```text
    /// y_b = sum over t of X[t, b] / length_b        X [N, F]   y [B, F], zero for an empty sequence
    /// ```
    public static void mean(Kernels k, Steps steps, int width, float[] x, float[] y) {
        Arrays.fill(y, 0, steps.batch() * width, 0f);
        for (int t = 0; t < steps.steps(); t++) {
            k.add(steps.rows(t) * width, x, steps.offset(t) * width, y, 0);
        }
        for (int b = 0; b < steps.batch() && steps.length(b) > 0; b++) {
            k.scale(width, 1f / steps.length(b), y, b * width);
        }
    }

    /// ```text
    /// dX[t, b] += dy_b / length_b
    /// ```
    public static void meanBackward(Kernels k, Steps steps, int width, float[] dy, float[] dx) {
        for (int t = 0; t < steps.steps(); t++) {
            for (int b = 0; b < steps.rows(t); b++) {
                k.axpy(width, 1f / steps.length(b), dy, b * width, dx, steps.row(t, b) * width);
            }
        }
    }
}
