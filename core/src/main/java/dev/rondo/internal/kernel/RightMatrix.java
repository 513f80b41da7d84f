package dev.rondo.internal.kernel;

/// A right-hand matrix B `[k, n]` of a product.
public sealed interface RightMatrix permits PackedMatrix, PlainMatrix {
    /// Rows of B.
    int k();

    /// Columns of B.
    int n();
}
