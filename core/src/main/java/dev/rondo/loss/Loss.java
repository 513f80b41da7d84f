package dev.rondo.loss;

import dev.rondo.data.Batch;
import dev.rondo.data.Goal;
import dev.rondo.tape.ClassLoss;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.LossOps.Weighing;
import dev.rondo.tape.Var;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What training makes small, with Keras's names: the mean over all elements (or rows, for classes) of a batch that
/// count in the mask of the prediction. Where targets have weights, each term is multiplied by that of its row; the mean is over as
/// many elements or rows as without.
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
        /// See [Loss#CATEGORICAL_CROSSENTROPY].
        CATEGORICAL_CROSSENTROPY,
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
    /// `-sum over the classes of t log p`, for rows of probabilities p of a softmax and rows of as many targets t: one-hot, or soft, with
    /// sum 1.
    public static final Loss CATEGORICAL_CROSSENTROPY = new Loss(Kind.CATEGORICAL_CROSSENTROPY, 1, 0);
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
        boolean labels = switch (kind) {
            case BINARY_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY, CATEGORICAL_CROSSENTROPY -> true;
            default -> false;
        };
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

    /// The loss of the prediction of a model with one output, as a value on the prediction's tape.
    ///
    /// @param scale one over [#count] of the whole batch, of which this may be a slice
    /// @throws IllegalArgumentException if the targets are of the wrong kind or number for the prediction
    public Var of(Var prediction, Batch batch, double scale) {
        return of(prediction, batch.goal(), scale);
    }

    /// The loss of a prediction against its targets, as a value on the prediction's tape.
    ///
    /// @param scale one over [#count] of the whole batch, of which this may be a slice
    /// @throws IllegalArgumentException if the targets are of the wrong kind or number for the prediction
    public Var of(Var prediction, Goal goal, double scale) {
        checkRows(prediction, goal);
        return counted(LossOps.counting(prediction), goal.counting(prediction.mask(), prediction.columns()), scale);
    }

    private void checkRows(Var prediction, Goal goal) {
        boolean kinds = goal.classes() != null;
        if (goal.rows() == prediction.rows() && (kinds || goal.width() == prediction.columns())) {
            return;
        }
        throw new IllegalArgumentException("loss " + id() + ": the prediction has " + prediction.rows() + " rows of "
                + prediction.columns() + " numbers, but the targets are " + goal.rows()
                + (kinds ? " classes" : " rows of " + goal.width() + " numbers")
                + "; a row is a step where the layers before return sequences (returnSequences()), else a sample, and the "
                + "last layer needs a unit for each number");
    }

    private Var counted(Var prediction, Goal goal, double scale) {
        Weighing rows = new Weighing(scale, goal.weights());
        return switch (kind) {
            case BINARY_CROSSENTROPY -> LossOps.binaryCrossentropy(prediction, smoothed(values(goal), 2), rows);
            case MEAN_SQUARED_ERROR -> LossOps.squaredError(prediction, values(goal), rows);
            case MEAN_ABSOLUTE_ERROR -> LossOps.absoluteError(prediction, values(goal), rows);
            case HUBER -> LossOps.huber(prediction, values(goal), delta, rows);
            case LOG_COSH -> LossOps.logCosh(prediction, values(goal), rows);
            case SPARSE_CATEGORICAL_CROSSENTROPY ->
                LossOps.categoricalCrossentropy(prediction, classes(goal), labelSmoothing, rows);
            case CATEGORICAL_CROSSENTROPY ->
                LossOps.categoricalCrossentropy(prediction, smoothed(values(goal), goal.width()), rows);
        };
    }

    /// Whether the loss of this prediction is better computed for all slices of a batch together, by [ClassLoss].
    public boolean joinsSlices(Var prediction, Goal goal) {
        return kind == Kind.SPARSE_CATEGORICAL_CROSSENTROPY && labelSmoothing == 0 && goal.weights() == null
                && prediction.mask() == null && ClassLoss.suits(prediction);
    }

    /// The loss of all slices of a batch together.
    ///
    /// @param predictions of each slice, on a tape of its own
    /// @param goals the targets of each slice
    /// @param scale one over [#count] of the whole batch
    /// @throws IllegalArgumentException as [#of(Var, Goal, double)]
    public ClassLoss of(List<Var> predictions, List<Goal> goals, double scale) {
        for (int s = 0; s < predictions.size(); s++) {
            checkRows(predictions.get(s), goals.get(s));
        }
        return ClassLoss.of(predictions, goals.stream().map(this::classes).toList(), scale);
    }

    /// What the loss is a mean over: the numbers, rows or classes of a batch's targets that count in the mask of the prediction.
    public int count(Var prediction, Goal goal) {
        int rows = goal.rows(prediction.mask());
        return isOfRows() ? rows : rows * goal.width();
    }

    /// The numbers, rows or classes of the targets of a batch for a model with one output.
    public int count(Batch batch) {
        return count(batch.goal());
    }

    /// The numbers, rows or classes of a batch's targets.
    ///
    /// @throws IllegalArgumentException if the targets are of the wrong kind
    public int count(Goal goal) {
        return switch (kind) {
            case SPARSE_CATEGORICAL_CROSSENTROPY -> classes(goal).length;
            case CATEGORICAL_CROSSENTROPY -> values(goal).length / goal.width();
            default -> values(goal).length;
        };
    }

    private boolean isOfRows() {
        return kind == Kind.SPARSE_CATEGORICAL_CROSSENTROPY || kind == Kind.CATEGORICAL_CROSSENTROPY;
    }

    private float[] smoothed(float[] targets, int classes) {
        if (labelSmoothing == 0) {
            return targets;
        }
        float[] smoothed = new float[targets.length];
        for (int i = 0; i < smoothed.length; i++) {
            smoothed[i] = (float) (targets[i] * (1 - labelSmoothing) + labelSmoothing / classes);
        }
        return smoothed;
    }

    private float[] values(Goal goal) {
        float[] values = goal.values();
        if (values == null) {
            throw new IllegalArgumentException("loss " + id() + " needs number targets, but the data has classes; use "
                    + SPARSE_CATEGORICAL_CROSSENTROPY.id() + " or Targets.values");
        }
        return values;
    }

    private int[] classes(Goal goal) {
        int[] classes = goal.classes();
        if (classes == null) {
            throw new IllegalArgumentException("loss " + id() + " needs classes, but the data has number targets; use "
                    + CATEGORICAL_CROSSENTROPY.id() + ", " + BINARY_CROSSENTROPY.id() + ", " + MEAN_SQUARED_ERROR.id()
                    + " or Targets.classes");
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
