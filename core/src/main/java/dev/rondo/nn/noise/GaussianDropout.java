package dev.rondo.nn.noise;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NoiseOps;

/// Each element times a normal number around 1 of variance `rate / (1 - rate)` (Srivastava et al. 2014). The identity at inference.
///
/// @param rate as for dropout, in [0, 1)
public record GaussianDropout(double rate) implements Layer {
    /// @throws IllegalArgumentException if it is out of range
    public GaussianDropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "gaussian_dropout: rate is " + rate + "; it must be at least 0 and less than 1");
        }
    }

    /// The layer of that rate.
    public static GaussianDropout of(double rate) {
        return new GaussianDropout(rate);
    }

    @Override
    public String kind() {
        return "gaussian_dropout";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input, x -> NoiseOps.gaussianDropout(x, rate));
    }
}
