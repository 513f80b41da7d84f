package dev.rondo.nn.merge;

import dev.rondo.nn.Checks;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.MultiModule;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.MergeOps;
import dev.rondo.tape.NormalizationOps;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.ShapeOps;
import dev.rondo.tape.Var;
import java.util.List;

/// The products of two values along an axis of each: `[B, m, k]` and `[B, k, n]` to `[B, m, n]`, for any of the axes.
///
/// Sequences need one known length. Masks are dropped, as in Keras.
///
/// @param firstAxis the axis of the first input that is summed over: 1 or 2, or -1 for the last
/// @param secondAxis the axis of the second one
/// @param normalize whether both are brought to length 1 along their axis before, false by default
public record Dot(int firstAxis, int secondAxis, boolean normalize) implements MultiLayer {
    /// @throws IllegalArgumentException if there is no such axis
    public Dot {
        if (!List.of(1, 2, -1, -2).containsAll(List.of(firstAxis, secondAxis))) {
            throw new IllegalArgumentException("dot: axes are " + firstAxis + " and " + secondAxis
                    + "; they must be 1 or 2, or -1 or -2 from the end");
        }
    }

    /// Products along the same axis of both.
    public static Dot of(int axis) {
        return new Dot(axis, axis, false);
    }

    @Override
    public String kind() {
        return "dot";
    }

    @Override
    public MultiModule build(String name, List<Signature> inputs, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        if (inputs.size() != 2) {
            throw new IllegalArgumentException(where + " takes two inputs, not " + inputs.size());
        }
        Signature x = inputs.getFirst();
        Signature y = inputs.getLast();
        boolean xSteps = overSteps(where, firstAxis, x);
        boolean ySteps = overSteps(where, secondAxis, y);
        int k = xSteps ? x.steps() : x.features();
        int kOfY = ySteps ? y.steps() : y.features();
        if (k != kOfY) {
            throw new IllegalArgumentException(
                    where + " cannot multiply " + x + " and " + y + " along axes " + firstAxis
                            + " and " + secondAxis + ", which have " + k + " and " + kOfY + " elements");
        }
        int m = xSteps ? x.features() : x.steps();
        int n = ySteps ? y.features() : y.steps();
        Signature output = x.isSequence() && y.isSequence() ? Signature.sequence(n).steps(m)
                : Signature.vector(x.isSequence() ? m : y.isSequence() ? n : 1);
        return new Product(xSteps, ySteps, normalize, output);
    }

    private static boolean overSteps(String where, int axis, Signature input) {
        Checks.numbers(where, input);
        if (!input.isSequence()) {
            if (axis == 2 || axis == -2) {
                throw new IllegalArgumentException(where + ": the vector " + input + " has no axis " + axis);
            }
            return false;
        }
        Checks.steps(where, input);
        return axis == 1 || axis == -2;
    }

    private record Product(boolean xSteps, boolean ySteps, boolean normalize, Signature output) implements MultiModule {
        @Override
        public List<Signature> outputs() {
            return List.of(output);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of();
        }

        @Override
        public List<Var> apply(List<Var> inputs) {
            Var x = inputs.getFirst();
            Var y = inputs.getLast();
            return List.of(normalize
                    ? MergeOps.dot(unit(x, xSteps), xSteps, unit(y, ySteps), ySteps)
                    : MergeOps.dot(x, xSteps, y, ySteps));
        }

        private static Var unit(Var x, boolean overSteps) {
            return overSteps ? ShapeOps.transpose(NormalizationOps.unit(ShapeOps.transpose(x)))
                    : NormalizationOps.unit(x);
        }
    }
}
