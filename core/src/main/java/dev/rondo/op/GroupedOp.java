package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The product of a convolution in groups: each group of outputs sees its own group of features.
public final class GroupedOp {
    private GroupedOp() {}

    /// The sizes.
    ///
    /// @param rows windows
    /// @param taps steps of a window
    /// @param features features of one group
    /// @param units outputs of all groups
    /// @param groups the number of groups
    public record Shape(int rows, int taps, int features, int units, int groups) {
        /// The columns of a window: all taps, all groups.
        public int inputs() {
            return taps * features * groups;
        }

        private int perGroup() {
            return units / groups;
        }

        private int column(int tap, int group) {
            return (tap * groups + group) * features;
        }

        private int weight(int tap, int group) {
            return tap * features * units + group * perGroup();
        }
    }

    /// ```text
    /// Y_g = sum over taps i of X_ig * W_ig + b_g        X [rows, taps * groups * features]   W [taps, features, units]
    /// ```
    public static void forward(Kernels k, Buffers buffers, Shape s, float[] x, float[] w, float @Nullable [] b,
            float[] y) {
        if (b == null) {
            Arrays.fill(y, 0, s.rows * s.units, 0f);
        } else {
            k.fillRows(s.rows, s.units, b, 0, y, 0, s.units);
        }
        int per = s.perGroup();
        float[] packed = buffers.take(k.packedLength(s.features, per));
        for (int tap = 0; tap < s.taps; tap++) {
            for (int g = 0; g < s.groups; g++) {
                k.pack(s.features, per, w, s.weight(tap, g), s.units, 1, packed);
                k.gemm(s.rows, 0, s.features, x, s.column(tap, g), s.inputs(), 1,
                        new PackedMatrix(s.features, per, packed), y, g * per, s.units);
            }
        }
    }

    /// ```text
    /// dX_ig += dY_g * W_ig^T      dW_ig += X_ig^T * dY_g      db += sum over rows of dY
    /// ```
    public static void backward(Kernels k, Buffers buffers, Shape s, float[] x, float[] w, float[] dy,
            float @Nullable [] dx, float @Nullable [] dw, float @Nullable [] db) {
        int per = s.perGroup();
        float[] packed = buffers.take(k.packedLength(per, s.features));
        float[] gradients = buffers.take(k.packedLength(s.rows, per));
        for (int g = 0; g < s.groups; g++) {
            if (dw != null) {
                k.pack(s.rows, per, dy, g * per, s.units, 1, gradients);
            }
            for (int tap = 0; tap < s.taps; tap++) {
                if (dx != null) {
                    k.pack(per, s.features, w, s.weight(tap, g), 1, s.units, packed);
                    k.gemm(s.rows, 0, per, dy, g * per, s.units, 1, new PackedMatrix(per, s.features, packed), dx,
                            s.column(tap, g), s.inputs());
                }
                if (dw != null) {
                    k.gemm(s.features, 0, s.rows, x, s.column(tap, g), 1, s.inputs(),
                            new PackedMatrix(s.rows, per, gradients), dw, s.weight(tap, g), s.units);
                }
            }
        }
        if (db != null) {
            k.addColumnSums(s.rows, s.units, dy, 0, s.units, db, 0);
        }
    }
}
