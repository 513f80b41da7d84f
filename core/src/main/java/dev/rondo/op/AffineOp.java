package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/// A linear map with bias of every row.
public final class AffineOp {
    private AffineOp() {}

    /// ```text
    /// Y = X * W + b        X [N, F]   W [F, U]   b [U] or null   Y [N, U]
    /// ```
    public static void forward(Kernels k, int rows, float[] x, Weight w, float @Nullable [] b, float[] y) {
        int units = w.columns();
        if (b == null) {
            java.util.Arrays.fill(y, 0, rows * units, 0f);
        } else {
            k.fillRows(rows, units, b, 0, y, 0, units);
        }
        Products.add(k, rows, x, w.packed(k), y);
    }

    /// ```text
    /// dX += dY * W^T      dW += X^T * dY      db += sum over rows of dY
    /// ```
    public static void backward(Kernels k, Buffers buffers, int rows, float[] x, Weight w, float[] dy,
            float @Nullable [] dx, float @Nullable [] dw, float @Nullable [] db) {
        int units = w.columns();
        if (dx != null) {
            Products.add(k, rows, dy, w.packedTransposed(k), dx);
        }
        if (dw != null) {
            Products.addTransposed(k, buffers, rows, dy, 0, units, units,
                    new Products.Term(x, w.rows(), w.rows(), dw, 0, units));
        }
        if (db != null) {
            k.addColumnSums(rows, units, dy, 0, units, db, 0);
        }
    }
}
