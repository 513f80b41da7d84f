package dev.rondo.nn.norm;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NormalizationOps;
import java.util.List;

/// Constants for each feature, or for all: `y = x * scale + offset`.
///
/// @param scale one for each feature, or one for all
/// @param offset one for each feature, or one for all; one 0 by default
public record Rescaling(List<Float> scale, List<Float> offset) implements Layer {
    /// @throws IllegalArgumentException if a list is empty or a number is not finite
    public Rescaling {
        scale = List.copyOf(scale);
        offset = List.copyOf(offset);
        if (scale.isEmpty() || offset.isEmpty() || !scale.stream().allMatch(Float::isFinite)
                || !offset.stream().allMatch(Float::isFinite)) {
            throw new IllegalArgumentException("rescaling: scale is " + scale + " and offset " + offset
                    + "; each must be one or more finite numbers");
        }
    }

    /// One scale and offset for all features.
    public static Rescaling of(float scale, float offset) {
        return new Rescaling(List.of(scale), List.of(offset));
    }

    @Override
    public String kind() {
        return "rescaling";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.numbers(where, input);
        float[] scales = spread(where, scale, input);
        float[] offsets = spread(where, offset, input);
        return new Pass(input, x -> NormalizationOps.scale(x, scales, offsets));
    }

    private static float[] spread(String where, List<Float> values, Signature input) {
        if (values.size() != 1 && values.size() != input.features()) {
            throw new IllegalArgumentException(where + " has " + values.size() + " constants for its input " + input
                    + "; give one, or one for each feature");
        }
        float[] spread = new float[input.features()];
        for (int j = 0; j < spread.length; j++) {
            spread[j] = values.get(values.size() == 1 ? 0 : j);
        }
        return spread;
    }
}
