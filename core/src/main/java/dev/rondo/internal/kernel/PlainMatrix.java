package dev.rondo.internal.kernel;

/// A right-hand matrix B `[k, n]` of a product, read where it lies: for one that takes part in a product or two and would not repay
/// being packed. Element (p, j) is `data[at + p * ldb + j]`.
///
/// @param k rows of B
/// @param n columns of B
/// @param data holds the elements
/// @param at where the first row starts
/// @param ldb the distance of rows, at least n
public record PlainMatrix(int k, int n, float[] data, int at, int ldb) implements RightMatrix {
    /// Rows whose distance is a multiple of so many floats fall into so few sets of a first-level cache that a block of them does not
    /// fit there.
    private static final int SAME_SETS = 128;

    /// Whether rows of such a distance are as fast to read as a packed matrix.
    public static boolean suits(int ldb) {
        return ldb % SAME_SETS != 0;
    }
}
