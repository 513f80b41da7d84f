package dev.rondo.nn.norm;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NormalizationOps;
import dev.rondo.tape.NormalizationOps.Scaling;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;

/// Layer normalization (Ba et al. 2016): the features of each step to mean 0 and variance 1.
///
/// ```text
/// y = gamma (x - m) / sqrt(v + epsilon) + beta        m, v of each row; gamma one and beta zero at first
/// ```
///
/// @param epsilon added to the variance, at least 0, 0.001 by default
/// @param center whether there is a beta, true by default
/// @param scale whether there is a gamma, true by default
public record LayerNormalization(double epsilon, boolean center, boolean scale) implements Layer {
    /// @throws IllegalArgumentException if epsilon is negative
    public LayerNormalization {
        Scales.check("layer_normalization", epsilon);
    }

    /// The layer with Keras's defaults.
    public static LayerNormalization of() {
        return new LayerNormalization(1e-3, true, true);
    }

    /// This layer with another epsilon.
    public LayerNormalization epsilon(double epsilon) {
        return new LayerNormalization(epsilon, center, scale);
    }

    @Override
    public String kind() {
        return "layer_normalization";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Rows(Scales.make(name, input.features(), epsilon, center, scale, weights), input);
    }

    private record Rows(Scaling scaling, Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return Scales.parameters(scaling);
        }

        @Override
        public Var apply(Var input) {
            return NormalizationOps.layer(input, scaling);
        }
    }
}
