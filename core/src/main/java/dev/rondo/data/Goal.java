package dev.rondo.data;

import dev.rondo.tensor.Mask;
import org.jspecify.annotations.Nullable;

/// What the rows of a batch's prediction are measured against: numbers or classes.
///
/// @param values numbers, `width` for each row, or null
/// @param classes a class for each row, or null
/// @param width numbers a row; 1 for classes
/// @param weights how much the loss of each row counts, or null where all count alike
public record Goal(float @Nullable [] values, int @Nullable [] classes, int width, float @Nullable [] weights) {
    /// These targets with a weight for each row.
    public Goal weighted(float[] weights) {
        return new Goal(values, classes, width, weights);
    }

    /// The number of rows.
    public int rows() {
        return classes != null ? classes.length : values != null ? values.length / width : 0;
    }

    /// The number of rows that count in the mask of a prediction.
    ///
    /// @param mask which rows count, null for all
    public int rows(@Nullable Mask mask) {
        return mask == null || mask.isFull() ? rows() : mask.count();
    }

    /// The targets of some rows only: those that count in the mask of a prediction.
    ///
    /// @param mask which rows of the prediction count, null for all
    /// @param columns numbers a row of the prediction
    /// @throws IllegalArgumentException if the targets are not as many as the prediction's numbers or rows
    public Goal counting(@Nullable Mask mask, int columns) {
        if (mask == null || mask.isFull()) {
            return this;
        }
        int[] rows = mask.rows();
        float[] some = null;
        if (values != null) {
            check(values.length, mask, columns);
            some = pick(values, rows, columns);
        }
        int[] kinds = null;
        if (classes != null) {
            check(classes.length, mask, 1);
            kinds = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                kinds[i] = classes[rows[i]];
            }
        }
        float[] importance = null;
        if (weights != null) {
            check(weights.length, mask, 1);
            importance = pick(weights, rows, 1);
        }
        return new Goal(some, kinds, width, importance);
    }

    private static float[] pick(float[] from, int[] rows, int columns) {
        float[] some = new float[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(from, rows[i] * columns, some, i * columns, columns);
        }
        return some;
    }

    private static void check(int targets, Mask mask, int columns) {
        if (targets != mask.steps().total() * columns) {
            throw new IllegalArgumentException("a prediction of steps " + mask.steps() + " x " + columns + " needs "
                    + mask.steps().total() * columns + " targets, not " + targets);
        }
    }
}
