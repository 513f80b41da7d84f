package dev.rondo.nn.activation;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.tape.Ops;

/// An activation function as a layer of its own: `y = f(x)`.
///
/// @param activation the function f
public record ActivationLayer(Activation activation) implements Layer {
    /// The layer of that function.
    public static ActivationLayer of(Activation activation) {
        return new ActivationLayer(activation);
    }

    @Override
    public String kind() {
        return "activation";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input.features(activation.columns(input.features())), x -> Ops.activation(x, activation));
    }
}
