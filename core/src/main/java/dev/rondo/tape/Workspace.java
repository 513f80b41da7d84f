package dev.rondo.tape;

import dev.rondo.op.Buffers;
import dev.rondo.op.RowGradient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// A pool of arrays that tapes draw on one after another, so that a training step allocates nothing large once warm.
///
/// For one thread at a time, and for one open tape at a time: closing a tape takes all its arrays back.
public final class Workspace implements Buffers {
    private final Map<Integer, ArrayDeque<float[]>> free = new HashMap<>();
    private final List<float[]> used = new ArrayList<>();
    private final Map<Parameter, RowGradient> rows = new IdentityHashMap<>();

    @Override
    public float[] take(int size) {
        int capacity = capacity(size);
        ArrayDeque<float[]> same = free.get(capacity);
        float[] array = same == null ? null : same.pollLast();
        if (array == null) {
            array = new float[capacity];
        }
        used.add(array);
        return array;
    }

    /// The size rounded up to one of four sizes an octave, so that batches of similar lengths share arrays.
    private static int capacity(int size) {
        if (size <= 64) {
            return 64;
        }
        int step = Integer.highestOneBit(size - 1) / 4;
        return (int) Math.min(Math.ceilDiv(size, step) * (long) step, Integer.MAX_VALUE - 8);
    }

    /// The row gradient of a table, emptied.
    RowGradient rows(Parameter parameter) {
        RowGradient gradient = rows.computeIfAbsent(parameter,
                p -> new RowGradient(p.raw().rows(), p.raw().columns()));
        gradient.clear();
        return gradient;
    }

    /// Takes back every array handed out.
    void takeBack() {
        for (float[] array : used) {
            free.computeIfAbsent(array.length, c -> new ArrayDeque<>()).addLast(array);
        }
        used.clear();
    }
}
