package dev.rondo.loss;

import dev.rondo.data.Batch;
import dev.rondo.tape.ClassLoss;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.Var;
import java.util.List;

/// What training makes small, with Keras's names: the mean over all elements (or rows, for classes) of a batch.
public enum Loss {
    /// `-t log p - (1 - t) log(1 - p)`, for predictions p in (0, 1) of a sigmoid and targets t in [0, 1].
    BINARY_CROSSENTROPY,
    /// `-log p_class`, for rows of probabilities p of a softmax and classes as integers.
    SPARSE_CATEGORICAL_CROSSENTROPY,
    /// `(y - t)^2`
    MEAN_SQUARED_ERROR,
    /// `|y - t|`
    MEAN_ABSOLUTE_ERROR;

    /// The loss of a prediction against a batch's targets, as a value on the prediction's tape.
    ///
    /// @param scale one over [#count] of the whole batch, of which this may be a slice
    /// @throws IllegalArgumentException if the targets are of the wrong kind or number for the prediction
    public Var of(Var prediction, Batch batch, double scale) {
        return switch (this) {
            case BINARY_CROSSENTROPY -> LossOps.binaryCrossentropy(prediction, values(batch), scale);
            case MEAN_SQUARED_ERROR -> LossOps.squaredError(prediction, values(batch), scale);
            case MEAN_ABSOLUTE_ERROR -> LossOps.absoluteError(prediction, values(batch), scale);
            case SPARSE_CATEGORICAL_CROSSENTROPY -> LossOps.categoricalCrossentropy(prediction, classes(batch), scale);
        };
    }

    /// Whether the loss of this prediction is better computed for all slices of a batch together, by [ClassLoss].
    public boolean joinsSlices(Var prediction) {
        return this == SPARSE_CATEGORICAL_CROSSENTROPY && ClassLoss.suits(prediction);
    }

    /// The loss of all slices of a batch together.
    ///
    /// @param predictions of each slice, on a tape of its own
    /// @param batches the slices
    /// @param scale one over [#count] of the whole batch
    /// @throws IllegalArgumentException as [#of(Var, Batch, double)]
    public ClassLoss of(List<Var> predictions, List<Batch> batches, double scale) {
        return ClassLoss.of(predictions, batches.stream().map(this::classes).toList(), scale);
    }

    /// What the loss is a mean over: the number targets or the classes of a batch.
    public int count(Batch batch) {
        return this == SPARSE_CATEGORICAL_CROSSENTROPY ? classes(batch).length : values(batch).length;
    }

    private float[] values(Batch batch) {
        float[] values = batch.values();
        if (values == null) {
            throw new IllegalArgumentException("loss " + id() + " needs number targets, but the data has classes; use "
                    + SPARSE_CATEGORICAL_CROSSENTROPY.id() + " or Targets.values");
        }
        return values;
    }

    private int[] classes(Batch batch) {
        int[] classes = batch.classes();
        if (classes == null) {
            throw new IllegalArgumentException("loss " + id() + " needs classes, but the data has number targets; use "
                    + BINARY_CROSSENTROPY.id() + ", " + MEAN_SQUARED_ERROR.id() + " or Targets.classes");
        }
        return classes;
    }

    /// The name in model files and in Keras, such as `binary_crossentropy`.
    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /// The loss of that name; Keras's short names `mse` and `mae` are understood too.
    ///
    /// @throws IllegalArgumentException if there is none; the message lists all
    public static Loss of(String name) {
        return switch (name.toLowerCase(java.util.Locale.ROOT)) {
            case "binary_crossentropy" -> BINARY_CROSSENTROPY;
            case "sparse_categorical_crossentropy" -> SPARSE_CATEGORICAL_CROSSENTROPY;
            case "mean_squared_error", "mse" -> MEAN_SQUARED_ERROR;
            case "mean_absolute_error", "mae" -> MEAN_ABSOLUTE_ERROR;
            default ->
                throw new IllegalArgumentException("loss \"" + name + "\" is not known; use binary_crossentropy, "
                        + "sparse_categorical_crossentropy, mean_squared_error or mean_absolute_error");
        };
    }
}
