package dev.rondo.op;

import dev.rondo.tensor.Mask;
import org.jspecify.annotations.Nullable;

/// Normalization of rows (layer normalization, unit length) and of columns (batch normalization).
public final class NormalizationOp {
    private NormalizationOp() {}

    /// Layer normalization (Ba et al. 2016).
    ///
    /// ```text
    /// y = gamma * n + beta   n = (x - m) / s   m = mean of the row   s = sqrt(mean of (x - m)^2 + epsilon)
    /// ```
    ///
    /// @param gamma `[width]`, null for ones
    /// @param beta `[width]`, null for zeros
    /// @param n `[rows, width]`, becomes the normalized rows
    /// @param inverse `[rows]`, becomes `1 / s`
    public static void rows(int rows, int width, double epsilon, float @Nullable [] gamma, float @Nullable [] beta,
            float[] x, float[] n, float[] inverse, float[] y) {
        for (int row = 0; row < rows; row++) {
            int at = row * width;
            double sum = 0;
            for (int j = 0; j < width; j++) {
                sum += x[at + j];
            }
            double mean = sum / width;
            double squares = 0;
            for (int j = 0; j < width; j++) {
                double d = x[at + j] - mean;
                squares += d * d;
            }
            double scale = 1 / Math.sqrt(squares / width + epsilon);
            inverse[row] = (float) scale;
            for (int j = 0; j < width; j++) {
                n[at + j] = (float) ((x[at + j] - mean) * scale);
            }
        }
        scale(rows, width, gamma, beta, n, y);
    }

    /// ```text
    /// dn = gamma * dy   dx += (dn - mean(dn) - n * mean(dn * n)) / s
    /// ```
    /// The gradients of gamma and beta: [#scaleBackward].
    public static void rowsBackward(int rows, int width, float @Nullable [] gamma, float[] n, float[] inverse,
            float[] dy, float[] dx) {
        for (int row = 0; row < rows; row++) {
            int at = row * width;
            double sum = 0;
            double dot = 0;
            for (int j = 0; j < width; j++) {
                double dn = gamma == null ? dy[at + j] : (double) gamma[j] * dy[at + j];
                sum += dn;
                dot += dn * n[at + j];
            }
            for (int j = 0; j < width; j++) {
                double dn = gamma == null ? dy[at + j] : (double) gamma[j] * dy[at + j];
                dx[at + j] += (float) ((dn - sum / width - n[at + j] * dot / width) * inverse[row]);
            }
        }
    }

    /// The mean and variance of each column over the rows that count, as batch normalization takes them.
    ///
    /// ```text
    /// m_j = sum of x_ij / c    v_j = sum of (x_ij - m_j)^2 / c        over the rows that count, c of them
    /// ```
    ///
    /// @param mask which rows count, null if all do
    /// @param small added to c, so that no rows give zeros
    /// @return the number of rows that count
    public static int moments(int rows, int width, @Nullable Mask mask, double small, float[] x, double[] mean,
            double[] variance) {
        int count = 0;
        for (int i = 0; i < rows; i++) {
            if (mask == null || mask.counts(i)) {
                count++;
                for (int j = 0; j < width; j++) {
                    mean[j] += x[i * width + j];
                }
            }
        }
        double divisor = count + small;
        for (int j = 0; j < width; j++) {
            mean[j] /= divisor;
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width && (mask == null || mask.counts(i)); j++) {
                double d = x[i * width + j] - mean[j];
                variance[j] += d * d;
            }
        }
        for (int j = 0; j < width; j++) {
            variance[j] /= divisor;
        }
        return count;
    }

    /// Batch normalization (Ioffe and Szegedy 2015) with given moments.
    ///
    /// ```text
    /// y = gamma * n + beta   n = (x - m) / sqrt(v + epsilon)        column by column
    /// ```
    ///
    /// @param inverse `1 / sqrt(v + epsilon)` of each column
    /// @param n `[rows, width]`, becomes the normalized rows
    public static void columns(int rows, int width, double[] mean, double[] inverse, float @Nullable [] gamma,
            float @Nullable [] beta, float[] x, float[] n, float[] y) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                n[i * width + j] = (float) ((x[i * width + j] - mean[j]) * inverse[j]);
            }
        }
        scale(rows, width, gamma, beta, n, y);
    }

    /// The gradient where the moments are those of x itself, of the rows that count.
    ///
    /// ```text
    /// dn = gamma * dy   dx += (dn - [row counts] (sum(dn) + n * sum(dn * n)) / c) / sqrt(v + epsilon)
    /// ```
    public static void columnsBackward(int rows, int width, @Nullable Mask mask, double divisor,
            double[] inverse, float @Nullable [] gamma, float[] n, float[] dy, float[] dx) {
        double[] sum = new double[width];
        double[] dot = new double[width];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                sum[j] += dy[i * width + j];
                dot[j] += (double) dy[i * width + j] * n[i * width + j];
            }
        }
        for (int i = 0; i < rows; i++) {
            boolean counted = mask == null || mask.counts(i);
            for (int j = 0; j < width; j++) {
                int at = i * width + j;
                double d = counted ? dy[at] - (sum[j] + n[at] * dot[j]) / divisor : dy[at];
                dx[at] += (float) (d * inverse[j] * (gamma == null ? 1 : gamma[j]));
            }
        }
    }

    /// The gradient where the moments are constants.
    ///
    /// ```text
    /// dx += dy * gamma / sqrt(v + epsilon)
    /// ```
    public static void columnsBackward(int rows, int width, double[] inverse, float @Nullable [] gamma, float[] dy,
            float[] dx) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                dx[i * width + j] += (float) (dy[i * width + j] * inverse[j] * (gamma == null ? 1 : gamma[j]));
            }
        }
    }

    private static void scale(int rows, int width, float @Nullable [] gamma, float @Nullable [] beta, float[] n,
            float[] y) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                float v = n[i * width + j];
                y[i * width + j] = (gamma == null ? v : gamma[j] * v) + (beta == null ? 0 : beta[j]);
            }
        }
    }

    /// ```text
    /// dgamma += sum over rows of dy * n      dbeta += sum over rows of dy
    /// ```
    public static void scaleBackward(int rows, int width, float[] n, float[] dy, float @Nullable [] dgamma,
            float @Nullable [] dbeta) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                if (dgamma != null) {
                    dgamma[j] += dy[i * width + j] * n[i * width + j];
                }
                if (dbeta != null) {
                    dbeta[j] += dy[i * width + j];
                }
            }
        }
    }

    /// Rows of length 1.
    ///
    /// ```text
    /// y = x / s   s = max(sqrt(sum of x^2), 1e-12)
    /// ```
    ///
    /// @param inverse `[rows]`, becomes `1 / s`
    public static void unit(int rows, int width, float[] x, float[] inverse, float[] y) {
        for (int i = 0; i < rows; i++) {
            double squares = 0;
            for (int j = 0; j < width; j++) {
                squares += (double) x[i * width + j] * x[i * width + j];
            }
            double scale = 1 / Math.sqrt(Math.max(squares, 1e-24));
            inverse[i] = (float) scale;
            for (int j = 0; j < width; j++) {
                y[i * width + j] = (float) (x[i * width + j] * scale);
            }
        }
    }

    /// ```text
    /// dx += (dy - y * sum(dy * y)) / s
    /// ```
    public static void unitBackward(int rows, int width, float[] y, float[] inverse, float[] dy, float[] dx) {
        for (int i = 0; i < rows; i++) {
            double dot = 0;
            for (int j = 0; j < width; j++) {
                dot += (double) dy[i * width + j] * y[i * width + j];
            }
            for (int j = 0; j < width; j++) {
                int at = i * width + j;
                dx[at] += (float) ((dy[at] - y[at] * dot) * inverse[i]);
            }
        }
    }
}
