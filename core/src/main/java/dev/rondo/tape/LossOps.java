package dev.rondo.tape;

import dev.rondo.op.Activation;
import dev.rondo.op.LossOp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Losses of predictions against targets: each is a `[1, 1]` value, `scale * sum` over all elements or rows.
///
/// `scale` is one over the number of elements (or rows) of the whole batch, so that slices of a batch add up; [#mean] gives it
/// for a batch in one piece. After a sigmoid or a softmax the cross-entropies go back to the logits, which loses no precision.
public final class LossOps {
    private LossOps() {}

    /// Computes a loss from n predictions and adds its gradient.
    private interface Term {
        double apply(float[] x, float @Nullable [] dx);
    }

    /// Binary cross-entropy of probabilities.
    ///
    /// @param p probabilities `[rows, C]`
    /// @param t targets in [0, 1], row by row
    public static Var binaryCrossentropy(Var p, float[] t, double scale) {
        checkTargets(p.size(), t.length, p);
        Var logits = p.logits();
        if (logits != null && p.origin() == Activation.SIGMOID) {
            return sigmoidCrossentropy(logits, t, scale);
        }
        return loss(p, (x, dx) -> LossOp.binaryCrossEntropy(p.size(), x, t, scale, dx));
    }

    /// Binary cross-entropy of logits.
    public static Var sigmoidCrossentropy(Var logits, float[] t, double scale) {
        checkTargets(logits.size(), t.length, logits);
        return loss(logits, (x, dx) -> LossOp.sigmoidCrossEntropy(logits.size(), x, t, scale, dx));
    }

    /// Cross-entropy of class probabilities.
    ///
    /// @param p probabilities `[rows, classes]`
    /// @param classes the class of each row
    public static Var categoricalCrossentropy(Var p, int[] classes, double scale) {
        if (ClassLoss.suits(p)) {
            return blockwise(p, classes, scale);
        }
        Var logits = p.logits();
        if (logits != null && p.origin() == Activation.SOFTMAX) {
            return softmaxCrossentropy(logits, classes, scale);
        }
        checkClasses(p, classes);
        return loss(p, (x, dx) -> LossOp.categoricalCrossEntropy(p.rows(), p.columns(), x, classes, scale, dx));
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
                loss.prepareBackward();
                for (int part = 0; part < loss.parts(); part++) {
                    loss.backward(part, dLoss[0]);
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
                        logits.data(), classes, 1, null)
                : LossOp.categoricalCrossEntropy(p.rows(), p.columns(), p.data(), classes, 1, null);
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
        checkClasses(logits, classes);
        Tape tape = logits.tape();
        return loss(logits, (x, dx) -> LossOp.softmaxCrossEntropy(tape.kernels(), tape.buffers(), logits.rows(),
                logits.columns(), x, classes, scale, dx));
    }

    /// Squared error.
    public static Var squaredError(Var x, float[] t, double scale) {
        checkTargets(x.size(), t.length, x);
        return loss(x, (data, dx) -> LossOp.squaredError(x.size(), data, t, scale, dx));
    }

    /// Absolute error.
    public static Var absoluteError(Var x, float[] t, double scale) {
        checkTargets(x.size(), t.length, x);
        return loss(x, (data, dx) -> LossOp.absoluteError(x.size(), data, t, scale, dx));
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
