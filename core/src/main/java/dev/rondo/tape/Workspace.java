package dev.rondo.tape;

import dev.rondo.op.Buffers;
import dev.rondo.op.RowGradient;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A pool of arrays that tapes draw on one after another, so that a training step allocates nothing large once warm.
///
/// For one thread at a time, and for one open tape at a time: closing a tape takes all its arrays back.
public final class Workspace implements Buffers {
    /// Four sizes an octave from 64 to 2^31.
    private static final int CLASSES = 4 * 26;
    /// Free arrays by the class of their size.
    private final List<ArrayList<float[]>> free = Stream.generate(ArrayList<float[]>::new).limit(CLASSES).toList();
    private final List<float[]> used = new ArrayList<>();
    private final Map<Parameter, RowGradient> rows = new IdentityHashMap<>();

    /// A free array of up to twice the size serves too: ragged batches would otherwise fill the pool with arrays of every size.
    @Override
    public float[] take(int size) {
        int fitting = sizeClass(size);
        float[] array = null;
        for (int c = fitting; c <= Math.min(fitting + 4, CLASSES - 1) && array == null; c++) {
            array = free.get(c).isEmpty() ? null : free.get(c).removeLast();
        }
        if (array == null) {
            array = new float[capacity(fitting)];
        }
        used.add(array);
        return array;
    }

    /// The class of the smallest arrays that are long enough: 4 o + q for lengths of `(4 + q) 2^o * 16`.
    static int sizeClass(int size) {
        if (size <= 64) {
            return 0;
        }
        int octave = 25 - Integer.numberOfLeadingZeros(size - 1);
        return 4 * octave + ((size - 1) >>> (octave + 4)) - 3;
    }

    /// The length of the arrays of a class.
    static int capacity(int sizeClass) {
        return (int) Math.min((4L + sizeClass % 4) << (sizeClass / 4 + 4), Integer.MAX_VALUE - 8);
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
            free.get(sizeClass(array.length)).add(array);
        }
        used.clear();
    }
}
