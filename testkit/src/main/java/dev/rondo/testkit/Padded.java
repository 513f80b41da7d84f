package dev.rondo.testkit;

import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// How a padded batch `[B, T, F]` of Keras or PyTorch, in any order, becomes Rondo's packed rows: sorted by length, longest first
/// (equal lengths in the given order), step after step, without padding.
///
/// ```java
/// Padded padded = Padded.after(6, 3, 6, 1);
/// Var x = tape.constant(padded.pack(features), padded.layout().total(), 4, padded.layout());
/// ```
///
/// Immutable and safe for use by several threads.
public final class Padded {
    private final int steps;
    private final int[] starts;
    private final int[] order;
    private final Steps layout;

    private Padded(int steps, int[] lengths, boolean before) {
        for (int length : lengths) {
            if (length > steps) {
                throw new IllegalArgumentException(
                        "a row has " + length + " steps, but the padded batch has room for " + steps);
            }
        }
        this.steps = steps;
        starts = Arrays.stream(lengths).map(length -> before ? steps - length : 0).toArray();
        order = IntStream.range(0, lengths.length).boxed()
                .sorted(Comparator.comparingInt(row -> -lengths[row])).mapToInt(Integer::intValue).toArray();
        layout = Steps.of(Arrays.stream(order).map(row -> lengths[row]).toArray());
    }

    /// A batch with its padding after the real steps.
    ///
    /// @param steps length of a padded row, T
    /// @param lengths the number of real steps of each row, 0 to T
    /// @throws IllegalArgumentException if a length is out of range
    public static Padded after(int steps, int... lengths) {
        return new Padded(steps, lengths, false);
    }

    /// A batch with its padding before the real steps.
    ///
    /// @param steps length of a padded row, T
    /// @param lengths the number of real steps of each row, 0 to T
    /// @throws IllegalArgumentException if a length is out of range
    public static Padded before(int steps, int... lengths) {
        return new Padded(steps, lengths, true);
    }

    /// Which sequences run at which step.
    public Steps layout() {
        return layout;
    }

    /// Packs features.
    ///
    /// @param padded `[B, T, F]`
    /// @return `[N, F]`
    /// @throws IllegalArgumentException if the shape is not that of this batch
    public float[] pack(Tensor padded) {
        check(padded.shape(), 3, true);
        int width = padded.dim(2);
        float[] packed = new float[layout.total() * width];
        for (int t = 0; t < layout.steps(); t++) {
            for (int b = 0; b < layout.rows(t); b++) {
                int from = order[b] * steps + starts[order[b]] + t;
                System.arraycopy(padded.data(), from * width, packed, layout.row(t, b) * width, width);
            }
        }
        return packed;
    }

    /// Packs token ids.
    ///
    /// @param padded `[B, T]`
    /// @return `[N]`
    /// @throws IllegalArgumentException if the shape is not that of this batch
    public int[] pack(IntTensor padded) {
        check(padded.shape(), 2, true);
        int[] packed = new int[layout.total()];
        for (int t = 0; t < layout.steps(); t++) {
            for (int b = 0; b < layout.rows(t); b++) {
                packed[layout.row(t, b)] = padded.data()[order[b] * steps + starts[order[b]] + t];
            }
        }
        return packed;
    }

    /// Brings one row for each sequence, such as a state, into the order of the layout.
    ///
    /// @param rows `[B, F]`
    /// @return `[B, F]`
    /// @throws IllegalArgumentException if the shape is not that of this batch
    public float[] sort(Tensor rows) {
        check(rows.shape(), 2, false);
        int width = rows.dim(1);
        float[] sorted = new float[rows.size()];
        for (int b = 0; b < order.length; b++) {
            System.arraycopy(rows.data(), order[b] * width, sorted, b * width, width);
        }
        return sorted;
    }

    private void check(int[] shape, int rank, boolean perStep) {
        if (shape.length != rank || shape[0] != order.length || perStep && shape[1] != steps) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " is not that of a batch of "
                    + order.length + " rows" + (perStep ? " of " + steps + " steps" : ""));
        }
    }
}
