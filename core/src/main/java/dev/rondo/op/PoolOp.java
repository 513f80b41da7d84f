package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import java.util.Arrays;

/// The largest or mean value of each feature over windows of steps. Padding takes no part: it is neither a maximum nor counted.
public final class PoolOp {
    private PoolOp() {}

    /// ```text
    /// y_ij = max over the rows r of window i of X_rj        X [N, F]   Y [windows, F]; NaN if any is
    /// ```
    ///
    /// @param windows the number of windows
    /// @param rows for each window `rows.length / windows` rows of X, -1 for padding
    /// @param arg `[windows, F]`, becomes the row of each maximum (the first of equals)
    public static void max(int windows, int[] rows, int width, float[] x, float[] y, int[] arg) {
        int size = windows == 0 ? 0 : rows.length / windows;
        for (int i = 0; i < windows; i++) {
            int to = i * width;
            boolean first = true;
            for (int w = 0; w < size; w++) {
                int row = rows[i * size + w];
                if (row >= 0) {
                    for (int j = 0; j < width; j++) {
                        float value = x[row * width + j];
                        if (first || value > y[to + j] || Float.isNaN(value)) {
                            y[to + j] = value;
                            arg[to + j] = row;
                        }
                    }
                    first = false;
                }
            }
        }
    }

    /// ```text
    /// dX_(arg_ij, j) += dy_ij
    /// ```
    public static void maxBackward(int windows, int width, int[] arg, float[] dy, float[] dx) {
        for (int i = 0; i < windows * width; i++) {
            dx[arg[i] * width + i % width] += dy[i];
        }
    }

    /// ```text
    /// y_i = sum over the rows r of window i of X_r / n_i        n_i rows that are no padding
    /// ```
    public static void mean(Kernels k, int windows, int[] rows, int width, float[] x, float[] y) {
        int size = windows == 0 ? 0 : rows.length / windows;
        Arrays.fill(y, 0, windows * width, 0f);
        for (int i = 0; i < windows; i++) {
            for (int w = 0; w < size; w++) {
                int row = rows[i * size + w];
                if (row >= 0) {
                    k.add(width, x, row * width, y, i * width);
                }
            }
            k.scale(width, 1f / count(rows, i, size), y, i * width);
        }
    }

    /// ```text
    /// dX_r += dy_i / n_i for each row r of window i
    /// ```
    public static void meanBackward(Kernels k, int windows, int[] rows, int width, float[] dy, float[] dx) {
        int size = windows == 0 ? 0 : rows.length / windows;
        for (int i = 0; i < windows; i++) {
            float share = 1f / count(rows, i, size);
            for (int w = 0; w < size; w++) {
                int row = rows[i * size + w];
                if (row >= 0) {
                    k.axpy(width, share, dy, i * width, dx, row * width);
                }
            }
        }
    }

    private static int count(int[] rows, int window, int size) {
        int count = 0;
        for (int w = 0; w < size; w++) {
            count += rows[window * size + w] >= 0 ? 1 : 0;
        }
        return count;
    }
}
