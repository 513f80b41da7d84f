package dev.rondo.data;

import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
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
/// @param goals what each output of the model is to predict, in order; none for samples without targets
public record Batch(int[] samples, Steps steps, Inputs inputs, List<Goal> goals) {
    /// Copies the list.
    public Batch {
        goals = List.copyOf(goals);
    }

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
        Steps steps = Steps.of(lengths(order.length, b -> inputs.length(order[b])));
        List<Goal> goals = new ArrayList<>();
        if (targets != null) {
            for (Targets part : targets.parts()) {
                goals.add(goal(part, order));
            }
        }
        return new Batch(order, steps, inputs, goals);
    }

    private static Goal goal(Targets targets, int[] order) {
        Steps layout = targets.perStep() ? Steps.filled(lengths(order.length, b -> targets.steps(order[b]))) : null;
        return switch (targets) {
            case Targets.Values v -> new Goal(layout == null ? rows(order, v.values(), v.width())
                    : packFloats(layout, order, v.values(), v.width(), new float[layout.total() * v.width()]), null,
                    v.width(), null);
            case Targets.Classes c ->
                new Goal(null, layout == null ? rows(order, c) : packInts(layout, order, c.classes()), 1, null);
            case Targets.Weighted w -> goal(w.targets(), order).weighted(weights(w, layout, order));
            case Targets.Several several -> throw new AssertionError(several);
        };
    }

    /// The weight of each row of the prediction; that of a sample counts for all its steps.
    private static float[] weights(Targets.Weighted targets, @Nullable Steps layout, int[] order) {
        if (layout == null) {
            return rows(order, targets.weights(), 1);
        }
        float[] weights = new float[layout.total()];
        for (int t = 0; t < layout.steps(); t++) {
            for (int b = 0; b < layout.rows(t); b++) {
                float[] own = targets.weights()[order[b]];
                boolean there = t < targets.steps(order[b]);
                weights[layout.row(t, b)] = there ? own[own.length == 1 ? 0 : t] : 0f;
            }
        }
        return weights;
    }

    private static int[] lengths(int batch, IntUnaryOperator length) {
        int[] lengths = new int[batch];
        Arrays.setAll(lengths, length);
        return lengths;
    }

    /// A stable sort by length, longest first.
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

    /// What the only output of a model is to predict.
    ///
    /// @throws IllegalStateException if there are no targets, or those of several outputs
    public Goal goal() {
        if (goals.size() != 1) {
            throw new IllegalStateException(
                    "the data has targets for " + goals.size() + " outputs of a model; ask for goals()");
        }
        return goals.getFirst();
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
        List<Var> all = new ArrayList<>();
        for (Inputs part : inputs.parts()) {
            all.add(on(tape, part));
        }
        return List.copyOf(all);
    }

    private Var on(Tape tape, Inputs part) {
        if (part instanceof Inputs.Vectors vectors) {
            return tape.constant(rows(samples, vectors.values(), vectors.features()),
                    samples.length, vectors.features(), null);
        }
        int[] lengths = lengths(samples.length, b -> part.length(samples[b]));
        Steps layout = Steps.filled(lengths);
        Mask mask = Mask.filling(layout, lengths);
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
