package dev.rondo.op;

import org.jspecify.annotations.Nullable;

/// The larger or smaller of two numbers, element by element.
public final class ExtremumOp {
    private ExtremumOp() {}

    /// `y = max(sign * a, sign * b) * sign`; NaN if either is.
    ///
    /// @param sign 1 for the larger, -1 for the smaller
    public static void forward(int n, int sign, float[] a, float[] b, float[] y) {
        for (int i = 0; i < n; i++) {
            y[i] = sign > 0 ? Math.max(a[i], b[i]) : Math.min(a[i], b[i]);
        }
    }

    /// The gradient goes to the one that was taken, half to each where both are equal.
    public static void backward(int n, int sign, float[] a, float[] b, float[] dy, float @Nullable [] da,
            float @Nullable [] db) {
        for (int i = 0; i < n; i++) {
            float toA = a[i] == b[i] ? 0.5f : sign * a[i] > sign * b[i] ? 1 : 0;
            if (da != null) {
                da[i] += dy[i] * toA;
            }
            if (db != null) {
                db[i] += dy[i] * (1 - toA);
            }
        }
    }
}
