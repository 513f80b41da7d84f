package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A weight matrix `[rows, columns]` with its rearranged copies for matrix products, made when first needed after a change.
///
/// The elements may be written directly; call [#changed] afterwards. Packing is synchronized, so that slices of a batch and
/// sessions may share a weight while nobody writes it.
public final class Weight {
    private final float[] values;
    private final int rows;
    private final int columns;
    private final TableProducts products = new TableProducts(this);
    /// Replaced, never written, so that reading it takes no lock.
    private volatile Copy[] copies = {};
    private volatile long version;

    /// A packed block, columns `from` to `to` as they are or transposed, and the version of the values that it was made from.
    private record Copy(int from, int to, boolean transposed, PackedMatrix matrix, long version) {
        boolean is(int from, int to, boolean transposed) {
            return this.from == from && this.to == to && this.transposed == transposed;
        }
    }

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

    /// The products of tables of embeddings with this matrix.
    public TableProducts products() {
        return products;
    }

    /// The number of times that the values were said to be written.
    long version() {
        return version;
    }

    /// The matrix, packed as the right-hand side of a product.
    PackedMatrix packed(Kernels k) {
        return packed(k, 0, columns, false);
    }

    /// Its transpose, packed.
    PackedMatrix packedTransposed(Kernels k) {
        return packed(k, 0, columns, true);
    }

    /// Columns `from` to `to`, packed.
    PackedMatrix packedColumns(Kernels k, int from, int to) {
        return packed(k, from, to, false);
    }

    /// Tasks that make the copies anew which are up to date now, to be run when the weight has been changed and nobody writes it. They may
    /// run on any threads at once, though copies of one weight are made one after another; otherwise whoever needs a copy first makes it
    /// while others wait.
    public List<Runnable> packing(Kernels k) {
        List<Runnable> tasks = new ArrayList<>();
        for (Copy copy : copies) {
            if (copy.version == version) {
                tasks.add(() -> pack(k, copy.from, copy.to, copy.transposed));
            }
        }
        return tasks;
    }

    private PackedMatrix packed(Kernels k, int from, int to, boolean transposed) {
        for (Copy copy : copies) {
            if (copy.is(from, to, transposed) && copy.version == version) {
                return copy.matrix;
            }
        }
        return pack(k, from, to, transposed);
    }

    private synchronized PackedMatrix pack(Kernels k, int from, int to, boolean transposed) {
        int at = 0;
        while (at < copies.length && !copies[at].is(from, to, transposed)) {
            at++;
        }
        @Nullable
        Copy old = at < copies.length ? copies[at] : null;
        if (old != null && old.version == version) {
            return old.matrix;
        }
        int width = to - from;
        int inner = transposed ? width : rows;
        int outer = transposed ? rows : width;
        float[] data = old != null ? old.matrix.data() : new float[k.packedLength(inner, outer)];
        k.pack(inner, outer, values, from, transposed ? 1 : columns, transposed ? columns : 1, data);
        PackedMatrix matrix = new PackedMatrix(inner, outer, data);
        Copy[] next = Arrays.copyOf(copies, Math.max(copies.length, at + 1));
        next[at] = new Copy(from, to, transposed, matrix, version);
        copies = next;
        return matrix;
    }
}
