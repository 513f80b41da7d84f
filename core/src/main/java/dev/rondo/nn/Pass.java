package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.function.UnaryOperator;

/// A module without weights.
///
/// @param output what it gives
/// @param function what it computes
public record Pass(Signature output, UnaryOperator<Var> function) implements Module {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public Var apply(Var input) {
        return function.apply(input);
    }
}
