package dev.rondo.tape;

import dev.rondo.op.Activation;
import dev.rondo.op.LossOp;
import dev.rondo.tensor.Mask;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Losses of predictions against targets: each is a `[1, 1]` value, `scale * sum` over all elements or rows.
///
/// `scale` (or a [Weighing], where rows count differently) is one over the number of elements (or rows) of the whole batch, so that slices of a batch add up; [#mean] gives it
/// for a batch in one piece. After a sigmoid or a softmax the cross-entropies go back to the logits, which loses no precision.
public final class LossOps {
    private LossOps() {}

    /// Computes a loss from predictions and adds its gradient.
    private interface Term {
        double apply(float[] x, float @Nullable [] dx);
    }

    /// A loss against numbers.
    private interface ValueTerm {
        double apply(int n, float[] x, float[] t, double scale, float @Nullable [] dx);
    }

    /// A loss against classes.
    private interface ClassTerm {
        double apply(int rows, float[] x, int[] classes, double scale, float @Nullable [] dx);
    }

    /// How much terms count.
    ///
    /// @param scale of all
    /// @param rows of each row besides, null for 1
    public record Weighing(double scale, float @Nullable [] rows) {
        /// All rows alike.
        public static Weighing all(double scale) {
            return new Weighing(scale, null);
        }
    }

    /// Binary cross-entropy of probabilities.
    ///
    /// @param p probabilities `[rows, C]`
    /// @param t targets in [0, 1], row by row
    public static Var binaryCrossentropy(Var p, float[] t, double scale) {
        return binaryCrossentropy(p, t, Weighing.all(scale));
    }

    /// Binary cross-entropy of probabilities.
    public static Var binaryCrossentropy(Var p, float[] t, Weighing weighing) {
        Var logits = p.logits();
        return logits != null && p.origin() == Activation.SIGMOID ? sigmoidCrossentropy(logits, t, weighing)
                : values(p, t, weighing, LossOp::binaryCrossEntropy);
    }

    /// Binary cross-entropy of logits.
    public static Var sigmoidCrossentropy(Var logits, float[] t, double scale) {
        return sigmoidCrossentropy(logits, t, Weighing.all(scale));
    }

    /// Binary cross-entropy of logits.
    public static Var sigmoidCrossentropy(Var logits, float[] t, Weighing weighing) {
        return values(logits, t, weighing, LossOp::sigmoidCrossEntropy);
    }

    /// Cross-entropy of class probabilities.
    ///
    /// @param p probabilities `[rows, classes]`
    /// @param classes the class of each row
    public static Var categoricalCrossentropy(Var p, int[] classes, double scale) {
        return categoricalCrossentropy(p, classes, 0, Weighing.all(scale));
    }

    /// Cross-entropy of class probabilities.
    ///
    /// @param smoothing how much of each target goes to all classes, in [0, 1]
    public static Var categoricalCrossentropy(Var p, int[] classes, double smoothing, Weighing weighing) {
        if (smoothing == 0 && weighing.rows == null && ClassLoss.suits(p)) {
            return blockwise(p, classes, weighing.scale);
        }
        Var logits = p.logits();
        if (logits != null && p.origin() == Activation.SOFTMAX) {
            return softmaxCrossentropy(logits, classes, smoothing, weighing);
        }
        int columns = p.columns();
        return classes(p, classes, weighing, (rows, x, t, scale, dx) -> LossOp.categoricalCrossEntropy(rows, columns,
                x, t, smoothing, scale, dx));
    }

    /// Cross-entropy of class probabilities against probabilities.
    ///
    /// @param p probabilities `[rows, classes]`
    /// @param t targets of each class, row by row, with sum 1
    public static Var categoricalCrossentropy(Var p, float[] t, Weighing weighing) {
        Var logits = p.logits();
        if (logits != null && p.origin() == Activation.SOFTMAX) {
            return softmaxCrossentropy(logits, t, weighing);
        }
        int columns = p.columns();
        return values(p, t, weighing,
                (n, x, targets, scale, dx) -> LossOp.categoricalCrossEntropy(n / columns, columns, x, targets, scale,
                        dx));
    }

    /// Cross-entropy of logits of classes against probabilities.
    ///
    /// @param t targets of each class, row by row, with sum 1
    public static Var softmaxCrossentropy(Var logits, float[] t, Weighing weighing) {
        Tape tape = logits.tape();
        int columns = logits.columns();
        return values(logits, t, weighing, (n, x, targets, scale, dx) -> LossOp.softmaxCrossEntropy(tape.kernels(),
                tape.buffers(), n / columns, columns, x, targets, scale, dx));
    }

    private static Var blockwise(Var p, int[] classes, double scale) {
        ClassLoss loss = ClassLoss.of(List.of(p), List.of(classes), scale);
        for (int part = 0; part < loss.parts(); part++) {
            loss.forward(part);
        }
        Tape tape = p.tape();
        float[] value = tape.buffers().take(1);
        value[0] = (float) loss.join()[0];
        Var out = tape.result(value, 1, 1, null, p.needsGradient());
        tape.record(() -> {
            float[] dLoss = out.gradient();
            if (dLoss != null) {
                loss.prepareBackward(dLoss[0]);
                for (int part = 0; part < loss.parts(); part++) {
                    loss.backward(part);
                }
                loss.pass(0);
            }
        });
        return out;
    }

    /// The sum over the rows of `-log p_class`, without gradient. Costs nothing where the loss was computed before.
    ///
    /// @param p probabilities `[rows, classes]`
    /// @param classes the class of each row
    public static double crossentropySum(Var p, int[] classes) {
        ClassLoss.Measured measured = p.measured();
        if (measured != null && measured.classes() == classes) {
            return measured.crossEntropy();
        }
        if (ClassLoss.suits(p)) {
            ClassLoss loss = ClassLoss.of(List.of(p), List.of(classes), 1);
            for (int part = 0; part < loss.parts(); part++) {
                loss.forward(part);
            }
            return loss.join()[0];
        }
        checkClasses(p, classes);
        Var logits = p.logits();
        return logits != null && p.origin() == Activation.SOFTMAX
                ? LossOp.softmaxCrossEntropy(p.tape().kernels(), p.tape().buffers(), p.rows(), p.columns(),
                        logits.data(), classes, 0, 1, null)
                : LossOp.categoricalCrossEntropy(p.rows(), p.columns(), p.data(), classes, 0, 1, null);
    }

    /// The most probable class of each row, the first of equals. Costs nothing where the loss was computed before.
    ///
    /// @param p probabilities `[rows, classes]`
    public static int[] mostProbable(Var p) {
        ClassLoss.Measured measured = p.measured();
        if (measured != null) {
            return measured.best();
        }
        int[] best = new int[p.rows()];
        float[] y = p.data();
        for (int row = 0; row < best.length; row++) {
            int at = row * p.columns();
            for (int j = 1; j < p.columns(); j++) {
                best[row] = y[at + j] > y[at + best[row]] ? j : best[row];
            }
        }
        return best;
    }

    /// Cross-entropy of logits of classes.
    public static Var softmaxCrossentropy(Var logits, int[] classes, double scale) {
        return softmaxCrossentropy(logits, classes, 0, Weighing.all(scale));
    }

    /// Cross-entropy of logits of classes.
    ///
    /// @param smoothing how much of each target goes to all classes, in [0, 1]
    public static Var softmaxCrossentropy(Var logits, int[] classes, double smoothing, Weighing weighing) {
        Tape tape = logits.tape();
        return classes(logits, classes, weighing, (rows, x, t, scale, dx) -> LossOp.softmaxCrossEntropy(
                tape.kernels(), tape.buffers(), rows, logits.columns(), x, t, smoothing, scale, dx));
    }

    /// Squared error.
    public static Var squaredError(Var x, float[] t, double scale) {
        return squaredError(x, t, Weighing.all(scale));
    }

    /// Squared error.
    public static Var squaredError(Var x, float[] t, Weighing weighing) {
        return values(x, t, weighing, LossOp::squaredError);
    }

    /// Absolute error.
    public static Var absoluteError(Var x, float[] t, double scale) {
        return absoluteError(x, t, Weighing.all(scale));
    }

    /// Absolute error.
    public static Var absoluteError(Var x, float[] t, Weighing weighing) {
        return values(x, t, weighing, LossOp::absoluteError);
    }

    /// Huber's loss: squared up to an error of delta, absolute beyond.
    public static Var huber(Var x, float[] t, double delta, Weighing weighing) {
        return values(x, t, weighing,
                (n, data, targets, scale, dx) -> LossOp.huber(n, data, targets, delta, scale, dx));
    }

    /// The logarithm of the hyperbolic cosine of the error.
    public static Var logCosh(Var x, float[] t, Weighing weighing) {
        return values(x, t, weighing, LossOp::logCosh);
    }

    private static Var values(Var x, float[] t, Weighing weighing, ValueTerm term) {
        checkTargets(x.size(), t.length, x);
        int columns = x.columns();
        return loss(x, weighing, (data, dx) -> term.apply(x.size(), data, t, weighing.scale, dx),
                (row, data, scale, dx) -> term.apply(columns, data,
                        Arrays.copyOfRange(t, row * columns, (row + 1) * columns), scale, dx));
    }

    private static Var classes(Var x, int[] classes, Weighing weighing, ClassTerm term) {
        checkClasses(x, classes);
        return loss(x, weighing, (data, dx) -> term.apply(x.rows(), data, classes, weighing.scale, dx),
                (row, data, scale, dx) -> term.apply(1, data, new int[] {classes[row]}, scale, dx));
    }

    /// The loss of one row.
    private interface RowTerm {
        double apply(int row, float[] x, double scale, float @Nullable [] dx);
    }

    /// All rows at once where they count alike, else one by one.
    private static Var loss(Var x, Weighing weighing, Term all, RowTerm one) {
        float[] weights = weighing.rows;
        if (weights == null) {
            return loss(x, all);
        }
        if (weights.length < x.rows()) {
            throw new IllegalArgumentException(
                    "a prediction of shape " + x + " needs " + x.rows() + " weights, not " + weights.length);
        }
        Tape tape = x.tape();
        int columns = x.columns();
        float[] row = tape.buffers().take(columns);
        return loss(x, (data, dx) -> {
            double sum = 0;
            float[] d = dx == null ? null : tape.buffers().take(columns);
            for (int r = 0; r < x.rows(); r++) {
                System.arraycopy(data, r * columns, row, 0, columns);
                if (d != null) {
                    Arrays.fill(d, 0, columns, 0f);
                }
                sum += one.apply(r, row, weighing.scale * weights[r], d);
                if (d != null && dx != null) {
                    System.arraycopy(d, 0, dx, r * columns, columns);
                }
            }
            return sum;
        });
    }

    /// The rows of a prediction that count in its mask, one below the other; a value without a mask as it is.
    public static Var counting(Var prediction) {
        Mask mask = prediction.mask();
        if (mask == null) {
            return prediction;
        }
        int[] rows = mask.rows();
        Var logits = prediction.logits();
        Var some = Ops.pick(prediction, rows, null);
        Activation origin = prediction.origin();
        return logits == null || origin == null ? some : some.withLogits(Ops.pick(logits, rows, null), origin);
    }

    /// The scale that makes a loss the mean over all elements of a prediction.
    public static double mean(Var prediction) {
        return 1.0 / prediction.size();
    }

    /// The gradient is computed with the loss, while the predictions are in the cache, and scaled when it is known what for.
    private static Var loss(Var x, Term term) {
        Tape tape = x.tape();
        float[] dx = tape.isRecording() && x.needsGradient() ? tape.buffers().zeros(x.size()) : null;
        float[] value = tape.buffers().take(1);
        value[0] = (float) term.apply(x.data(), dx);
        Var out = tape.result(value, 1, 1, null, x.needsGradient());
        tape.record(() -> {
            float[] dLoss = out.gradient();
            float[] sum = x.gradientToAdd();
            if (dLoss != null && dx != null && sum != null) {
                tape.kernels().axpy(x.size(), dLoss[0], dx, 0, sum, 0);
            }
        });
        return out;
    }

    private static void checkTargets(int expected, int actual, Var x) {
        if (actual < expected) {
            throw new IllegalArgumentException(
                    "a prediction of shape " + x + " needs " + expected + " targets, not " + actual);
        }
    }

    static void checkClasses(Var x, int[] classes) {
        checkTargets(x.rows(), classes.length, x);
        for (int row = 0; row < x.rows(); row++) {
            if (classes[row] < 0 || classes[row] >= x.columns()) {
                throw new IllegalArgumentException(
                        "class " + classes[row] + " of row " + row + " is not in [0, " + x.columns()
                                + "); give the last layer one unit for each class");
            }
        }
    }
}
