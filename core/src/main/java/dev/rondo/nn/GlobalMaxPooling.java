package dev.rondo.nn;

import dev.rondo.tape.Ops;
import dev.rondo.tape.ShapeOps;

/// The largest value of each feature over the real steps of a sequence: `[B, T, F]` to `[B, F]`; zero for an empty sequence.
///
/// @param keepDims whether the result is a sequence of one step, `[B, 1, F]`, false by default
public record GlobalMaxPooling(boolean keepDims) implements Layer {
    /// The layer.
    public static GlobalMaxPooling of() {
        return new GlobalMaxPooling(false);
    }

    /// This layer, whose result is a sequence of one step.
    public GlobalMaxPooling withKeptDims() {
        return new GlobalMaxPooling(true);
    }

    @Override
    public String kind() {
        return "global_max_pooling";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.sequence(kind() + " \"" + name + "\"", input);
        if (keepDims) {
            return new Pass(Signature.sequence(input.features()).steps(1),
                    x -> ShapeOps.repeat(Ops.maxOverSteps(x), 1));
        }
        return new Pass(Signature.vector(input.features()), Ops::maxOverSteps);
    }
}
