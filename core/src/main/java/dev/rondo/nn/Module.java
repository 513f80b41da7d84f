package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;

/// A layer with its weights. Holds no state and no scratch memory: any number of threads may apply it to tapes of their own.
public interface Module {
    /// What this module gives.
    Signature output();

    /// The trainable weights, in a fixed order.
    List<Parameter> parameters();

    /// Computes the output for an input on its tape.
    Var apply(Var input);
}
