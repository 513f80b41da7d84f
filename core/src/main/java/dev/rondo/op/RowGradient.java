package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import java.util.Arrays;

/// The gradient of a table of which a batch touches few rows: those rows only, each once, in the order first touched.
///
/// Not safe for use by several threads.
public final class RowGradient {
    private final int width;
    /// For each row of the table its place among the touched ones, plus one; zero if untouched.
    private final int[] places;
    private int[] rows = new int[64];
    private float[] values;
    private int count;

    /// @param tableRows rows of the table, V
    /// @param width columns of the table
    public RowGradient(int tableRows, int width) {
        this.width = width;
        places = new int[tableRows];
        values = new float[64 * width];
    }

    /// The number of touched rows.
    public int count() {
        return count;
    }

    /// The number of columns.
    public int width() {
        return width;
    }

    /// The table row of the i-th touched row.
    public int row(int i) {
        return rows[i];
    }

    /// The touched table rows; the first [#count] elements are valid.
    public int[] rows() {
        return rows;
    }

    /// The gradient of the touched rows, one after another: the live array.
    public float[] values() {
        return values;
    }

    /// The offset in [#values] of the gradient of a table row, which is zero if the row was not touched before.
    public int touch(int row) {
        int place = places[row];
        if (place == 0) {
            if (count == rows.length) {
                rows = Arrays.copyOf(rows, 2 * count);
                values = Arrays.copyOf(values, 2 * count * width);
            }
            rows[count] = row;
            Arrays.fill(values, count * width, (count + 1) * width, 0f);
            place = ++count;
            places[row] = place;
        }
        return (place - 1) * width;
    }

    /// Adds the rows of another gradient of the same table.
    public void add(Kernels k, RowGradient other) {
        for (int i = 0; i < other.count; i++) {
            int at = touch(other.rows[i]);
            k.add(width, other.values, i * width, values, at);
        }
    }

    /// Forgets all rows.
    public void clear() {
        for (int i = 0; i < count; i++) {
            places[rows[i]] = 0;
        }
        count = 0;
    }
}
