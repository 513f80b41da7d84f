package dev.rondo.tape;

import dev.rondo.op.Activation;
import dev.rondo.op.BlockwiseCrossEntropy;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The cross-entropy of a softmax layer of many classes, for all slices of a batch together: probabilities and their
/// gradients are not stored ([BlockwiseCrossEntropy]), and the gradient of the layer's weights needs no sum over slices.
///
/// ```text
/// prepare, forward of every part, join        then, on tapes that record, backward of every part, pass, and Tape.backward of each
/// ```
///
/// Parts may run on different threads; the result does not depend on which. Everything else is for one thread, except that [#pass]
/// may run for several slices at once.
public final class ClassLoss {
    private final List<Var> predictions;
    private final List<int[]> classes;
    private final Deferred.Linear[] layers;
    private final int[] offsets;
    private final double scale;
    private final BlockwiseCrossEntropy op;

    private ClassLoss(List<Var> predictions, List<int[]> classes, double scale) {
        this.predictions = predictions;
        this.classes = classes;
        this.scale = scale;
        layers = new Deferred.Linear[predictions.size()];
        offsets = new int[layers.length + 1];
        for (int s = 0; s < layers.length; s++) {
            layers[s] = linear(predictions.get(s));
            LossOps.checkClasses(predictions.get(s), classes.get(s));
            offsets[s + 1] = offsets[s] + predictions.get(s).rows();
        }
        Tape tape = predictions.getFirst().tape();
        Deferred.Linear layer = layers[0];
        op = new BlockwiseCrossEntropy(tape.kernels(), tape.buffers(), offsets[layers.length], joined(tape),
                layer.w().weight(), layer.b() == null ? null : layer.b().values(), joinedClasses(),
                tape.isRecording() && layer.x().needsGradient(),
                tape.isRecording() ? BlockwiseCrossEntropy.MOST_KEPT : 0);
    }

    /// Whether a prediction is that of a softmax layer of many classes whose numbers nobody has asked for yet.
    public static boolean suits(Var prediction) {
        return linear(prediction) != null;
    }

    /// The loss of several slices' predictions by the same layer, each on a tape of its own.
    ///
    /// @param predictions each one [#suits]
    /// @param classes the class of each row of each prediction
    /// @param scale one over the number of rows of all slices
    /// @throws IllegalArgumentException if there are not as many classes as rows, or a class is out of range
    public static ClassLoss of(List<Var> predictions, List<int[]> classes, double scale) {
        return new ClassLoss(predictions, classes, scale);
    }

    private static Deferred.@Nullable Linear linear(Var prediction) {
        Var logits = prediction.logits();
        return logits == null || prediction.origin() != Activation.SOFTMAX || !prediction.isDeferred() ? null
                : logits.linear();
    }

    private float[] joined(Tape tape) {
        if (layers.length == 1) {
            return layers[0].x().data();
        }
        int width = layers[0].x().columns();
        float[] all = tape.buffers().take(offsets[layers.length], width);
        for (int s = 0; s < layers.length; s++) {
            System.arraycopy(layers[s].x().data(), 0, all, offsets[s] * width, layers[s].x().size());
        }
        return all;
    }

    private int[] joinedClasses() {
        int[] all = new int[offsets[layers.length]];
        for (int s = 0; s < layers.length; s++) {
            System.arraycopy(classes.get(s), 0, all, offsets[s], offsets[s + 1] - offsets[s]);
        }
        return all;
    }

    /// The number of parts of [#forward] and of [#backward].
    public int parts() {
        return op.parts();
    }

    /// Computes one part of the loss.
    public void forward(int part) {
        op.measure(part);
    }

    /// Joins the parts of the forward computation, and remembers with each prediction what metrics ask of it.
    ///
    /// @return the loss of each slice, scaled
    public double[] join() {
        int rows = offsets[layers.length];
        double[] losses = new double[rows];
        int[] best = new int[rows];
        op.join(losses, best);
        double[] sums = new double[layers.length];
        for (int s = 0; s < layers.length; s++) {
            for (int row = offsets[s]; row < offsets[s + 1]; row++) {
                sums[s] += losses[row];
            }
            predictions.get(s).remember(new Measured(classes.get(s), sums[s],
                    Arrays.copyOfRange(best, offsets[s], offsets[s + 1])));
            sums[s] *= scale;
        }
        return sums;
    }

    /// Prepares the backward computation; the tapes must record.
    ///
    /// @param factor the gradient that arrived at the loss, 1 where it is the end of the computation
    public void prepareBackward(double factor) {
        Tape tape = predictions.getFirst().tape();
        Parameter b = layers[0].b();
        op.prepare(scale * factor, tape.sumOf(layers[0].w()), b == null ? null : tape.gradientOf(b));
    }

    /// Computes one part of the gradients.
    public void backward(int part) {
        op.differentiate(part);
    }

    /// Adds the gradient of a slice's input of the layer, from where [Tape#backward()] goes on.
    public void pass(int slice) {
        float[] dx = layers[slice].x().gradientToAdd();
        if (dx != null) {
            op.addTo(dx, offsets[slice], offsets[slice + 1] - offsets[slice]);
        }
    }

    /// What was found out about a prediction while its loss was computed.
    ///
    /// @param classes the targets
    /// @param crossEntropy the sum over the rows of `-log p_target`
    /// @param best the most probable class of each row
    record Measured(int[] classes, double crossEntropy, int[] best) {}
}
