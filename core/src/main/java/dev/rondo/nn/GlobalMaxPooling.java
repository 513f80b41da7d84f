package dev.rondo.nn;

import dev.rondo.tape.Ops;

/// The largest value of each feature over the real steps of a sequence: `[B, T, F]` to `[B, F]`; zero for an empty sequence.
public record GlobalMaxPooling() implements Layer {
    /// The layer.
    public static GlobalMaxPooling of() {
        return new GlobalMaxPooling();
    }

    @Override
    public String kind() {
        return "global_max_pooling";
    }

    @Override
    public boolean isStepwise() {
        return false;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.sequence(kind() + " \"" + name + "\"", input);
        return new Pass(Signature.vector(input.features()), Ops::maxOverSteps);
    }
}
