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
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Several values of the same shape become one, element by element.
///
/// A vector, or a sequence of one step, counts for every step of the others, and a single column for all columns. The result has a mask
/// where all inputs have one: the rows that count in any of them, as in Keras. Products, maxima and minima leave out the rows of each
/// input that do not count; a product of none is zero.
///
/// @param operation what is done with the elements
public record Merge(Operation operation) implements MultiLayer {
    /// What is done with the elements.
    public enum Operation {
        /// `a + b + ...`
        ADD,
        /// `a - b`, of two values
        SUBTRACT,
        /// `a * b * ...`
        MULTIPLY,
        /// `(a + b + ...) / n`
        AVERAGE,
        /// The largest.
        MAXIMUM,
        /// The smallest.
        MINIMUM
    }

    /// The layer of that operation.
    public static Merge of(Operation operation) {
        return new Merge(operation);
    }

    @Override
    public String kind() {
        return operation.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public MultiModule build(String name, List<Signature> inputs, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        inputs.forEach(input -> Checks.numbers(where, input));
        if (inputs.size() < 2 || operation == Operation.SUBTRACT && inputs.size() > 2) {
            throw new IllegalArgumentException(where + " takes " + (operation == Operation.SUBTRACT ? "two inputs, not "
                    : "two or more inputs, not ") + inputs.size());
        }
        return new Elements(operation, output(where, inputs));
    }

    private static Signature output(String where, List<Signature> inputs) {
        int features = inputs.stream().mapToInt(Signature::features).max().orElseThrow();
        boolean sequence = inputs.stream().anyMatch(Signature::isSequence);
        int steps = Signature.ANY;
        boolean single = true;
        for (Signature input : inputs) {
            if (input.features() != 1 && input.features() != features) {
                throw new IllegalArgumentException(where + " cannot merge values of " + inputs
                        + "; they need the same number of features, or one");
            }
            if (input.isSequence() && input.steps() != 1) {
                single = false;
                if (steps != Signature.ANY && input.hasSteps() && input.steps() != steps) {
                    throw new IllegalArgumentException(where + " cannot merge sequences of " + inputs
                            + "; they need the same number of steps, or one");
                }
                steps = input.hasSteps() ? input.steps() : steps;
            }
        }
        return sequence ? Signature.sequence(features).steps(single ? 1 : steps) : Signature.vector(features);
    }

    private record Elements(Operation operation, Signature output) implements MultiModule {
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
            Steps steps = Masks.longest(inputs);
            Var result = null;
            Mask there = null;
            for (Var input : inputs) {
                Var next = MergeOps.widen(steps == null ? input : MergeOps.spread(input, steps), output.features());
                Mask own = fitting(input.mask(), steps);
                if (result == null) {
                    result = next;
                    there = own;
                } else {
                    result = leavesOut() ? present(result, there, next, own) : pair(result, next);
                    there = there == null || own == null ? null : there.or(own);
                }
            }
            Var merged = Objects.requireNonNull(result);
            if (operation == Operation.AVERAGE) {
                merged = MergeOps.scale(merged, 1f / inputs.size());
            }
            if (operation == Operation.MULTIPLY && there != null) {
                merged = Masks.where(there, merged, null);
            }
            return List.of(merged.withMask(fitting(Masks.any(inputs), steps)));
        }

        private static @Nullable Mask fitting(@Nullable Mask mask, @Nullable Steps steps) {
            return mask != null && mask.steps().equals(steps) ? mask : null;
        }

        /// Whether rows that do not count are left out of the operation.
        private boolean leavesOut() {
            return switch (operation) {
                case ADD, SUBTRACT, AVERAGE -> false;
                case MULTIPLY, MAXIMUM, MINIMUM -> true;
            };
        }

        /// Both where both count, else the one that counts, else the first.
        private Var present(Var a, @Nullable Mask ofA, Var b, @Nullable Mask ofB) {
            Var both = pair(a, b);
            Var withoutB = ofB == null ? both : Masks.where(ofB, both, a);
            // Where neither counts the first stays.
            return ofA == null ? withoutB : Masks.where(ofB == null ? ofA : ofA.or(Masks.not(ofB)), withoutB, b);
        }

        private Var pair(Var a, Var b) {
            return switch (operation) {
                case ADD, AVERAGE -> Ops.sum(a, b, 1);
                case SUBTRACT -> MergeOps.difference(a, b);
                case MULTIPLY -> Ops.product(a, b);
                case MAXIMUM -> MergeOps.extremum(a, b, 1);
                case MINIMUM -> MergeOps.extremum(a, b, -1);
            };
        }
    }
}
