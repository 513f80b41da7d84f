package dev.rondo.nn.window;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.WindowOps;

/// Steps of zeros before and after each sequence: `[B, T, F]` to `[B, before + T + after, F]`.
///
/// @param before steps before the first one, at least 0
/// @param after steps after the last one, at least 0
public record ZeroPadding(int before, int after) implements Layer {
    /// @throws IllegalArgumentException if a number is negative
    public ZeroPadding {
        if (before < 0 || after < 0) {
            throw new IllegalArgumentException("zero_padding1d: padding is " + before + " and " + after
                    + "; it must be at least 0 (Cropping drops steps)");
        }
    }

    /// As many steps at both ends.
    public static ZeroPadding of(int steps) {
        return new ZeroPadding(steps, steps);
    }

    @Override
    public String kind() {
        return "zero_padding1d";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.sequence(where, input);
        int steps = Checks.sum(where, input.steps(), before, after);
        Signature output = input.hasSteps() ? input.steps(steps) : input;
        return new Pass(output, x -> WindowOps.pad(x, before, after));
    }
}
