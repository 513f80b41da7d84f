package dev.rondo.nn;

import dev.rondo.tape.Var;
import java.util.List;

/// A module with several inputs or several outputs.
public interface MultiModule extends Module {
    @Override
    List<Signature> outputs();

    @Override
    List<Var> apply(List<Var> inputs);

    /// What this module gives first.
    @Override
    default Signature output() {
        return outputs().getFirst();
    }

    /// Computes the first output for a single input.
    @Override
    default Var apply(Var input) {
        return apply(List.of(input)).getFirst();
    }
}
