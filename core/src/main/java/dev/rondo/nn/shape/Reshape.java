package dev.rondo.nn.shape;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.ShapeOps;
import java.util.List;

/// The elements of a sample in another shape, step by step: to `[n]` or `[T, F]`.
///
/// @param target the shape without the batch: one or two axes, of which one may be -1, whatever is left
public record Reshape(List<Integer> target) implements Layer {
    /// @throws IllegalArgumentException if there are not one or two axes, or an axis is neither positive nor the only -1
    public Reshape {
        target = List.copyOf(target);
        long positive = target.stream().filter(axis -> axis > 0).count();
        long open = target.stream().filter(axis -> axis == -1).count();
        if (target.isEmpty() || target.size() > 2 || open > 1 || positive + open != target.size()) {
            throw new IllegalArgumentException("reshape: target is " + target
                    + "; it must be one or two axes (features, or steps and features), one of them perhaps -1");
        }
    }

    /// The shape without the batch.
    public static Reshape of(Integer... target) {
        return new Reshape(List.of(target));
    }

    @Override
    public String kind() {
        return "reshape";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.numbers(where, input);
        if (input.isSequence()) {
            Checks.steps(where, input);
        }
        int size = Checks.product(where, Math.max(input.steps(), 1), input.features());
        int known = 1;
        for (int axis : target) {
            known = axis < 0 ? known : Checks.product(where, known, axis);
        }
        int open = size / known;
        if (target.contains(-1) ? size % known != 0 : size != known) {
            throw new IllegalArgumentException(where + ": the " + size + " elements of its input " + input
                    + " cannot become " + target);
        }
        int last = target.getLast() < 0 ? open : target.getLast();
        if (target.size() == 1) {
            return new Pass(Signature.vector(last), x -> ShapeOps.reshape(x, 0, last));
        }
        int steps = target.getFirst() < 0 ? open : target.getFirst();
        return new Pass(Signature.sequence(last).steps(steps), x -> ShapeOps.reshape(x, steps, last));
    }
}
