package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;

/// A matrix within an array, in any order of rows and columns: element (i, j) is `data[offset + i * down + j * right]`.
///
/// @param data the array; kept, not copied
/// @param offset where element (0, 0) is
/// @param down the distance of two rows
/// @param right the distance of two columns
record Matrix(float[] data, int offset, int down, int right) {
    /// The transpose, over the same array.
    Matrix transposed() {
        return new Matrix(data, offset, right, down);
    }

    /// `C[m, n] += A[m, k] * B[k, n]`. C has its elements next to each other along rows or columns.
    static void multiply(Kernels kernels, Buffers buffers, int m, int k, int n, Matrix a, Matrix b, Matrix c) {
        if (m == 0 || k == 0 || n == 0) {
            return;
        }
        if (c.right != 1 && c.down != 1) {
            throw new IllegalArgumentException("a product needs a result whose rows or columns are contiguous");
        }
        if (c.right != 1) {
            multiply(kernels, buffers, n, k, m, b.transposed(), a.transposed(), c.transposed());
            return;
        }
        float[] packed = buffers.take(kernels.packedLength(k, n));
        kernels.pack(k, n, b.data, b.offset, b.down, b.right, packed);
        kernels.gemm(m, 0, k, a.data, a.offset, a.down, a.right, new PackedMatrix(k, n, packed), c.data, c.offset,
                c.down);
    }
}
