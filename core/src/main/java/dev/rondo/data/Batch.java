package dev.rondo.data;

import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Some samples of a data set, sorted by length: what a model is fed in one go. The input is packed time-major when it goes on a
/// tape, into an array of the tape's workspace.
///
/// @param samples the positions in the data set of the batch's sequences, longest sequence first (equal lengths in the given order)
/// @param steps which sequences run at which step: the layout of the first input that is a sequence
/// @param inputs the data set's inputs
/// @param values number targets in the order of the prediction's rows, or null
/// @param classes class targets in the order of the prediction's rows, or null
public record Batch(
        int[] samples,
        Steps steps,
        Inputs inputs,
        float @Nullable [] values,
        int @Nullable [] classes) {
    /// Packs samples of a data set.
    ///
    /// @param samples their positions in the data set
    public static Batch of(Dataset data, int... samples) {
        return of(data.inputs(), data.targets(), samples);
    }

    /// Packs samples without targets.
    public static Batch of(Inputs inputs, int... samples) {
        return of(inputs, null, samples);
    }

    private static Batch of(Inputs inputs, @Nullable Targets targets, int[] samples) {
        int[] order = byLength(inputs, samples);
        Steps steps = layout(order.length, b -> inputs.length(order[b]));
        float[] values = null;
        int[] classes = null;
        switch (targets) {
            case Targets.Values v -> values = v.perStep() ? packFloats(order, v) : rows(order, v);
            case Targets.Classes c -> classes = c.perStep()
                    ? packInts(layout(order.length, b -> c.classes()[order[b]].length), order, c.classes())
                    : rows(order, c);
            case null -> {}
        }
        return new Batch(order, steps, inputs, values, classes);
    }

    /// The layout of sequences of those lengths; where they are not sorted, each is taken for as long as the longest after it.
    private static Steps layout(int batch, IntUnaryOperator length) {
        int[] lengths = new int[batch];
        for (int b = batch - 1; b >= 0; b--) {
            lengths[b] = Math.max(length.applyAsInt(b), b + 1 < batch ? lengths[b + 1] : 0);
        }
        return Steps.of(lengths);
    }

    /// Which steps of such a layout are there, null if all are.
    private static @Nullable Mask there(Steps steps, IntUnaryOperator length) {
        boolean[] rows = new boolean[steps.total()];
        boolean all = true;
        for (int t = 0; t < steps.steps(); t++) {
            for (int b = 0; b < steps.rows(t); b++) {
                rows[steps.row(t, b)] = t < length.applyAsInt(b);
                all &= rows[steps.row(t, b)];
            }
        }
        return all ? null : Mask.of(steps, rows);
    }

    private static float[] packFloats(int[] order, Targets.Values targets) {
        int width = targets.width();
        Steps steps = layout(order.length, b -> targets.values()[order[b]].length / width);
        return packFloats(steps, order, targets.values(), width, new float[steps.total() * width]);
    }

    /// A stable counting sort by length, longest first.
    private static int[] byLength(Inputs inputs, int[] samples) {
        boolean sorted = true;
        for (int i = 1; i < samples.length; i++) {
            sorted &= inputs.length(samples[i]) <= inputs.length(samples[i - 1]);
        }
        if (sorted) {
            return samples.clone();
        }
        long[] keys = new long[samples.length];
        for (int i = 0; i < samples.length; i++) {
            keys[i] = (long) -inputs.length(samples[i]) << 32 | i;
        }
        Arrays.sort(keys);
        int[] order = new int[samples.length];
        for (int i = 0; i < samples.length; i++) {
            order[i] = samples[(int) keys[i]];
        }
        return order;
    }

    private static int[] packInts(Steps steps, int[] order, int[][] from) {
        int[] packed = new int[steps.total()];
        for (int t = 0; t < steps.steps(); t++) {
            int row = steps.offset(t);
            for (int b = 0; b < steps.rows(t); b++) {
                int[] sequence = from[order[b]];
                packed[row + b] = t < sequence.length ? sequence[t] : 0;
            }
        }
        return packed;
    }

    private static float[] packFloats(Steps steps, int[] order, float[][] from, int width,
            float[] packed) {
        for (int t = 0; t < steps.steps(); t++) {
            int row = steps.offset(t);
            for (int b = 0; b < steps.rows(t); b++) {
                float[] sequence = from[order[b]];
                int at = (row + b) * width;
                if (t * width < sequence.length) {
                    System.arraycopy(sequence, t * width, packed, at, width);
                } else {
                    Arrays.fill(packed, at, at + width, 0f);
                }
            }
        }
        return packed;
    }

    private static float[] rows(int[] order, Targets.Values targets) {
        return rows(order, targets.values(), targets.width());
    }

    private static float[] rows(int[] order, float[][] from, int width) {
        float[] rows = new float[order.length * width];
        for (int b = 0; b < order.length; b++) {
            System.arraycopy(from[order[b]], 0, rows, b * width, width);
        }
        return rows;
    }

    private static int[] rows(int[] order, Targets.Classes targets) {
        int[] rows = new int[order.length];
        for (int b = 0; b < order.length; b++) {
            rows[b] = targets.classes()[order[b]][0];
        }
        return rows;
    }

    /// The number of samples, B.
    public int size() {
        return samples.length;
    }

    /// This batch with the targets of some rows only: those that count in the mask of a prediction.
    ///
    /// @param mask which rows of the prediction count, null for all
    /// @param columns numbers a row of the prediction
    public Batch counting(@Nullable Mask mask, int columns) {
        if (mask == null || mask.isFull()) {
            return this;
        }
        int[] rows = mask.rows();
        float[] some = null;
        if (values != null) {
            checkTargets(values.length, mask, columns);
            some = new float[rows.length * columns];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(values, rows[i] * columns, some, i * columns, columns);
            }
        }
        int[] kinds = null;
        if (classes != null) {
            checkTargets(classes.length, mask, 1);
            kinds = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                kinds[i] = classes[rows[i]];
            }
        }
        return new Batch(samples, steps, inputs, some, kinds);
    }

    private static void checkTargets(int targets, Mask mask, int columns) {
        if (targets != mask.steps().total() * columns) {
            throw new IllegalArgumentException("a prediction of steps " + mask.steps() + " x " + columns + " needs "
                    + mask.steps().total() * columns + " targets, not " + targets);
        }
    }

    /// The only input of a model on a tape, packed.
    ///
    /// @throws IllegalStateException if there are several
    public Var on(Tape tape) {
        List<Var> all = inputsOn(tape);
        if (all.size() != 1) {
            throw new IllegalStateException("the data has " + all.size() + " inputs for each sample; use inputsOn");
        }
        return all.getFirst();
    }

    /// The inputs of a model on a tape, packed, in order.
    public List<Var> inputsOn(Tape tape) {
        return inputs.parts().stream().map(part -> on(tape, part)).toList();
    }

    private Var on(Tape tape, Inputs part) {
        if (part instanceof Inputs.Vectors vectors) {
            return tape.constant(rows(samples, vectors.values(), vectors.features()),
                    samples.length, vectors.features(), null);
        }
        IntUnaryOperator length = b -> part.length(samples[b]);
        boolean leading = inputs.parts().size() == 1;
        Steps layout = leading ? steps : layout(samples.length, length);
        Mask mask = leading ? null : there(layout, length);
        return switch (part) {
            case Inputs.Tokens tokens -> tape.tokens(packInts(layout, samples, tokens.ids()), layout).withMask(mask);
            case Inputs.Features features -> {
                int width = features.features();
                float[] room = tape.buffers().take(layout.total(), width);
                yield tape.constant(packFloats(layout, samples, features.values(), width, room), layout.total(), width,
                        layout).withMask(mask);
            }
            case Inputs.Vectors vectors -> throw new AssertionError(vectors);
            case Inputs.Several several -> throw new AssertionError(several);
        };
    }
}
