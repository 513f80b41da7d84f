package dev.rondo.tape;

import dev.rondo.op.Buffers;
import dev.rondo.op.RowGradient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A pool of arrays that tapes draw on one after another, so that a training step allocates nothing large once warm.
///
/// For one thread at a time, and for one open tape at a time: closing a tape takes all its arrays back.
public final class Workspace implements Buffers {
    private final TreeMap<Integer, ArrayDeque<float[]>> free = new TreeMap<>();
    private final List<float[]> used = new ArrayList<>();
    private final Map<Parameter, RowGradient> rows = new IdentityHashMap<>();

    /// A free array of up to twice the size serves too: ragged batches would otherwise fill the pool with arrays of every size.
    @Override
    public float[] take(int size) {
        int capacity = capacity(size);
        float[] array = null;
        Map.Entry<Integer, ArrayDeque<float[]>> fitting = free.ceilingEntry(capacity);
        if (fitting != null && fitting.getKey() / 2 <= capacity) {
            array = fitting.getValue().pollLast();
            if (fitting.getValue().isEmpty()) {
                free.remove(fitting.getKey());
            }
        }
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
