package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;

/// A layer with its weights. Holds no state and no scratch memory: any number of threads may apply it to tapes of their own.
///
/// Most have one input and one output; those with several are a [MultiModule].
public interface Module {
    /// What this module gives.
    Signature output();

    /// What this module gives, one signature for each output.
    default List<Signature> outputs() {
        return List.of(output());
    }

    /// The weights, in a fixed order.
    List<Parameter> parameters();

    /// Computes the output for an input on its tape.
    Var apply(Var input);

    /// Computes all outputs for all inputs.
    default List<Var> apply(List<Var> inputs) {
        return List.of(apply(Checks.single("this layer", inputs)));
    }

    /// Whether what it computes for a sequence in training depends on the others of the batch, as batch normalization does: such a
    /// model is trained on batches in one piece.
    default boolean mixesBatch() {
        return false;
    }
}
