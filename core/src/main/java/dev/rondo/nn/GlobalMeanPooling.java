package dev.rondo.nn;

import dev.rondo.tape.Ops;

/// The mean value of each feature over the real steps of a sequence: `[B, T, F]` to `[B, F]`; zero for an empty sequence.
public record GlobalMeanPooling() implements Layer {
    /// The layer.
    public static GlobalMeanPooling of() {
        return new GlobalMeanPooling();
    }

    @Override
    public String kind() {
        return "global_average_pooling";
    }

    @Override
    public boolean isStepwise() {
        return false;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.sequence(kind() + " \"" + name + "\"", input);
        return new Pass(Signature.vector(input.features()), Ops::meanOverSteps);
    }
}
