package dev.rondo.nn.activation;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.tape.Ops;

/// Softmax over the features as a layer of its own: `y_j = e^x_j / sum over k of e^x_k`.
public record Softmax() implements Layer {
    /// The layer.
    public static Softmax of() {
        return new Softmax();
    }

    @Override
    public String kind() {
        return "softmax";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input, x -> Ops.activation(x, Activation.SOFTMAX));
    }
}
