package dev.rondo.op;

import java.util.Arrays;

/// Where ops get their arrays from, so that a training step allocates nothing large once warm.
@FunctionalInterface
public interface Buffers {
    /// New arrays from the heap every time.
    Buffers HEAP = float[]::new;

    /// An array of at least `size` floats with any content, to be used until its owner takes it back.
    float[] take(int size);

    /// An array for a matrix, with any content.
    ///
    /// @throws IllegalArgumentException if it would have more than 2^31 elements
    default float[] take(int rows, int columns) {
        long size = (long) rows * columns;
        if (size > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("a batch of " + rows + " steps in all needs " + rows + " x " + columns
                    + " numbers, more than an array holds; use a smaller batch or shorter sequences");
        }
        return take((int) size);
    }

    /// An array of at least `size` floats of which the first `size` are zero.
    default float[] zeros(int size) {
        float[] array = take(size);
        Arrays.fill(array, 0, size, 0f);
        return array;
    }
}
