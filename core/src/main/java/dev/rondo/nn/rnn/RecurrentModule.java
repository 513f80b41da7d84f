package dev.rondo.nn.rnn;

import dev.rondo.nn.Module;
import dev.rondo.op.Direction;
import dev.rondo.tape.Var;
import org.jspecify.annotations.Nullable;

/// A recurrent layer with its weights: state goes in and comes out.
public interface RecurrentModule extends Module {
    /// What a run gives.
    ///
    /// @param outputs h of every step, at the place of that step `[N, H]`
    /// @param last the state after the last visited step of each sequence
    record Run(Var outputs, State last) {}

    /// Runs over the input.
    ///
    /// @param input `[N, F]` with steps
    /// @param initial the state to start from, null for zero
    /// @param direction which way to visit the steps
    Run run(Var input, @Nullable State initial, Direction direction);

    /// The layer that this was built from.
    RecurrentLayer layer();
}
