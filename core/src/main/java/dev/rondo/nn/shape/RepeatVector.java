package dev.rondo.nn.shape;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.ShapeOps;

/// A vector as each step of a sequence: `[B, F]` to `[B, n, F]`.
///
/// @param n the number of steps, at least 1
public record RepeatVector(int n) implements Layer {
    /// @throws IllegalArgumentException if n is less than 1
    public RepeatVector {
        Checks.positive("repeat_vector", "n", n);
    }

    /// A sequence of that many steps.
    public static RepeatVector of(int n) {
        return new RepeatVector(n);
    }

    @Override
    public String kind() {
        return "repeat_vector";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        if (input.kind() != Signature.Kind.VECTOR) {
            throw new IllegalArgumentException("repeat_vector \"" + name + "\" takes one vector for each sequence, but "
                    + "its input is " + input + "; let the layer before it return its last step only");
        }
        return new Pass(Signature.sequence(input.features()).steps(n), x -> ShapeOps.repeat(x, n));
    }
}
