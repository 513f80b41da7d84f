package dev.rondo.nn.activation;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.tape.Ops;
import dev.rondo.tape.ShapeOps;

/// Softmax over the features, or the steps, as a layer of its own: `y_j = e^x_j / sum over k of e^x_k`.
///
/// @param overSteps whether the sum is over the steps of a sequence, whose number must be known; false by default
public record Softmax(boolean overSteps) implements Layer {
    /// The layer over features.
    public static Softmax of() {
        return new Softmax(false);
    }

    /// The layer over steps.
    public static Softmax ofSteps() {
        return new Softmax(true);
    }

    @Override
    public boolean isStepwise() {
        return !overSteps;
    }

    @Override
    public String kind() {
        return "softmax";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        if (overSteps && input.isSequence()) {
            Checks.steps(kind() + " \"" + name + "\"", input);
            return new Pass(input,
                    x -> ShapeOps.transpose(Ops.activation(ShapeOps.transpose(x), Activation.SOFTMAX))
                            .withMask(x.mask()));
        }
        return new Pass(input, x -> Ops.activation(x, Activation.SOFTMAX));
    }
}
