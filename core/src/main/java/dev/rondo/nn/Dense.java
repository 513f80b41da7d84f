package dev.rondo.nn;

import dev.rondo.op.Activation;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A fully connected layer, applied to every step of a sequence: `[.., F]` to `[.., units]`.
///
/// ```text
/// y = a(x * W + b)        W [F, units] glorot-uniform, b [units] zero at first
/// ```
///
/// @param units number of outputs, at least 1
/// @param activation the function a, linear by default
/// @param useBias whether there is a b, true by default
public record Dense(int units, Activation activation, boolean useBias) implements Layer {
    /// @throws IllegalArgumentException if units is less than 1
    public Dense {
        Checks.positive("dense", "units", units);
    }

    /// A linear layer with bias.
    public static Dense of(int units) {
        return new Dense(units, Activation.LINEAR, true);
    }

    /// This layer with an activation.
    public Dense activation(Activation activation) {
        return new Dense(units, activation, useBias);
    }

    /// This layer without bias.
    public Dense withoutBias() {
        return new Dense(units, activation, false);
    }

    @Override
    public String kind() {
        return "dense";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        if (input.kind() == Signature.Kind.TOKENS) {
            throw new IllegalArgumentException(
                    "dense \"" + name + "\" takes numbers, but its input is token ids; put an Embedding first");
        }
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), input.features(), units);
        Parameter bias = useBias ? weights.parameter(name + "/bias", Initializer.zeros(), units) : null;
        return new Affine(kernel, bias, activation, input.features(activation.columns(units)));
    }

    private record Affine(Parameter kernel, @Nullable Parameter bias, Activation activation,
            Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return Stream.of(kernel, bias).filter(java.util.Objects::nonNull).toList();
        }

        @Override
        public Var apply(Var input) {
            return Ops.activation(Ops.affine(input, kernel, bias), activation);
        }
    }
}
