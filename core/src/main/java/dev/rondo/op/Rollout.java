package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.tensor.Steps;
import org.jspecify.annotations.Nullable;

/// Runs a recurrent cell over a ragged batch without keeping what a backward pass would need: memory for the gates of one step,
/// where training keeps those of all.
public final class Rollout {
    /// Input rows that are made ready at a time: enough for the large tiles of the product where a step has few rows.
    public static final int AHEAD = 48;

    private Rollout() {}

    /// Where the input part of the gates comes from.
    @FunctionalInterface
    public interface Input {
        /// Writes `x W + b` of matrix rows `from` to `from + count` to z.
        void rows(int from, int count, float[] z);
    }

    /// The input part from vectors: `Z = X W + b`.
    ///
    /// @param x `[N, F]`
    public static Input of(Kernels k, float[] x, CellStep cell) {
        int features = cell.kernel().rows();
        return (from, count, z) -> AffineOp.forward(k, count, x, from * features, cell.kernel(), cell.bias(), z);
    }

    /// `z = x W + b` of one row.
    public static void inputPart(Kernels k, float[] x, CellStep cell, float[] z) {
        AffineOp.forward(k, 1, x, cell.kernel(), cell.bias(), z);
    }

    /// The input part of tokens, from a table of it.
    ///
    /// @param ids one a row
    /// @param gates from [TableProducts]
    public static Input of(int[] ids, Weight table, float[] gates, CellStep cell) {
        return (from, count, z) -> EmbeddingOp.rows(count, ids, from, table.rows(), cell.width(), gates, z);
    }

    /// Runs from a zero state.
    ///
    /// @param y becomes h of every step `[N, H]`; null if not wanted
    /// @return h after the last visited step of each sequence `[B, H]`
    public static float[] run(Kernels k, Buffers buffers, Steps steps, Direction direction, Input input, CellStep cell,
            float @Nullable [] y) {
        int batch = steps.batch();
        int units = cell.units();
        int width = cell.width();
        float[][] state = new float[cell.parts()][];
        for (int part = 0; part < state.length; part++) {
            state[part] = buffers.zeros(batch * units);
        }
        float[] z = buffers.take(Math.min(steps.total(), Math.max(AHEAD, batch)), width);
        float[] room = buffers.take(batch * cell.room());
        Scan scan = new Scan(steps, direction);
        int ready = 0;
        int first = 0;
        for (int s = 0; s < steps.steps(); s++) {
            int t = scan.step(s);
            int rows = steps.rows(t);
            if (s == ready) {
                ready = reach(scan, s);
                first = steps.offset(Math.min(t, scan.step(ready - 1)));
                int last = Math.max(t, scan.step(ready - 1));
                input.rows(first, steps.offset(last) + steps.rows(last) - first, z);
            }
            cell.step(k, rows, scan.continuing(s), z, (steps.offset(t) - first) * width, state, room);
            if (y != null) {
                System.arraycopy(state[0], 0, y, steps.offset(t) * units, rows * units);
            }
        }
        return state[0];
    }

    /// The first visit after s whose rows are too many to be made ready together with those of s.
    private static int reach(Scan scan, int s) {
        Steps steps = scan.steps();
        int rows = steps.rows(scan.step(s));
        int end = s + 1;
        while (end < steps.steps() && rows + steps.rows(scan.step(end)) <= AHEAD) {
            rows += steps.rows(scan.step(end));
            end++;
        }
        return end;
    }
}
