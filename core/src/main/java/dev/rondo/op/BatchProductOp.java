package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/// A matrix product for each sample of a batch.
public final class BatchProductOp {
    private BatchProductOp() {}

    /// Where the matrix of each sample lies.
    ///
    /// @param next the distance of two samples, the first of which begins at 0
    /// @param down the distance of two rows
    /// @param right the distance of two columns
    public record Layout(int next, int down, int right) {
        Matrix of(float[] data, int sample) {
            return new Matrix(data, sample * next, down, right);
        }
    }

    /// The sizes.
    ///
    /// @param batch samples
    /// @param m rows of X and Z
    /// @param k columns of X and rows of Y
    /// @param n columns of Y and Z
    public record Shape(int batch, int m, int k, int n, Layout x, Layout y, Layout z) {}

    /// ```text
    /// Z_b = X_b * Y_b        X_b [m, k]   Y_b [k, n]   Z_b [m, n], zero before
    /// ```
    public static void forward(Kernels kernels, Buffers buffers, Shape s, float[] x, float[] y, float[] z) {
        for (int b = 0; b < s.batch; b++) {
            Matrix.multiply(kernels, buffers, s.m, s.k, s.n, s.x.of(x, b), s.y.of(y, b), s.z.of(z, b));
        }
    }

    /// ```text
    /// dX_b += dZ_b * Y_b^T      dY_b += X_b^T * dZ_b
    /// ```
    public static void backward(Kernels kernels, Buffers buffers, Shape s, float[] x, float[] y, float[] dz,
            float @Nullable [] dx, float @Nullable [] dy) {
        for (int b = 0; b < s.batch; b++) {
            if (dx != null) {
                Matrix.multiply(kernels, buffers, s.m, s.n, s.k, s.z.of(dz, b), s.y.of(y, b).transposed(),
                        s.x.of(dx, b));
            }
            if (dy != null) {
                Matrix.multiply(kernels, buffers, s.k, s.m, s.n, s.x.of(x, b).transposed(), s.z.of(dz, b),
                        s.y.of(dy, b));
            }
        }
    }
}
