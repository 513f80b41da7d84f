package dev.rondo.nn.rnn;

import dev.rondo.nn.MultiModule;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.tape.Var;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A recurrent layer with its weights: state goes in and comes out.
public sealed interface RecurrentModule extends MultiModule permits Recurrence {
    /// What a run gives.
    ///
    /// @param outputs h of every step, at the place of that step `[N, H]`, with the input's mask
    /// @param last the state after the last visited step of each sequence
    record Run(Var outputs, State last) {}

    /// Runs over the input.
    ///
    /// @param input `[N, F]` with steps
    /// @param initial the state to start from, null for zero
    /// @param direction which way to visit the steps
    Run run(Var input, @Nullable State initial, Direction direction);

    /// All outputs of the layer, run in a direction of the caller's choice: outputs of every step stand at the place of that step.
    ///
    /// @param inputs the sequence, then the parts of the initial state, if any
    /// @param direction which way to visit the steps
    List<Var> apply(List<Var> inputs, Direction direction);

    /// The arithmetic of one time step with this layer's weights, for inference; null for a layer that is not one plain cell.
    @Nullable
    CellStep cell();

    /// The layer that this was built from.
    RecurrentLayer layer();
}
