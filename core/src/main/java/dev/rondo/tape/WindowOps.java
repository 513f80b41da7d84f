package dev.rondo.tape;

import dev.rondo.op.GroupedOp;
import dev.rondo.op.PoolOp;
import dev.rondo.op.SequenceOp;
import dev.rondo.op.Window;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Convolution and pooling over windows of steps, and what adds, drops or repeats steps, on a tape. The results have no mask, but for
/// what fills sequences up.
public final class WindowOps {
    private WindowOps() {}

    /// A convolution over time: the steps of each window side by side, times W.
    ///
    /// ```text
    /// Y[t, b] = sum over i of X[t * stride - left + i * dilation, b] * W_i + bias
    /// ```
    ///
    /// @param x `[N, F]`
    /// @param w `[size, F, U]`
    /// @param bias `[U]`, or null
    public static Var convolution(Var x, Window window, Parameter w, @Nullable Parameter bias) {
        return Ops.affine(windows(x, window), w, bias);
    }

    /// A convolution in groups: features and outputs are cut in `groups` parts, and each part of the outputs sees its own features.
    ///
    /// @param x `[N, F]`
    /// @param w `[size, F / groups, U]`
    /// @param bias `[U]`, or null
    public static Var convolution(Var x, Window window, int groups, Parameter w, @Nullable Parameter bias) {
        Var seen = windows(x, window);
        Tape tape = x.tape();
        int[] shape = w.shape();
        var grouped = new GroupedOp.Shape(seen.rows(), shape[0], shape[1], shape[2], groups);
        if (seen.columns() != grouped.inputs()) {
            throw new IllegalArgumentException("conv1d \"" + w.name() + "\": input has " + x.columns()
                    + " features but " + w + " in " + groups + " groups takes " + grouped.inputs() / shape[0]);
        }
        float[] values = w.values();
        float[] y = tape.buffers().take(seen.rows(), shape[2]);
        GroupedOp.forward(tape.kernels(), tape.buffers(), grouped, seen.data(), values,
                bias == null ? null : bias.values(), y);
        Var out = tape.result(y, seen.rows(), shape[2], seen.layout(), true).withMask(seen.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            if (dy != null) {
                GroupedOp.backward(tape.kernels(), tape.buffers(), grouped, seen.data(), values, dy,
                        seen.gradientToAdd(), tape.gradientOf(w), bias == null ? null : tape.gradientOf(bias));
            }
        });
        return out;
    }

    /// The steps of each window side by side: `[N, F]` to `[windows, size * F]`.
    public static Var windows(Var x, Window window) {
        if (window.size() == 1 && window.stride() == 1) {
            return x.withMask(Filling.there(x));
        }
        return Filling.without(x, real -> allWindows(real, window));
    }

    private static Var allWindows(Var x, Window window) {
        Steps steps = x.steps();
        Steps outputs = window.outputs(steps);
        return pick(x, window.rows(steps, outputs), window.size(), outputs);
    }

    /// The largest value of each feature in each window.
    public static Var max(Var x, Window window) {
        return Filling.without(x, real -> maxOfAll(real, window));
    }

    private static Var maxOfAll(Var x, Window window) {
        Steps steps = x.steps();
        Steps outputs = window.outputs(steps);
        int windows = outputs.total();
        int[] rows = window.rows(steps, outputs);
        int[] arg = new int[Math.multiplyExact(windows, x.columns())];
        return Wiring.unary(x, windows, x.columns(), outputs,
                y -> PoolOp.max(windows, rows, x.columns(), x.data(), y, arg),
                (dy, dx) -> PoolOp.maxBackward(windows, x.columns(), arg, dy, dx));
    }

    /// The mean of each feature in each window, of the steps that exist.
    public static Var mean(Var x, Window window) {
        return Filling.without(x, real -> meanOfAll(real, window));
    }

    private static Var meanOfAll(Var x, Window window) {
        Steps steps = x.steps();
        Steps outputs = window.outputs(steps);
        int windows = outputs.total();
        int[] rows = window.rows(steps, outputs);
        var k = x.tape().kernels();
        return Wiring.unary(x, windows, x.columns(), outputs,
                y -> PoolOp.mean(k, windows, rows, x.columns(), x.data(), y),
                (dy, dx) -> PoolOp.meanBackward(k, windows, rows, x.columns(), dy, dx));
    }

    /// Zeros before the first and after the last step of each sequence; negative numbers drop steps instead.
    ///
    /// @return a sequence that is too short becomes empty
    public static Var pad(Var x, int before, int after) {
        return Filling.without(x, real -> padAll(real, before, after));
    }

    private static Var padAll(Var x, int before, int after) {
        Steps steps = x.steps();
        int[] lengths = steps.lengths();
        for (int b = 0; b < lengths.length; b++) {
            lengths[b] = Math.max(Math.addExact(Math.addExact(lengths[b], before), after), 0);
        }
        Steps outputs = Steps.of(lengths);
        int[] rows = new int[outputs.total()];
        for (int t = 0; t < outputs.steps(); t++) {
            for (int b = 0; b < outputs.rows(t); b++) {
                int from = t - before;
                rows[outputs.row(t, b)] = from >= 0 && from < steps.length(b) ? steps.row(from, b) : -1;
            }
        }
        return pick(x, rows, 1, outputs);
    }

    /// Each step several times: a sequence of `times` as many steps.
    public static Var repeatSteps(Var x, int times) {
        return Filling.without(x, real -> repeatAll(real, times));
    }

    private static Var repeatAll(Var x, int times) {
        Steps steps = x.steps();
        int[] lengths = Arrays.stream(steps.lengths()).map(length -> Math.multiplyExact(length, times)).toArray();
        Steps outputs = Steps.of(lengths);
        int[] rows = new int[outputs.total()];
        for (int t = 0; t < outputs.steps(); t++) {
            for (int b = 0; b < outputs.rows(t); b++) {
                rows[outputs.row(t, b)] = steps.row(t / times, b);
            }
        }
        return pick(x, rows, 1, outputs);
    }

    /// Makes rows of `size` rows of x each, zeros for -1.
    private static Var pick(Var x, int[] rows, int size, Steps outputs) {
        return Wiring.unary(x, outputs.total(), Math.multiplyExact(size, x.columns()), outputs,
                y -> SequenceOp.pick(rows, x.columns(), x.data(), y),
                (dy, dx) -> SequenceOp.pickBackward(x.tape().kernels(), rows, x.columns(), dy, dx));
    }
}
