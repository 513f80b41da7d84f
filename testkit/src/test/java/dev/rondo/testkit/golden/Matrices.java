package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.rondo.tensor.Tensor;

/// Rearrangements of weights.
final class Matrices {
    private Matrices() {}

    /// `[M, N]` to `[N, M]`.
    static Tensor transpose(Tensor matrix) {
        int rows = matrix.dim(0);
        int columns = matrix.dim(1);
        float[] transposed = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                transposed[j * rows + i] = matrix.data()[i * columns + j];
            }
        }
        return Tensor.of(transposed, columns, rows);
    }

    /// Changes the order of three equal blocks along the last axis from 0 1 2 to 1 0 2.
    static Tensor swapFirstTwoOfThree(Tensor tensor) {
        int columns = tensor.dim(tensor.rank() - 1);
        int block = columns / 3;
        float[] from = tensor.data();
        float[] to = from.clone();
        for (int at = 0; at < from.length; at += columns) {
            System.arraycopy(from, at + block, to, at, block);
            System.arraycopy(from, at, to, at + block, block);
        }
        return Tensor.of(to, tensor.shape());
    }

    static Tensor sum(Tensor a, Tensor b) {
        float[] sum = a.data().clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b.data()[i];
        }
        return Tensor.of(sum, a.shape());
    }

    /// The first of two tensors that must be equal: the gradients of two terms of a sum.
    static Tensor same(Tensor a, Tensor b) {
        assertArrayEquals(a.data(), b.data());
        return a;
    }
}
