package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A weight matrix `[rows, columns]` with its rearranged copies for matrix products, made when first needed after a change.
///
/// The elements may be written directly; call [#changed] afterwards. Packing is synchronized, so that slices of a batch and
/// sessions may share a weight while nobody writes it.
public final class Weight {
    private final float[] values;
    private final int rows;
    private final int columns;
    private final Map<Part, Copy> copies = new HashMap<>();
    private long version;

    /// A block of the matrix: columns `from` to `to`, as it is or transposed.
    private record Part(int from, int to, boolean transposed) {}

    /// A packed block and the version of the values that it was made from.
    private record Copy(PackedMatrix matrix, long version) {}

    /// @param values the elements, row by row; kept, not copied
    /// @throws IllegalArgumentException if there are not `rows * columns` values
    public Weight(float[] values, int rows, int columns) {
        if (values.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "a weight of " + rows + " x " + columns + " needs " + (long) rows * columns
                            + " values, not " + values.length);
        }
        this.values = values;
        this.rows = rows;
        this.columns = columns;
    }

    /// The elements, row by row: the live array.
    public float[] values() {
        return values;
    }

    /// The number of rows (inputs).
    public int rows() {
        return rows;
    }

    /// The number of columns (outputs).
    public int columns() {
        return columns;
    }

    /// Says that the values were written: packed copies are made anew when they are next needed.
    public synchronized void changed() {
        version++;
    }

    /// The matrix, packed as the right-hand side of a product.
    PackedMatrix packed(Kernels k) {
        return packed(k, new Part(0, columns, false));
    }

    /// Its transpose, packed.
    PackedMatrix packedTransposed(Kernels k) {
        return packed(k, new Part(0, columns, true));
    }

    /// Columns `from` to `to`, packed.
    PackedMatrix packedColumns(Kernels k, int from, int to) {
        return packed(k, new Part(from, to, false));
    }

    private synchronized PackedMatrix packed(Kernels k, Part part) {
        @Nullable
        Copy copy = copies.get(part);
        if (copy != null && copy.version == version) {
            return copy.matrix;
        }
        int width = part.to - part.from;
        int inner = part.transposed ? width : rows;
        int outer = part.transposed ? rows : width;
        float[] data = copy != null ? copy.matrix.data() : new float[k.packedLength(inner, outer)];
        k.pack(inner, outer, values, part.from, part.transposed ? 1 : columns, part.transposed ? columns : 1, data);
        PackedMatrix matrix = new PackedMatrix(inner, outer, data);
        copies.put(part, new Copy(matrix, version));
        return matrix;
    }
}
