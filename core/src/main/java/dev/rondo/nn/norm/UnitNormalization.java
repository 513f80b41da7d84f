package dev.rondo.nn.norm;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NormalizationOps;

/// The features of each step divided by their length: `y = x / sqrt(sum of x_j^2)`.
public record UnitNormalization() implements Layer {
    /// The layer.
    public static UnitNormalization of() {
        return new UnitNormalization();
    }

    @Override
    public String kind() {
        return "unit_normalization";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input, NormalizationOps::unit);
    }
}
