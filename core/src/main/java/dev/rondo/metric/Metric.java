package dev.rondo.metric;

import dev.rondo.data.Batch;
import dev.rondo.tape.Var;

/// A measure that is a mean over predictions.
public enum Metric {
    /// The share of right classes: the largest of a row, or for numbers `p > 1/2` where the target is 1.
    ACCURACY,
    /// The mean of `|y - t|`.
    MEAN_ABSOLUTE_ERROR;

    /// The sum over a batch's predictions; divide by [#count] for the measure.
    public double sum(Var prediction, Batch batch) {
        float[] y = prediction.data();
        int[] classes = batch.classes();
        float[] values = batch.values();
        if (classes != null) {
            return this == ACCURACY ? right(y, classes, prediction.columns()) : 0;
        }
        if (values == null) {
            throw new IllegalArgumentException("metric " + id() + " needs targets");
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += this == ACCURACY ? (y[i] > 0.5f) == (values[i] > 0.5f) ? 1 : 0 : Math.abs((double) y[i] - values[i]);
        }
        return sum;
    }

    private static int right(float[] y, int[] classes, int columns) {
        int right = 0;
        for (int row = 0; row < classes.length; row++) {
            right += best(y, row * columns, columns) == classes[row] ? 1 : 0;
        }
        return right;
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
