package dev.rondo.nn.merge;

import dev.rondo.nn.Checks;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.MultiModule;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.MergeOps;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;

/// Several values become one: features side by side, or steps one after another.
///
/// Side by side the result has a mask where all inputs have one: the rows that count in any of them. One after another each part keeps
/// its own, as in Keras.
///
/// @param axis what grows: -1 (the default) or 2 for features, 1 for steps (for vectors 1 is features too)
public record Concatenate(int axis) implements MultiLayer {
    /// @throws IllegalArgumentException if there is no such axis
    public Concatenate {
        if (axis < -2 || axis == 0 || axis > 2) {
            throw new IllegalArgumentException("concatenate: axis is " + axis
                    + "; it must be -1 or 2 for features, or 1 or -2 for steps");
        }
    }

    /// Features side by side.
    public static Concatenate of() {
        return new Concatenate(-1);
    }

    /// Steps one after another.
    public static Concatenate steps() {
        return new Concatenate(1);
    }

    @Override
    public String kind() {
        return "concatenate";
    }

    @Override
    public boolean isStepwise() {
        return axis == -1 || axis == 2;
    }

    @Override
    public MultiModule build(String name, List<Signature> inputs, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        inputs.forEach(input -> Checks.numbers(where, input));
        if (inputs.isEmpty() || inputs.stream().map(Signature::isSequence).distinct().count() > 1) {
            throw new IllegalArgumentException(where + " cannot put values of " + inputs
                    + " together; they must all be sequences or all be vectors");
        }
        boolean sequences = inputs.getFirst().isSequence();
        if (sequences && (axis == 1 || axis == -2)) {
            return new Joined(true, joined(where, inputs));
        }
        if (!sequences && (axis == 2 || axis == -2)) {
            throw new IllegalArgumentException(where + " has axis " + axis + ", which the vectors " + inputs
                    + " do not have");
        }
        int features = Checks.sum(where, inputs.stream().mapToInt(Signature::features).toArray());
        List<Integer> known = inputs.stream().filter(Signature::hasSteps).map(Signature::steps).distinct().toList();
        if (known.size() > 1) {
            throw new IllegalArgumentException(where + " cannot put sequences of " + inputs
                    + " side by side; they need the same number of steps");
        }
        Signature first = inputs.getFirst().features(features);
        return new Joined(false, known.isEmpty() ? first : first.steps(known.getFirst()));
    }

    private static Signature joined(String where, List<Signature> inputs) {
        if (inputs.stream().map(Signature::features).distinct().count() > 1) {
            throw new IllegalArgumentException(where + " cannot join sequences of " + inputs
                    + "; they need the same number of features");
        }
        boolean known = inputs.stream().allMatch(Signature::hasSteps);
        int steps = known ? Checks.sum(where, inputs.stream().mapToInt(Signature::steps).toArray()) : Signature.ANY;
        return inputs.getFirst().steps(steps);
    }

    private record Joined(boolean overSteps, Signature output) implements MultiModule {
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
            if (overSteps) {
                return List.of(MergeOps.join(inputs));
            }
            Var joined = inputs.getFirst();
            for (Var next : inputs.subList(1, inputs.size())) {
                joined = Ops.concat(joined, next);
            }
            return List.of(joined.withMask(Masks.any(inputs)));
        }
    }
}
