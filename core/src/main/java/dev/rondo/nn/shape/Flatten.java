package dev.rondo.nn.shape;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.ShapeOps;

/// All steps of a sequence side by side: `[B, T, F]` to `[B, T * F]`, T being known; a vector stays what it is.
public record Flatten() implements Layer {
    /// The layer.
    public static Flatten of() {
        return new Flatten();
    }

    @Override
    public String kind() {
        return "flatten";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.numbers(where, input);
        if (input.kind() == Signature.Kind.VECTOR) {
            return new Pass(input, x -> x);
        }
        Checks.steps(where, input);
        int features = Checks.product(where, input.steps(), input.features());
        return new Pass(Signature.vector(features), x -> ShapeOps.reshape(x, 0, features));
    }
}
