package dev.rondo.nn.activation;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.RectifierOps;

/// An exponential linear unit (Clevert et al. 2016): `x` above zero, `alpha (e^x - 1)` below.
///
/// @param alpha what it tends to far below zero, with its sign changed
public record Elu(float alpha) implements Layer {
    /// @throws IllegalArgumentException if it is not finite
    public Elu {
        if (!(Float.isFinite(alpha))) {
            throw new IllegalArgumentException("elu: alpha is " + alpha + "; it must be finite");
        }
    }

    /// The layer with Keras's default of 1.
    public static Elu of() {
        return new Elu(1f);
    }

    @Override
    public String kind() {
        return "elu";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input, x -> RectifierOps.elu(x, alpha));
    }
}
