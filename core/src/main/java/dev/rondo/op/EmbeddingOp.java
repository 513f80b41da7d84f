package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;

/// Looking token ids up in a table of vectors.
public final class EmbeddingOp {
    private EmbeddingOp() {}

    /// ```text
    /// Y_n = E[id_n]        E [V, F]   Y [N, F]
    /// ```
    ///
    /// @throws IllegalArgumentException if an id is not in [0, V)
    public static void forward(int rows, int[] ids, Weight table, float[] y) {
        rows(rows, ids, 0, table.rows(), table.columns(), table.values(), y);
    }

    /// Looks the ids from position `from` on up in a table `[size, width]`.
    static void rows(int rows, int[] ids, int from, int size, int width, float[] values, float[] y) {
        for (int n = 0; n < rows; n++) {
            int id = ids[from + n];
            if (id < 0 || id >= size) {
                throw new IllegalArgumentException("token id " + id + " is not in the embedding, which has " + size
                        + " rows (ids 0 to " + (size - 1) + "); was the text encoded with another vocabulary?");
            }
            System.arraycopy(values, id * width, y, n * width, width);
        }
    }

    /// ```text
    /// dE[id_n] += dY_n
    /// ```
    public static void backward(Kernels k, int rows, int[] ids, float[] dy, RowGradient dTable) {
        int width = dTable.width();
        for (int n = 0; n < rows; n++) {
            int at = dTable.touch(ids[n]);
            k.add(width, dy, n * width, dTable.values(), at);
        }
    }
}
