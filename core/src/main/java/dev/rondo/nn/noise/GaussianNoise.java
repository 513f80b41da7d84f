package dev.rondo.nn.noise;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NoiseOps;

/// Each element plus a normal number around 0. The identity at inference.
///
/// @param stddev standard deviation of the number, at least 0
public record GaussianNoise(double stddev) implements Layer {
    /// @throws IllegalArgumentException if it is out of range
    public GaussianNoise {
        if (!(stddev >= 0 && Double.isFinite(stddev))) {
            throw new IllegalArgumentException("gaussian_noise: stddev is " + stddev + "; it must be at least 0");
        }
    }

    /// The layer of that stddev.
    public static GaussianNoise of(double stddev) {
        return new GaussianNoise(stddev);
    }

    @Override
    public String kind() {
        return "gaussian_noise";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input, x -> NoiseOps.gaussianNoise(x, stddev));
    }
}
