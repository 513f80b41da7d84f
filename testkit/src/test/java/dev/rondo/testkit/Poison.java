package dev.rondo.testkit;

import dev.rondo.op.Buffers;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Arrays with traps: room beyond the end that nobody may read or write, and content that nobody may rely on.
final class Poison {
    private static final int TAIL = 17;

    /// Buffers as the contract allows them at their worst: longer than asked for, and full of NaN.
    static final Buffers BUFFERS = size -> {
        float[] array = new float[size + TAIL];
        Arrays.fill(array, Float.NaN);
        return array;
    };

    private Poison() {}

    /// A copy with NaN after its end: an input that may be longer than its content.
    static float[] after(float[] values) {
        float[] array = Arrays.copyOf(values, values.length + TAIL);
        Arrays.fill(array, values.length, array.length, Float.NaN);
        return array;
    }

    /// A copy of the first elements, after checking that nobody wrote beyond them.
    ///
    /// @param array made by [#after]
    static float[] within(float[] array) {
        int size = array.length - TAIL;
        for (int i = size; i < array.length; i++) {
            if (!Float.isNaN(array[i])) {
                throw new AssertionError("element " + i + " was written, beyond the " + size + " that were asked for");
            }
        }
        return Arrays.copyOf(array, size);
    }

    /// Numbers from -bound to bound.
    static float[] random(RandomGenerator random, int size, double bound) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return values;
    }

    static double[] doubles(float[] values) {
        double[] copy = new double[values.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = values[i];
        }
        return copy;
    }
}
