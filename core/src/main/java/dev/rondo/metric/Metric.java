package dev.rondo.metric;

import dev.rondo.data.Batch;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.Var;

/// A measure that is a mean over predictions.
public enum Metric {
    /// The share of right classes: the largest of a row, or for numbers `p > 1/2` where the target is 1.
    ACCURACY,
    /// The mean of `|y - t|`.
    MEAN_ABSOLUTE_ERROR,
    /// `e` to the mean of `-log p_class`: among how many equally probable classes a model is as much at a loss.
    PERPLEXITY;

    /// The sum over a batch's predictions that count in the mask; [#of] makes the measure of it.
    ///
    /// @throws IllegalArgumentException if the targets are missing or of the wrong kind
    public double sum(Var prediction, Batch batch) {
        return counted(LossOps.counting(prediction), batch.counting(prediction.mask(), prediction.columns()));
    }

    private double counted(Var prediction, Batch batch) {
        int[] classes = batch.classes();
        if (classes != null) {
            return switch (this) {
                case ACCURACY -> right(prediction, classes);
                case PERPLEXITY -> LossOps.crossentropySum(prediction, classes);
                case MEAN_ABSOLUTE_ERROR -> 0;
            };
        }
        float[] values = batch.values();
        if (values == null || this == PERPLEXITY) {
            throw new IllegalArgumentException(
                    "metric " + id() + " needs " + (this == PERPLEXITY ? "classes as " : "") + "targets");
        }
        float[] y = prediction.data();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += this == ACCURACY ? (y[i] > 0.5f) == (values[i] > 0.5f) ? 1 : 0 : Math.abs((double) y[i] - values[i]);
        }
        return sum;
    }

    private static int right(Var prediction, int[] classes) {
        int[] best = LossOps.mostProbable(prediction);
        int right = 0;
        for (int row = 0; row < classes.length; row++) {
            right += best[row] == classes[row] ? 1 : 0;
        }
        return right;
    }

    /// The measure.
    ///
    /// @param sum the sums of all batches
    /// @param count what the measure is a mean over, of all batches
    public double of(double sum, double count) {
        return this == PERPLEXITY ? Math.exp(sum / count) : sum / count;
    }

    /// The place of the largest of `columns` numbers from `at` on, the first of equals.
    public static int best(float[] y, int at, int columns) {
        int best = 0;
        for (int j = 1; j < columns; j++) {
            if (y[at + j] > y[at + best]) {
                best = j;
            }
        }
        return best;
    }

    /// What the measure is a mean over.
    public static int count(Batch batch) {
        int[] classes = batch.classes();
        float[] values = batch.values();
        return classes != null ? classes.length : values != null ? values.length : 0;
    }

    /// The name in logs and in Keras, such as `accuracy`.
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
