package dev.rondo.nn.shape;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.ShapeOps;
import java.util.List;

/// Steps become columns and columns steps: `[B, T, F]` to `[B, F, T]`, T being known.
///
/// @param dims the order of the axes after the batch, counted from 1: `[2, 1]`, or `[1, 2]` which changes nothing
public record Permute(List<Integer> dims) implements Layer {
    /// @throws IllegalArgumentException if it is no order of two axes
    public Permute {
        dims = List.copyOf(dims);
        if (!dims.equals(List.of(1, 2)) && !dims.equals(List.of(2, 1))) {
            throw new IllegalArgumentException("permute: dims is " + dims + "; it must be [2, 1] or [1, 2]");
        }
    }

    /// The layer that changes steps for columns.
    public static Permute of() {
        return new Permute(List.of(2, 1));
    }

    @Override
    public String kind() {
        return "permute";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.sequence(where, input);
        if (dims.getFirst() == 1) {
            return new Pass(input, x -> x.withMask(null));
        }
        Checks.steps(where, input);
        return new Pass(Signature.sequence(input.steps()).steps(input.features()), ShapeOps::transpose);
    }
}
