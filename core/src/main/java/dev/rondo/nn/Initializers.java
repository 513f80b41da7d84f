package dev.rondo.nn;

import dev.rondo.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Initial weights.
public final class Initializers {
    private Initializers() {}

    /// Zeros.
    public static Tensor zeros(int... shape) {
        return Tensor.of(new float[product(shape)], shape);
    }

    /// Uniform in [-limit, limit).
    public static Tensor uniform(RandomGenerator random, float limit, int... shape) {
        float[] values = new float[product(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (2 * random.nextFloat() - 1) * limit;
        }
        return Tensor.of(values, shape);
    }

    /// Glorot and Bengio 2010: uniform with limit `sqrt(6 / (in + out))`.
    public static Tensor glorotUniform(RandomGenerator random, int in, int out) {
        return uniform(random, (float) Math.sqrt(6.0 / ((double) in + out)), in, out);
    }

    /// A random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014): Gram-Schmidt on normal vectors.
    public static Tensor orthogonal(RandomGenerator random, int rows, int columns) {
        int count = Math.min(rows, columns);
        int length = Math.max(rows, columns);
        double[][] basis = new double[count][];
        for (int i = 0; i < count; i++) {
            basis[i] = orthonormalTo(basis, i, length, random);
        }
        float[] values = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                values[i * columns + j] = (float) (rows <= columns ? basis[i][j] : basis[j][i]);
            }
        }
        return Tensor.of(values, rows, columns);
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

    private static int product(int... shape) {
        int size = 1;
        for (int dim : shape) {
            size = Math.multiplyExact(size, dim);
        }
        return size;
    }
}
