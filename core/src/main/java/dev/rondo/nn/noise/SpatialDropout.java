package dev.rondo.nn.noise;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NoiseOps;

/// Dropout of whole features (Tompson et al. 2015): zeroes a feature of a sequence at every step, or not at all, and scales the others by `1 / (1 - rate)`. The identity at inference.
///
/// @param rate probability that a feature becomes zero, in [0, 1)
public record SpatialDropout(double rate) implements Layer {
    /// @throws IllegalArgumentException if it is out of range
    public SpatialDropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "spatial_dropout1d: rate is " + rate + "; it must be at least 0 and less than 1");
        }
    }

    /// The layer of that rate.
    public static SpatialDropout of(double rate) {
        return new SpatialDropout(rate);
    }

    @Override
    public String kind() {
        return "spatial_dropout1d";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.sequence(kind() + " \"" + name + "\"", input);
        return new Pass(input, x -> NoiseOps.spatialDropout(x, rate));
    }
}
