package dev.rondo.nn.norm;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NormalizationOps;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;

/// Known means and variances taken out of each feature, or put in again.
///
/// ```text
/// y = (x - mean) / s        inverted: y = mean + x s        s = max(sqrt(variance), 1e-7)
/// ```
///
/// Mean and variance `[F]` are state of the layer, 0 and 1 at first: set the parameters `mean` and `variance`.
///
/// @param invert whether they are put in again, false by default
public record Normalization(boolean invert) implements Layer {
    /// The layer that takes them out.
    public static Normalization of() {
        return new Normalization(false);
    }

    @Override
    public String kind() {
        return "normalization";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        int features = input.features();
        return new Moments(weights.state(name + "/mean", Initializer.zeros(), features),
                weights.state(name + "/variance", Initializer.ones(0, features), features), invert, input);
    }

    private record Moments(Parameter mean, Parameter variance, boolean invert, Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return List.of(mean, variance);
        }

        @Override
        public Var apply(Var input) {
            float[] means = mean.values();
            float[] variances = variance.values();
            float[] scale = new float[means.length];
            float[] shift = new float[means.length];
            for (int j = 0; j < scale.length; j++) {
                double deviation = Math.max(Math.sqrt(variances[j]), 1e-7);
                scale[j] = (float) (invert ? deviation : 1 / deviation);
                shift[j] = invert ? means[j] : -means[j];
            }
            return invert ? NormalizationOps.scale(input, scale, shift) : NormalizationOps.shift(input, shift, scale);
        }
    }
}
