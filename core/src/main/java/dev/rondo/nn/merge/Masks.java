package dev.rondo.nn.merge;

import dev.rondo.tape.Ops;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
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

    /// The rows of one value where a mask counts, and of another elsewhere.
    ///
    /// @param otherwise of the same rows and columns, null for zeros
    static Var where(Mask mask, Var counting, @Nullable Var otherwise) {
        Var kept = rows(mask, counting);
        return otherwise == null ? kept : Ops.sum(kept, rows(not(mask), otherwise), 1);
    }

    /// The rows that a mask leaves out.
    static Mask not(Mask mask) {
        boolean[] rows = new boolean[mask.steps().total()];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = !mask.counts(row);
        }
        return Mask.of(mask.steps(), rows);
    }

    private static Var rows(Mask mask, Var x) {
        int[] from = new int[x.rows()];
        Arrays.setAll(from, row -> mask.counts(row) ? row : -1);
        return Ops.pick(x, from, mask.steps());
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
