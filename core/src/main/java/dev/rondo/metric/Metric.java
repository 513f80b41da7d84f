package dev.rondo.metric;

import dev.rondo.data.Goal;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.Var;
import java.util.stream.IntStream;

/// A measure that is a mean over predictions.
public enum Metric {
    /// The share of right classes: the largest of a row, or for numbers `p > 1/2` where the target is 1.
    ACCURACY,
    /// The share of rows whose largest number is where the largest target is: for one-hot targets.
    CATEGORICAL_ACCURACY,
    /// The mean of `|y - t|`.
    MEAN_ABSOLUTE_ERROR,
    /// `e` to the mean of `-log p_class`: among how many equally probable classes a model is as much at a loss.
    PERPLEXITY;

    /// The sum over a batch's predictions that count in the mask; [#of] makes the measure of it.
    ///
    /// @throws IllegalArgumentException if the targets are missing or of the wrong kind
    public double sum(Var prediction, Goal goal) {
        return counted(LossOps.counting(prediction), goal.counting(prediction.mask(), prediction.columns()));
    }

    private double counted(Var prediction, Goal goal) {
        int[] classes = goal.classes();
        if (classes != null) {
            return switch (this) {
                case ACCURACY, CATEGORICAL_ACCURACY -> right(prediction, classes);
                case PERPLEXITY -> LossOps.crossentropySum(prediction, classes);
                case MEAN_ABSOLUTE_ERROR -> throw new IllegalArgumentException("metric " + id()
                        + " needs numbers as targets, but the data has classes; use " + ACCURACY.id()
                        + ", or Targets.values");
            };
        }
        float[] values = goal.values();
        if (values == null || this == PERPLEXITY) {
            throw new IllegalArgumentException(
                    "metric " + id() + " needs " + (this == PERPLEXITY ? "classes as " : "") + "targets");
        }
        if (this == CATEGORICAL_ACCURACY) {
            return right(prediction, IntStream.range(0, goal.rows())
                    .map(row -> best(values, row * goal.width(), goal.width())).toArray());
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

    /// What the measure is a mean over: the numbers or rows that count in the mask.
    public int count(Var prediction, Goal goal) {
        int rows = goal.rows(prediction.mask());
        return this == CATEGORICAL_ACCURACY ? rows : rows * goal.width();
    }

    /// The name in logs and in Keras, such as `accuracy`.
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
