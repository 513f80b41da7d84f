package dev.rondo.nn;

import dev.rondo.tape.Ops;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;

/// Masks the steps all of whose features are one value: `[B, T, F]` to itself. Masked steps become zero.
///
/// @param value the value that marks a step as padding, 0 by default
public record Masking(float value) implements Layer {
    /// A layer that masks steps of that value.
    public static Masking of(float value) {
        return new Masking(value);
    }

    @Override
    public String kind() {
        return "masking";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.sequence("masking \"" + name + "\"", input);
        return new Pass(input, this::mask);
    }

    private Var mask(Var x) {
        Steps steps = x.steps();
        float[] data = x.data();
        int width = x.columns();
        boolean[] rows = new boolean[x.rows()];
        int[] from = new int[rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int j = 0; j < width; j++) {
                rows[row] |= data[row * width + j] != value;
            }
            from[row] = rows[row] ? row : -1;
        }
        Mask mask = Mask.of(steps, rows);
        return (mask.isFull() ? x : Ops.pick(x, from, steps)).withMask(Mask.and(x.mask(), mask));
    }
}
