package dev.rondo.op;

import org.jspecify.annotations.Nullable;

/// Arrays that hold one state for each sequence of a batch.
final class States {
    private States() {}

    /// A copy of the first `size` elements of an optional array, or zeros.
    static float[] copyOrZeros(Buffers buffers, float @Nullable [] from, int size) {
        if (from == null) {
            return buffers.zeros(size);
        }
        float[] copy = buffers.take(size);
        System.arraycopy(from, 0, copy, 0, size);
        return copy;
    }
}
