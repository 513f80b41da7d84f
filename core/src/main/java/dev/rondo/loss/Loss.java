package dev.rondo.loss;

import dev.rondo.data.Batch;
import dev.rondo.tape.ClassLoss;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.LossOps.Weighing;
import dev.rondo.tape.Var;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What training makes small, with Keras's names: the mean over all elements (or rows, for classes) of a batch that
/// count in the mask of the prediction.
///
/// ```java
/// Trainer.of(model).loss(Loss.HUBER.delta(0.5))
/// ```
///
/// @param kind what is computed
/// @param delta where Huber's loss turns from squared to absolute, above 0, 1 by default; of no matter to the others
/// @param labelSmoothing how much of each target of a cross-entropy goes to all classes alike, in [0, 1), 0 by default (Szegedy et al.
///        2016)
public record Loss(Kind kind, double delta, double labelSmoothing) {
    /// What is computed.
    public enum Kind {
        /// See [Loss#BINARY_CROSSENTROPY].
        BINARY_CROSSENTROPY,
        /// See [Loss#SPARSE_CATEGORICAL_CROSSENTROPY].
        SPARSE_CATEGORICAL_CROSSENTROPY,
        /// See [Loss#MEAN_SQUARED_ERROR].
        MEAN_SQUARED_ERROR,
        /// See [Loss#MEAN_ABSOLUTE_ERROR].
        MEAN_ABSOLUTE_ERROR,
        /// See [Loss#HUBER].
        HUBER,
        /// See [Loss#LOG_COSH].
        LOG_COSH
    }

    /// `-t log p - (1 - t) log(1 - p)`, for predictions p in (0, 1) of a sigmoid and targets t in [0, 1].
    public static final Loss BINARY_CROSSENTROPY = new Loss(Kind.BINARY_CROSSENTROPY, 1, 0);
    /// `-log p_class`, for rows of probabilities p of a softmax and classes as integers.
    public static final Loss SPARSE_CATEGORICAL_CROSSENTROPY = new Loss(Kind.SPARSE_CATEGORICAL_CROSSENTROPY, 1, 0);
    /// `(y - t)^2`
    public static final Loss MEAN_SQUARED_ERROR = new Loss(Kind.MEAN_SQUARED_ERROR, 1, 0);
    /// `|y - t|`
    public static final Loss MEAN_ABSOLUTE_ERROR = new Loss(Kind.MEAN_ABSOLUTE_ERROR, 1, 0);
    /// `(y - t)^2 / 2` up to an error of delta, `delta (|y - t| - delta / 2)` beyond (Huber 1964).
    public static final Loss HUBER = new Loss(Kind.HUBER, 1, 0);
    /// `log cosh(y - t)`
    public static final Loss LOG_COSH = new Loss(Kind.LOG_COSH, 1, 0);

    /// @throws IllegalArgumentException if delta is not positive, labelSmoothing is not in [0, 1), or the loss has no labels to smooth
    public Loss {
        if (!(delta > 0)) {
            throw new IllegalArgumentException("loss " + id(kind) + ": delta is " + delta + "; it must be above 0");
        }
        boolean labels = kind == Kind.BINARY_CROSSENTROPY || kind == Kind.SPARSE_CATEGORICAL_CROSSENTROPY;
        if (!(labelSmoothing >= 0 && labelSmoothing < 1) || labelSmoothing > 0 && !labels) {
            throw new IllegalArgumentException("loss " + id(kind) + ": labelSmoothing is " + labelSmoothing
                    + "; it must be from 0 to below 1, and 0 where there are no labels");
        }
    }

    /// Huber's loss with another delta.
    public Loss delta(double delta) {
        return new Loss(kind, delta, labelSmoothing);
    }

    /// A cross-entropy with smoothed labels.
    public Loss labelSmoothing(double labelSmoothing) {
        return new Loss(kind, delta, labelSmoothing);
    }

    /// The loss of a prediction against a batch's targets, as a value on the prediction's tape.
    ///
    /// @param scale one over [#count] of the whole batch, of which this may be a slice
    /// @throws IllegalArgumentException if the targets are of the wrong kind or number for the prediction
    public Var of(Var prediction, Batch batch, double scale) {
        return counted(LossOps.counting(prediction), batch.counting(prediction.mask(), prediction.columns()), scale);
    }

    private Var counted(Var prediction, Batch batch, double scale) {
        Weighing all = Weighing.all(scale);
        return switch (kind) {
            case BINARY_CROSSENTROPY -> LossOps.binaryCrossentropy(prediction, smoothed(values(batch)), all);
            case MEAN_SQUARED_ERROR -> LossOps.squaredError(prediction, values(batch), all);
            case MEAN_ABSOLUTE_ERROR -> LossOps.absoluteError(prediction, values(batch), all);
            case HUBER -> LossOps.huber(prediction, values(batch), delta, all);
            case LOG_COSH -> LossOps.logCosh(prediction, values(batch), all);
            case SPARSE_CATEGORICAL_CROSSENTROPY ->
                LossOps.categoricalCrossentropy(prediction, classes(batch), labelSmoothing, all);
        };
    }

    /// Whether the loss of this prediction is better computed for all slices of a batch together, by [ClassLoss].
    public boolean joinsSlices(Var prediction) {
        return kind == Kind.SPARSE_CATEGORICAL_CROSSENTROPY && labelSmoothing == 0 && prediction.mask() == null
                && ClassLoss.suits(prediction);
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

    /// What the loss is a mean over: the number targets or the classes of a batch that count in the mask of the prediction.
    public int count(Var prediction, Batch batch) {
        return count(batch.counting(prediction.mask(), prediction.columns()));
    }

    /// The number targets or the classes of a batch.
    public int count(Batch batch) {
        return kind == Kind.SPARSE_CATEGORICAL_CROSSENTROPY ? classes(batch).length : values(batch).length;
    }

    private float[] smoothed(float[] targets) {
        if (labelSmoothing == 0) {
            return targets;
        }
        float[] smoothed = new float[targets.length];
        for (int i = 0; i < smoothed.length; i++) {
            smoothed[i] = (float) (targets[i] * (1 - labelSmoothing) + labelSmoothing / 2);
        }
        return smoothed;
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
        return id(kind);
    }

    private static String id(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /// The loss of that name with its defaults; Keras's short names `mse`, `mae` and `logcosh` are understood too.
    ///
    /// @throws IllegalArgumentException if there is none; the message lists all
    public static Loss of(String name) {
        String wanted = switch (name.toLowerCase(Locale.ROOT)) {
            case "mse" -> id(Kind.MEAN_SQUARED_ERROR);
            case "mae" -> id(Kind.MEAN_ABSOLUTE_ERROR);
            case "logcosh" -> id(Kind.LOG_COSH);
            default -> name.toLowerCase(Locale.ROOT);
        };
        return Arrays.stream(Kind.values()).filter(kind -> id(kind).equals(wanted)).findFirst()
                .map(kind -> new Loss(kind, 1, 0))
                .orElseThrow(() -> new IllegalArgumentException("loss \"" + name + "\" is not known; use one of "
                        + Arrays.stream(Kind.values()).map(Loss::id).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return id();
    }
}
