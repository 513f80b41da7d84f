package dev.rondo.testkit;

import dev.rondo.tensor.Steps;
import org.jspecify.annotations.Nullable;

/// Ops in double precision, from their equations, one row or one sequence at a time.
///
/// A matrix is an array of rows, a sequence `[T, F]` an array of steps. Arguments are not written to.
public final class ReferenceOps {
    private ReferenceOps() {}

    /// The inner product of x with one column of a matrix.
    static double column(double[] x, double[][] matrix, int column) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * matrix[i][column];
        }
        return sum;
    }

    /// A matrix from its elements row by row.
    ///
    /// @param elements at least `rows * columns`
    public static double[][] matrix(double[] elements, int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(elements, i * columns, matrix[i], 0, columns);
        }
        return matrix;
    }

    /// The sequences of a ragged batch from its packed rows.
    ///
    /// @param rows elements of `[N, width]`, packed as [Steps] says
    /// @return for each sequence `[length, width]`
    public static double[][][] sequences(Steps steps, double[] rows, int width) {
        double[][][] sequences = new double[steps.batch()][][];
        for (int b = 0; b < sequences.length; b++) {
            sequences[b] = new double[steps.length(b)][width];
        }
        int at = 0;
        for (int t = 0; t < steps.steps(); t++) {
            for (int b = 0; b < sequences.length && steps.length(b) > t; b++) {
                System.arraycopy(rows, at, sequences[b][t], 0, width);
                at += width;
            }
        }
        return sequences;
    }

    /// The packed rows of a ragged batch from its sequences: the inverse of [#sequences].
    public static double[] packed(Steps steps, double[][][] sequences, int width) {
        double[] rows = new double[steps.total() * width];
        int at = 0;
        for (int t = 0; t < steps.steps(); t++) {
            for (int b = 0; b < sequences.length && sequences[b].length > t; b++) {
                System.arraycopy(sequences[b][t], 0, rows, at, width);
                at += width;
            }
        }
        return rows;
    }

    /// `y = x * W + b` of one row.
    ///
    /// @param w `[F, U]`
    /// @param b `[U]`, null for zero
    public static double[] affine(double[] x, double[][] w, double @Nullable [] b) {
        double[] y = new double[w[0].length];
        for (int j = 0; j < y.length; j++) {
            y[j] = column(x, w, j) + (b == null ? 0 : b[j]);
        }
        return y;
    }

    /// `y = E[id]`.
    public static double[] embedding(int id, double[][] table) {
        return table[id].clone();
    }

    /// `y_j = e^x_j / sum of e^x_k` of one row.
    public static double[] softmax(double[] x) {
        double[] y = logSoftmax(x);
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.exp(y[j]);
        }
        return y;
    }

    /// Keras's sparsemax of one row: `y_j = max(x_j - tau, 0)`, where tau is the sum of the first k partial sums of the sorted row,
    /// less 1, over k; k counts the elements above `(partial sum - 1) / rank`.
    public static double[] sparsemax(double[] x) {
        double[] sorted = x.clone();
        java.util.Arrays.sort(sorted);
        double partial = 0;
        double sums = 0;
        int k = 0;
        for (int rank = 1; rank <= x.length; rank++) {
            double value = sorted[x.length - rank];
            partial += value;
            if (value - (partial - 1) / rank > 0) {
                sums += partial;
                k++;
            }
        }
        double[] y = new double[x.length];
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.max(x[j] - (sums - 1) / k, 0);
        }
        return y;
    }

    /// `y_j = x_j / (1 + e^-x_(n/2 + j))` of one row of n elements, an even number.
    public static double[] glu(double[] x) {
        double[] y = new double[x.length / 2];
        for (int j = 0; j < y.length; j++) {
            y[j] = x[j] / (1 + Math.exp(-x[y.length + j]));
        }
        return y;
    }

    /// `y_j = x_j - log(sum of e^x_k)` of one row.
    public static double[] logSoftmax(double[] x) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : x) {
            max = Math.max(max, value);
        }
        double sum = 0;
        for (double value : x) {
            sum += Math.exp(value - max);
        }
        double[] y = new double[x.length];
        for (int j = 0; j < y.length; j++) {
            y[j] = x[j] - max - Math.log(sum);
        }
        return y;
    }

    /// The steps of one sequence in the opposite order.
    public static double[][] reverse(double[][] sequence) {
        double[][] y = new double[sequence.length][];
        for (int t = 0; t < y.length; t++) {
            y[t] = sequence[sequence.length - 1 - t].clone();
        }
        return y;
    }

    /// The last step of one sequence, zero for an empty one.
    public static double[] last(double[][] sequence, int width) {
        return sequence.length == 0 ? new double[width] : sequence[sequence.length - 1].clone();
    }

    /// The largest value of each feature over one sequence, zero for an empty one.
    public static double[] max(double[][] sequence, int width) {
        double[] y = last(sequence, width);
        for (double[] step : sequence) {
            for (int j = 0; j < width; j++) {
                y[j] = Math.max(y[j], step[j]);
            }
        }
        return y;
    }

    /// The mean of each feature over one sequence, zero for an empty one.
    public static double[] mean(double[][] sequence, int width) {
        double[] y = new double[width];
        for (double[] step : sequence) {
            for (int j = 0; j < width; j++) {
                y[j] += step[j] / sequence.length;
            }
        }
        return y;
    }

    /// `[a b]` of one row.
    public static double[] concat(double[] a, double[] b) {
        double[] y = new double[a.length + b.length];
        System.arraycopy(a, 0, y, 0, a.length);
        System.arraycopy(b, 0, y, a.length, b.length);
        return y;
    }

    /// `alpha (a + b)`, element by element.
    public static double[] sum(double[] a, double[] b, double alpha) {
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = alpha * (a[i] + b[i]);
        }
        return y;
    }

    /// `a b`, element by element; with a mask for b, dropout.
    public static double[] product(double[] a, double[] b) {
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = a[i] * b[i];
        }
        return y;
    }
}
