package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;

/// Dropout (Srivastava et al. 2014), scaled while training so that inference is the identity.
public final class DropoutOp {
    private DropoutOp() {}

    /// Draws the mask: each element is 0 with probability `rate` and `1 / (1 - rate)` otherwise. The i-th element depends on the
    /// seed and i alone, so the mask is the same whatever computes it.
    public static void mask(long seed, double rate, int n, float[] mask) {
        int low = (int) seed;
        int high = (int) (seed >>> 32);
        int threshold = (int) Math.round(rate * (1 << 24));
        float keep = (float) (1 / (1 - rate));
        for (int i = 0; i < n; i++) {
            int h = i * 0x9E3779B9 + low;
            h = (h ^ h >>> 16 ^ high) * 0x85EBCA6B;
            h = (h ^ h >>> 13) * 0xC2B2AE35;
            h ^= h >>> 16;
            mask[i] = (h >>> 8) < threshold ? 0f : keep;
        }
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
