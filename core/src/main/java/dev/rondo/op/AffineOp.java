package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A linear map with bias of every row.
public final class AffineOp {
    private AffineOp() {}

    /// ```text
    /// Y = X * W + b        X [N, F]   W [F, U]   b [U] or null   Y [N, U]
    /// ```
    public static void forward(Kernels k, int rows, float[] x, Weight w, float @Nullable [] b, float[] y) {
        forward(k, rows, x, 0, w, b, y);
    }

    /// The same for the rows of X that start at element `xo`.
    static void forward(Kernels k, int rows, float[] x, int xo, Weight w, float @Nullable [] b, float[] y) {
        int features = w.rows();
        int units = w.columns();
        float[] row = b != null ? b : new float[units];
        k.affine(rows, features, x, xo, features, 1, w.packed(k), row, 0, y, 0, units);
    }

    /// ```text
    /// dX += dY * W^T      dW += X^T * dY      db += sum over rows of dY
    /// ```
    public static void backward(Kernels k, Buffers buffers, int rows, float[] x, Weight w, float[] dy,
            float @Nullable [] dx, @Nullable Sum dw, float @Nullable [] db) {
        int units = w.columns();
        if (dx != null) {
            Products.add(k, rows, dy, w.packedTransposed(k), dx);
        }
        if (dw != null) {
            Products.addTransposed(k, buffers, rows, dy, 0, units,
                    Products.Term.of(x, w.rows(), units, dw));
        }
        if (db != null) {
            k.addColumnSums(rows, units, dy, 0, units, db, 0);
        }
    }
}
