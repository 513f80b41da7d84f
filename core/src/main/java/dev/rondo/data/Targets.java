package dev.rondo.data;

/// What a model is to predict: numbers or classes, for each sample or for each step.
///
/// Arrays are kept, not copied; they are only read.
public sealed interface Targets {
    /// The number of samples.
    int size();

    /// Whether there is a target for each step.
    boolean perStep();

    /// Numbers: probabilities of a yes, or quantities.
    ///
    /// @param values for each sample `width` numbers, or `length * width` if there are targets for each step
    /// @param width numbers a row of the prediction
    /// @param perStep whether there is a row for each step
    record Values(float[][] values, int width, boolean perStep) implements Targets {
        /// @throws IllegalArgumentException if a number is not finite
        public Values {
            for (int i = 0; i < values.length; i++) {
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
    }

    /// Classes, from 0.
    ///
    /// @param classes for each sample one class, or one for each step
    /// @param perStep whether there is one for each step
    record Classes(int[][] classes, boolean perStep) implements Targets {
        @Override
        public int size() {
            return classes.length;
        }
    }

    /// One number a sample.
    static Targets values(float[] values) {
        float[][] rows = new float[values.length][];
        for (int i = 0; i < values.length; i++) {
            rows[i] = new float[] {values[i]};
        }
        return new Values(rows, 1, false);
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
    static Targets values(float[][] values) {
        return new Values(values, values.length == 0 ? 1 : values[0].length, false);
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
