package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;

/// Dropout (Srivastava et al. 2014), scaled while training so that inference is the identity.
public final class DropoutOp {
    private DropoutOp() {}

    /// Draws the mask: each element is 0 with probability `rate` and `1 / (1 - rate)` otherwise. The i-th element depends on the
    /// seed and i alone, so the mask is the same whatever computes it.
    public static void mask(Kernels k, long seed, double rate, int n, float[] mask) {
        k.dropoutMask(seed, (int) Math.round(rate * (1 << 24)), (float) (1 / (1 - rate)), n, mask);
    }

    /// ```text
    /// y = x * mask
    /// ```
    public static void forward(Kernels k, int n, float[] x, float[] mask, float[] y) {
        System.arraycopy(x, 0, y, 0, n);
        k.multiply(n, mask, 0, y, 0);
    }

    /// ```text
    /// dx += dy * mask
    /// ```
    public static void backward(Kernels k, int n, float[] mask, float[] dy, float[] dx) {
        k.multiplyAdd(n, mask, 0, dy, 0, dx, 0);
    }
}
