package dev.rondo.nn.merge;

import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The steps and masks of several inputs.
final class Masks {
    private Masks() {}

    /// The layout with the most steps, null if there are only vectors.
    static @Nullable Steps longest(List<Var> inputs) {
        Steps longest = null;
        for (Var input : inputs) {
            Steps steps = input.layout();
            if (steps != null && (longest == null || steps.steps() > longest.steps())) {
                longest = steps;
            }
        }
        return longest;
    }

    /// The rows that count in any mask; null, which is all of them, if an input has none.
    static @Nullable Mask any(List<Var> inputs) {
        Mask any = null;
        for (Var input : inputs) {
            Mask mask = input.mask();
            if (mask == null || any != null && !any.steps().equals(mask.steps())) {
                return null;
            }
            any = any == null ? mask : any.or(mask);
        }
        return any;
    }
}
