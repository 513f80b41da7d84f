package dev.rondo.internal.kernel;

/// A right-hand matrix B `[k, n]` of a product, rearranged once for many products by [Kernels#pack].
///
/// @param k rows of B
/// @param n columns of B
/// @param data the elements in the order of the kernels that packed them; may be longer than needed
public record PackedMatrix(int k, int n, float[] data) implements RightMatrix {}
