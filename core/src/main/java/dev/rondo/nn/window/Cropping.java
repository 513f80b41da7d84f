package dev.rondo.nn.window;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.WindowOps;

/// Drops steps at both ends of each sequence: `[B, T, F]` to `[B, T - before - after, F]`.
///
/// @param before steps to drop at the start, at least 0
/// @param after steps to drop at the end, at least 0
public record Cropping(int before, int after) implements Layer {
    /// @throws IllegalArgumentException if a number is negative
    public Cropping {
        if (before < 0 || after < 0) {
            throw new IllegalArgumentException("cropping1d: cropping is " + before + " and " + after
                    + "; it must be at least 0 (ZeroPadding adds steps)");
        }
    }

    /// As many steps at both ends.
    public static Cropping of(int steps) {
        return new Cropping(steps, steps);
    }

    @Override
    public String kind() {
        return "cropping1d";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.sequence(where, input);
        Signature output = input.hasSteps()
                ? Windows.steps(where, input, input.steps() - Math.min(before, input.steps()) - after) : input;
        return new Pass(output, x -> WindowOps.pad(x, -before, -after));
    }
}
