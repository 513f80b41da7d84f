package dev.rondo.tape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The states of a model's recurrent layers that go on from one window of long sequences to the next, as plain numbers: gradients end
/// at the window's beginning (truncated back-propagation through time, Williams and Peng 1990).
///
/// There is a row for each of the sequences, here called streams. The windows of all streams may be computed on several tapes at
/// once, each with streams of its own, one [#part] for each. Layers are told apart by the order in which they run.
public final class CarriedState {
    private final int streams;
    private final List<float[][]> layers = new ArrayList<>();

    /// States that are zero at first.
    ///
    /// @param streams the number of sequences that go on, at least 1
    public CarriedState(int streams) {
        if (streams < 1) {
            throw new IllegalArgumentException("streams is " + streams + "; it must be at least 1");
        }
        this.streams = streams;
    }

    /// The number of sequences that go on.
    public int streams() {
        return streams;
    }

    /// Sets all states to zero: the next windows are the first of new sequences.
    public void reset() {
        layers.forEach(layer -> Arrays.stream(layer).forEach(part -> Arrays.fill(part, 0f)));
    }

    /// The states for the sequences of one tape.
    ///
    /// @param rows the stream of each of the batch's sequences, in order; no other part that is in use has any of them
    /// @throws IllegalArgumentException if a stream is out of range
    public Part part(int... rows) {
        for (int row : rows) {
            if (row < 0 || row >= streams) {
                throw new IllegalArgumentException("stream " + row + " is not in [0, " + streams + ")");
            }
        }
        return new Part(rows.clone());
    }

    private synchronized float[][] layer(int number, List<Integer> sizes) {
        if (number == layers.size()) {
            layers.add(sizes.stream().map(size -> new float[streams * size]).toArray(float[][]::new));
        }
        return layers.get(number);
    }

    /// The states of some streams while a model runs over one window of each on one tape. For one thread and one run.
    public final class Part {
        private final int[] rows;
        private int next;

        private Part(int[] rows) {
            this.rows = rows;
        }

        /// The next recurrent layer's state, without gradient.
        ///
        /// @param sizes the columns of its parts
        /// @return the parts, `[B, size]` each
        public List<Var> take(Tape tape, List<Integer> sizes) {
            float[][] layer = layer(next, sizes);
            List<Var> state = new ArrayList<>();
            for (int p = 0; p < layer.length; p++) {
                int size = sizes.get(p);
                float[] some = tape.buffers().take(rows.length, size);
                for (int b = 0; b < rows.length; b++) {
                    System.arraycopy(layer[p], rows[b] * size, some, b * size, size);
                }
                state.add(tape.constant(some, rows.length, size, null));
            }
            return state;
        }

        /// Keeps the state of the layer last asked for, after the window.
        public void keep(List<Var> state) {
            float[][] layer = layer(next++, List.of());
            for (int p = 0; p < layer.length; p++) {
                int size = state.get(p).columns();
                float[] some = state.get(p).data();
                for (int b = 0; b < rows.length; b++) {
                    System.arraycopy(some, b * size, layer[p], rows[b] * size, size);
                }
            }
        }
    }
}
