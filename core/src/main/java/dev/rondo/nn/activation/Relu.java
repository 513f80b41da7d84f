package dev.rondo.nn.activation;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.RectifierOps;

/// A rectifier with a slope below, a threshold and a largest value.
///
/// ```text
/// y = min(x, maxValue) for x >= threshold        y = negativeSlope (x - threshold) below
/// ```
///
/// @param maxValue the largest value, at least 0; infinite by default
/// @param negativeSlope the slope below the threshold, at least 0, 0 by default
/// @param threshold where the function starts, at least 0, 0 by default
public record Relu(float maxValue, float negativeSlope, float threshold) implements Layer {
    /// @throws IllegalArgumentException if a number is negative or none
    public Relu {
        if (!(maxValue >= 0 && negativeSlope >= 0 && threshold >= 0)) {
            throw new IllegalArgumentException("re_lu: maxValue is " + maxValue + ", negativeSlope " + negativeSlope
                    + " and threshold " + threshold + "; each must be at least 0");
        }
    }

    /// `max(x, 0)`.
    public static Relu of() {
        return new Relu(Float.POSITIVE_INFINITY, 0, 0);
    }

    /// This layer with a largest value.
    public Relu maxValue(float maxValue) {
        return new Relu(maxValue, negativeSlope, threshold);
    }

    /// This layer with a slope below the threshold.
    public Relu negativeSlope(float negativeSlope) {
        return new Relu(maxValue, negativeSlope, threshold);
    }

    /// This layer with a threshold.
    public Relu threshold(float threshold) {
        return new Relu(maxValue, negativeSlope, threshold);
    }

    @Override
    public String kind() {
        return "re_lu";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        return new Pass(input, x -> RectifierOps.relu(x, negativeSlope, threshold, maxValue));
    }
}
