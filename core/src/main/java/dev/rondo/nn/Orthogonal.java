package dev.rondo.nn;

import dev.rondo.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Random matrices with orthonormal rows or columns.
final class Orthogonal {
    private Orthogonal() {}

    static Tensor matrix(RandomGenerator random, int rows, int columns) {
        int count = Math.min(rows, columns);
        int length = Math.max(rows, columns);
        Tensor matrix = Tensor.zeros(rows, columns);
        double[][] basis = new double[count][];
        for (int i = 0; i < count; i++) {
            basis[i] = orthonormalTo(basis, i, length, random);
        }
        float[] values = matrix.data();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                values[i * columns + j] = (float) (rows <= columns ? basis[i][j] : basis[j][i]);
            }
        }
        return matrix;
    }

    /// A random unit vector orthogonal to the first n of a basis; projected twice, since once leaves rounding errors.
    private static double[] orthonormalTo(double[][] basis, int n, int length, RandomGenerator random) {
        while (true) {
            double[] v = normal(random, length);
            for (int pass = 0; pass < 2; pass++) {
                for (int i = 0; i < n; i++) {
                    double dot = 0;
                    for (int j = 0; j < length; j++) {
                        dot += v[j] * basis[i][j];
                    }
                    for (int j = 0; j < length; j++) {
                        v[j] -= dot * basis[i][j];
                    }
                }
            }
            double norm = 0;
            for (double x : v) {
                norm += x * x;
            }
            if (norm > 1e-12 * length) {
                double scale = 1 / Math.sqrt(norm);
                for (int j = 0; j < length; j++) {
                    v[j] *= scale;
                }
                return v;
            }
        }
    }

    private static double[] normal(RandomGenerator random, int length) {
        double[] v = new double[length];
        for (int i = 0; i < length; i++) {
            v[i] = random.nextGaussian();
        }
        return v;
    }
}
