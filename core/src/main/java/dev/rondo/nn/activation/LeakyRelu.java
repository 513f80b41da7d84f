package dev.rondo.nn.activation;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.RectifierOps;

/// A rectifier that leaks: `x` above zero, `negativeSlope x` below.
///
/// @param negativeSlope the slope below zero, at least 0
public record LeakyRelu(float negativeSlope) implements Layer {
    /// @throws IllegalArgumentException if it is negative or no number
    public LeakyRelu {
        if (!(negativeSlope >= 0)) {
            throw new IllegalArgumentException(
                    "leaky_re_lu: negativeSlope is " + negativeSlope + "; it must be at least 0");
        }
    }

    /// The layer with Keras's default of 0.3.
    public static LeakyRelu of() {
        return new LeakyRelu(0.3f);
    }

    @Override
    public String kind() {
        return "leaky_re_lu";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input, x -> RectifierOps.relu(x, negativeSlope, 0, Float.POSITIVE_INFINITY));
    }
}
