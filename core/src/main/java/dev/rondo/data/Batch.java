package dev.rondo.data;

import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Steps;
import org.jspecify.annotations.Nullable;

/// Some samples of a data set, sorted by length: what a model is fed in one go. The input is packed time-major when it goes on a
/// tape, into an array of the tape's workspace.
///
/// @param samples the positions in the data set of the batch's sequences, longest sequence first (equal lengths in the given order)
/// @param steps which sequences run at which step
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
        int[] lengths = new int[order.length];
        for (int b = 0; b < order.length; b++) {
            lengths[b] = inputs.length(order[b]);
        }
        Steps steps = Steps.of(lengths);
        float[] values = null;
        int[] classes = null;
        switch (targets) {
            case Targets.Values v ->
                values = v.perStep()
                        ? packFloats(steps, order, v.values(), v.width(), new float[steps.total() * v.width()])
                        : rows(order, v);
            case Targets.Classes c -> classes = c.perStep() ? packInts(steps, order, c.classes()) : rows(order, c);
            case null -> {}
        }
        return new Batch(order, steps, inputs, values, classes);
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
        java.util.Arrays.sort(keys);
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
                packed[row + b] = from[order[b]][t];
            }
        }
        return packed;
    }

    private static float[] packFloats(Steps steps, int[] order, float[][] from, int width,
            float[] packed) {
        for (int t = 0; t < steps.steps(); t++) {
            int row = steps.offset(t);
            for (int b = 0; b < steps.rows(t); b++) {
                System.arraycopy(from[order[b]], t * width, packed, (row + b) * width, width);
            }
        }
        return packed;
    }

    private static float[] rows(int[] order, Targets.Values targets) {
        int width = targets.width();
        float[] rows = new float[order.length * width];
        for (int b = 0; b < order.length; b++) {
            System.arraycopy(targets.values()[order[b]], 0, rows, b * width, width);
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

    /// The input of a model on a tape, packed.
    public Var on(Tape tape) {
        return switch (inputs) {
            case Inputs.Tokens tokens -> tape.tokens(packInts(steps, samples, tokens.ids()), steps);
            case Inputs.Features features -> {
                int width = features.features();
                float[] room = tape.buffers().take(steps.total() * width);
                yield tape.constant(packFloats(steps, samples, features.values(), width, room), steps.total(), width,
                        steps);
            }
        };
    }
}
