package dev.rondo.nn.window;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.WindowOps;

/// Each step several times: `[B, T, F]` to `[B, T * size, F]`.
///
/// @param size how often, at least 1, 2 by default
public record UpSampling(int size) implements Layer {
    /// @throws IllegalArgumentException if the size is less than 1
    public UpSampling {
        Checks.positive("up_sampling1d", "size", size);
    }

    /// Each step that often.
    public static UpSampling of(int size) {
        return new UpSampling(size);
    }

    @Override
    public String kind() {
        return "up_sampling1d";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.sequence(where, input);
        Signature output = input.hasSteps() ? input.steps(Checks.product(where, input.steps(), size)) : input;
        return new Pass(output, x -> WindowOps.repeatSteps(x, size));
    }
}
