package dev.rondo.data;

import java.util.Arrays;
import java.util.List;

/// What a model is to predict: numbers or classes, for each sample or for each step, for one output or several.
///
/// Arrays are kept, not copied; they are only read.
public sealed interface Targets {
    /// The number of samples.
    int size();

    /// Whether there is a target for each step.
    boolean perStep();

    /// The number of a sample's targets: one, or one for each step.
    int steps(int sample);

    /// The targets of samples `from` (inclusive) to `to` (exclusive).
    Targets slice(int from, int to);

    /// The targets of each output of a model, in order: these, unless there are several.
    default List<Targets> parts() {
        return List.of(this);
    }

    /// Numbers: probabilities, or quantities.
    ///
    /// @param values for each sample `width` numbers, or `length * width` if there are targets for each step
    /// @param width numbers a row of the prediction
    /// @param perStep whether there is a row for each step
    record Values(float[][] values, int width, boolean perStep) implements Targets {
        /// @throws IllegalArgumentException if width is less than 1, a sample has not as many numbers as that, or a number is not finite
        public Values {
            if (width < 1) {
                throw new IllegalArgumentException("width is " + width + "; a target has at least one number");
            }
            for (int i = 0; i < values.length; i++) {
                if (perStep ? values[i].length % width != 0 : values[i].length != width) {
                    throw new IllegalArgumentException("sample " + i + " has " + values[i].length
                            + " numbers as targets; expected " + width + (perStep ? " for each step" : ""));
                }
                for (float v : values[i]) {
                    if (!Float.isFinite(v)) {
                        throw new IllegalArgumentException(
                                "the target of sample " + i + " is " + v + "; drop samples without a target");
                    }
                }
            }
        }

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public int steps(int sample) {
            return values[sample].length / width;
        }

        @Override
        public Targets slice(int from, int to) {
            return new Values(Arrays.copyOfRange(values, from, to), width, perStep);
        }
    }

    /// Classes, from 0.
    ///
    /// @param classes for each sample one class, or one for each step
    /// @param perStep whether there is one for each step
    record Classes(int[][] classes, boolean perStep) implements Targets {
        /// @throws IllegalArgumentException if a sample has not one class, unless there is one for each step
        public Classes {
            for (int i = 0; i < classes.length; i++) {
                if (!perStep && classes[i].length != 1) {
                    throw new IllegalArgumentException("sample " + i + " has " + classes[i].length
                            + " classes; expected one (for one a step use Targets.classesPerStep)");
                }
            }
        }

        @Override
        public int size() {
            return classes.length;
        }

        @Override
        public int steps(int sample) {
            return classes[sample].length;
        }

        @Override
        public Targets slice(int from, int to) {
            return new Classes(Arrays.copyOfRange(classes, from, to), perStep);
        }
    }

    /// Targets whose losses count differently: as in Keras, the loss is the sum of each target's times its weight, divided by the
    /// number of targets (not by the sum of the weights). Metrics do not see the weights.
    ///
    /// @param targets what is to be predicted
    /// @param weights for each sample one weight, or one for each step, at least 0
    record Weighted(Targets targets, float[][] weights) implements Targets {
        /// @throws IllegalArgumentException if the targets are several or weighted, there are more or fewer weights than targets, or one
        ///         is negative or not finite
        public Weighted {
            if (targets instanceof Weighted || targets instanceof Several) {
                throw new IllegalArgumentException("weights are given once, to the targets of each output by itself");
            }
            if (weights.length != targets.size()) {
                throw new IllegalArgumentException(
                        "there are weights for " + weights.length + " samples but " + targets.size() + " targets");
            }
            for (int i = 0; i < weights.length; i++) {
                int steps = targets.perStep() ? targets.steps(i) : 1;
                if (weights[i].length != 1 && weights[i].length != steps) {
                    throw new IllegalArgumentException("sample " + i + " has " + weights[i].length
                            + " weights; give one" + (targets.perStep() ? ", or one for each of " + steps + " steps"
                                    : ""));
                }
                for (float weight : weights[i]) {
                    if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
                        throw new IllegalArgumentException(
                                "a weight of sample " + i + " is " + weight + "; it must be finite and at least 0");
                    }
                }
            }
        }

        @Override
        public int size() {
            return targets.size();
        }

        @Override
        public boolean perStep() {
            return targets.perStep();
        }

        @Override
        public int steps(int sample) {
            return targets.steps(sample);
        }

        @Override
        public Targets slice(int from, int to) {
            return new Weighted(targets.slice(from, to), Arrays.copyOfRange(weights, from, to));
        }
    }

    /// Targets for each output of a model with several, in the order of the outputs.
    ///
    /// @param parts the targets of each output, none of which are several themselves
    record Several(List<Targets> parts) implements Targets {
        /// @throws IllegalArgumentException if there are none, one is several itself, or they differ in the number of samples
        public Several {
            parts = List.copyOf(parts);
            if (parts.isEmpty()) {
                throw new IllegalArgumentException("a model is trained on at least one output");
            }
            for (Targets part : parts) {
                if (part instanceof Several) {
                    throw new IllegalArgumentException("targets are several themselves; list them all on one level");
                }
                if (part.size() != parts.getFirst().size()) {
                    throw new IllegalArgumentException("the outputs have targets for " + parts.getFirst().size()
                            + " and " + part.size() + " samples; give each sample every target");
                }
            }
        }

        @Override
        public int size() {
            return parts.getFirst().size();
        }

        @Override
        public boolean perStep() {
            return parts.stream().anyMatch(Targets::perStep);
        }

        /// @throws IllegalStateException always, as it may differ from output to output; see [#parts]
        @Override
        public int steps(int sample) {
            throw new IllegalStateException(
                    "there are targets of " + parts.size() + " outputs; ask each for its steps");
        }

        @Override
        public Targets slice(int from, int to) {
            return new Several(parts.stream().map(part -> part.slice(from, to)).toList());
        }
    }

    /// These targets with a weight for each sample, as Keras's `sample_weight`.
    ///
    /// @throws IllegalArgumentException as [Weighted]
    default Targets weighted(float[] weights) {
        return new Weighted(this, column(weights));
    }

    /// These targets with a weight for each step of each sample.
    ///
    /// @throws IllegalArgumentException as [Weighted]
    default Targets weighted(float[][] weights) {
        return new Weighted(this, weights);
    }

    /// These targets with the weight of its class for each, as Keras's `class_weight`. The class of numbers is 0 or 1 where there is
    /// one a row, else the place of the largest.
    ///
    /// @param weights the weight of each class, in order
    /// @throws IllegalArgumentException as [Weighted], or if a class has no weight
    default Targets weightedByClass(float... weights) {
        float[][] all = new float[size()][];
        for (int i = 0; i < all.length; i++) {
            all[i] = new float[steps(i)];
            for (int t = 0; t < all[i].length; t++) {
                int kind = switch (this) {
                    case Classes c -> c.classes[i][t];
                    case Values v -> kind(v.values[i], t * v.width, v.width);
                    default -> throw new IllegalArgumentException(
                            "weights are given once, to the targets of each output by itself");
                };
                if (kind < 0 || kind >= weights.length) {
                    throw new IllegalArgumentException("sample " + i + " is of class " + kind
                            + ", but there are weights for " + weights.length + " classes");
                }
                all[i][t] = weights[kind];
            }
        }
        return new Weighted(this, all);
    }

    private static int kind(float[] values, int at, int width) {
        if (width == 1) {
            return Math.round(values[at]);
        }
        int best = 0;
        for (int j = 1; j < width; j++) {
            best = values[at + j] > values[at + best] ? j : best;
        }
        return best;
    }

    private static float[][] column(float[] values) {
        float[][] rows = new float[values.length][];
        for (int i = 0; i < values.length; i++) {
            rows[i] = new float[] {values[i]};
        }
        return rows;
    }

    /// Targets for each output of a model, in the order of its outputs.
    static Targets several(Targets... parts) {
        return new Several(List.of(parts));
    }

    /// One number a sample.
    ///
    /// @throws IllegalArgumentException if one is not finite
    static Targets values(float[] values) {
        return new Values(column(values), 1, false);
    }

    /// A yes (1) or no (0) for each sample.
    ///
    /// @throws IllegalArgumentException if a label is neither 0 nor 1
    static Targets binary(int[] labels) {
        float[] values = new float[labels.length];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != 0 && labels[i] != 1) {
                throw new IllegalArgumentException("the label of sample " + i + " is " + labels[i]
                        + "; a binary target is 0 or 1 (for more classes use Targets.classes)");
            }
            values[i] = labels[i];
        }
        return values(values);
    }

    /// A row of numbers a sample.
    ///
    /// @throws IllegalArgumentException if rows are empty or have different lengths, or a number is not finite
    static Targets values(float[][] values) {
        return new Values(values, values.length == 0 ? 1 : values[0].length, false);
    }

    /// A row of numbers a step, as `[sample][step][number]`.
    ///
    /// @throws IllegalArgumentException if rows have different lengths
    static Targets valuesPerStep(float[][][] values) {
        // Cut and checked as inputs are.
        var flat = (Inputs.Features) Inputs.features(values);
        return new Values(flat.values(), flat.features(), true);
    }

    /// One class a sample.
    static Targets classes(int[] classes) {
        int[][] rows = new int[classes.length][];
        for (int i = 0; i < classes.length; i++) {
            rows[i] = new int[] {classes[i]};
        }
        return new Classes(rows, false);
    }

    /// One class a step.
    static Targets classesPerStep(int[][] classes) {
        return new Classes(classes, true);
    }
}
