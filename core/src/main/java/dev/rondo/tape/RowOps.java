package dev.rondo.tape;

import dev.rondo.op.DropoutOp;
import dev.rondo.op.MergeOp;
import dev.rondo.tensor.Steps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Operations that put rows and columns of [Var]s together or take them apart; none passes a mask on. See also [Ops#pick].
public final class RowOps {
    private RowOps() {}

    /// Values one below the other: `Y = [A; B; ..]`.
    ///
    /// @param parts at least one, all of the same columns
    /// @param layout the result's steps, null for one row a sequence
    public static Var stack(List<Var> parts, @Nullable Steps layout) {
        Tape tape = parts.getFirst().tape();
        int width = parts.getFirst().columns();
        int rows = 0;
        boolean needsGradient = false;
        for (Var part : parts) {
            tape.checkOwn(part);
            if (part.columns() != width) {
                throw new IllegalArgumentException(
                        "stack: the parts " + parts.getFirst() + " and " + part + " have other columns");
            }
            rows += part.rows();
            needsGradient |= part.needsGradient();
        }
        float[] y = tape.buffers().take(rows, width);
        int at = 0;
        for (Var part : parts) {
            System.arraycopy(part.data(), 0, y, at, part.size());
            at += part.size();
        }
        Var out = tape.result(y, rows, width, layout, needsGradient);
        tape.record(() -> {
            float[] dy = out.gradient();
            int from = 0;
            for (Var part : parts) {
                float[] dx = part.gradientToAdd();
                if (dy != null && dx != null) {
                    tape.kernels().add(part.size(), dy, from, dx, 0);
                }
                from += part.size();
            }
        });
        return out;
    }

    /// Some columns: `Y = X[:, from : from + count]`.
    public static Var columns(Var x, int from, int count) {
        if (from < 0 || count < 1 || from + count > x.columns()) {
            throw new IllegalArgumentException(
                    "columns " + from + " to " + (from + count) + " are not in a value " + x);
        }
        Tape tape = x.tape();
        int rows = x.rows();
        int width = x.columns();
        float[] y = tape.buffers().take(rows, count);
        MergeOp.columns(rows, width, x.data(), from, count, y);
        Var out = tape.result(y, rows, count, x.layout(), x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                for (int n = 0; n < rows; n++) {
                    tape.kernels().add(count, dy, n * count, dx, n * width + from);
                }
            }
        });
        return out;
    }

    /// A dropout mask `[rows, columns]`: 0 with probability `rate`, else `1 / (1 - rate)`; a constant.
    ///
    /// @param rate in [0, 1)
    public static Var dropoutMask(Tape tape, int rows, int columns, double rate) {
        float[] mask = tape.buffers().take(rows, columns);
        DropoutOp.mask(tape.kernels(), tape.nextSeed(), rate, rows * columns, mask);
        return tape.constant(mask, rows, columns, null);
    }

    /// Every step of a sequence times the same row: `Y[t, b] = X[t, b] * m_b`.
    ///
    /// @param x `[N, F]` with steps
    /// @param m `[B, F]`, taken for a constant
    public static Var timesEachStep(Var x, Var m) {
        Tape tape = x.tape();
        Steps steps = x.steps();
        int width = x.columns();
        float[] y = tape.buffers().take(x.size());
        System.arraycopy(x.data(), 0, y, 0, x.size());
        for (int t = 0; t < steps.steps(); t++) {
            tape.kernels().multiply(steps.rows(t) * width, m.data(), 0, y, steps.offset(t) * width);
        }
        Var out = tape.result(y, x.rows(), width, steps, x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            for (int t = 0; dy != null && dx != null && t < steps.steps(); t++) {
                int at = steps.offset(t) * width;
                tape.kernels().multiplyAdd(steps.rows(t) * width, m.data(), 0, dy, at, dx, at);
            }
        });
        return out;
    }
}
