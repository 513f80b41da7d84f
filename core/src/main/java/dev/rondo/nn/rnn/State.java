package dev.rondo.nn.rnn;

import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import java.util.List;

/// The state of a recurrent layer after some steps, as values on a tape: h `[B, H]`, and c `[B, H]` for an LSTM.
///
/// State is a value: it goes into [RecurrentModule#run] and comes out again. [#values] takes it off its tape, which truncates
/// back-propagation through time; [Values#on] brings it to another.
///
/// @param parts h, then c where there is one
public record State(List<Var> parts) {
    /// @throws IllegalArgumentException if there is no part
    public State {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a recurrent state has at least one part, h");
        }
    }

    /// The hidden state, `[B, H]`.
    public Var h() {
        return parts.getFirst();
    }

    /// The cell state of an LSTM, `[B, H]`.
    ///
    /// @throws IllegalStateException if the layer has none
    public Var c() {
        if (parts.size() < 2) {
            throw new IllegalStateException("this layer's state is h alone; only an LSTM has a cell state c");
        }
        return parts.get(1);
    }

    /// A copy that outlives the tape.
    public Values values() {
        return new Values(parts.stream().map(Var::tensor).toList());
    }

    /// A recurrent state off its tape: plain numbers, to be kept, sent, saved or fed to several continuations.
    ///
    /// @param parts h, then c where there is one, `[B, H]` each
    public record Values(List<Tensor> parts) {
        /// Copies the list.
        public Values {
            parts = List.copyOf(parts);
        }

        /// This state as a constant on a tape.
        public State on(Tape tape) {
            return new State(parts.stream().map(p -> tape.constant(p.data(), p.dim(0), p.dim(1), null)).toList());
        }
    }
}
