package dev.rondo.nn.rnn;

import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.Var;
import java.util.List;
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

    /// The arithmetic of one time step with this layer's weights, for inference.
    CellStep cell();

    /// Reads whole sequences from a zero state: h of every step, at the place of that step, or after the last one, as the layer
    /// says.
    default Var read(Var input, Direction direction) {
        boolean sequences = layer().returnsSequences();
        if (input.tape().isRecording()) {
            Run run = run(input, null, direction);
            return sequences ? run.outputs() : run.last().h();
        }
        List<Parameter> weights = parameters();
        return RecurrentOps.infer(layer().kind(), input, direction, weights.get(0), weights.get(1), cell(), sequences);
    }

    @Override
    default Signature output() {
        return layer().output();
    }

    @Override
    default Var apply(Var input) {
        RecurrentLayer layer = layer();
        Var read = read(input, layer.goesBackwards() ? Direction.BACKWARD : Direction.FORWARD);
        return layer.returnsSequences() && layer.goesBackwards() ? Ops.reverse(read) : read;
    }
}
