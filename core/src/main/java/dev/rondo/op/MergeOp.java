package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;

/// Merging two matrices of the same rows: side by side, or element by element.
public final class MergeOp {
    private MergeOp() {}

    /// ```text
    /// Y = [A B]        A [N, Fa]   B [N, Fb]   Y [N, Fa + Fb]
    /// ```
    public static void concat(int rows, int aWidth, float[] a, int bWidth, float[] b, float[] y) {
        int width = aWidth + bWidth;
        for (int n = 0; n < rows; n++) {
            System.arraycopy(a, n * aWidth, y, n * width, aWidth);
            System.arraycopy(b, n * bWidth, y, n * width + aWidth, bWidth);
        }
    }

    /// Adds columns `from` to `from + width` of dY `[N, yWidth]` to dX `[N, width]`: the share of one part in `dY = [dA dB]`.
    public static void concatBackward(Kernels k, int rows, int yWidth, float[] dy, int from, int width, float[] dx) {
        for (int n = 0; n < rows; n++) {
            k.add(width, dy, n * yWidth + from, dx, n * width);
        }
    }

    /// ```text
    /// Y = X[:, from : from + count]        X [N, width]   Y [N, count]
    /// ```
    public static void columns(int rows, int width, float[] x, int from, int count, float[] y) {
        for (int n = 0; n < rows; n++) {
            System.arraycopy(x, n * width + from, y, n * count, count);
        }
    }

    /// ```text
    /// y = alpha * (a + b)
    /// ```
    /// The backward is `da += alpha * dy`, `db += alpha * dy`: [Kernels#axpy].
    public static void sum(Kernels k, int n, float alpha, float[] a, float[] b, float[] y) {
        System.arraycopy(a, 0, y, 0, n);
        k.add(n, b, 0, y, 0);
        k.scale(n, alpha, y, 0);
    }

    /// ```text
    /// y = a * b
    /// ```
    /// The backward is `da += dy * b`, `db += dy * a`: [Kernels#multiplyAdd].
    public static void product(Kernels k, int n, float[] a, float[] b, float[] y) {
        System.arraycopy(a, 0, y, 0, n);
        k.multiply(n, b, 0, y, 0);
    }
}
