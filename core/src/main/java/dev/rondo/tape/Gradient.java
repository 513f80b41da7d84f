package dev.rondo.tape;

import dev.rondo.op.RowGradient;

/// The gradient of one parameter: all of it, or the touched rows of a table.
public sealed interface Gradient {
    /// The gradient of every element.
    ///
    /// @param values live; may be longer than `size`
    /// @param size number of elements
    record Dense(float[] values, int size) implements Gradient {}

    /// The gradient of the touched rows of a table; the other rows' is zero.
    record Rows(RowGradient rows) implements Gradient {}
}
