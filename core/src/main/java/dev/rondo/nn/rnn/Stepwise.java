package dev.rondo.nn.rnn;

import dev.rondo.nn.rnn.RecurrentModule.Run;
import dev.rondo.op.Direction;
import dev.rondo.tape.Ops;
import dev.rondo.tape.RowOps;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs a cell one step at a time, for cells that have no operation over whole sequences.
final class Stepwise {
    private Stepwise() {}

    /// One step of the first n sequences of a batch.
    @FunctionalInterface
    interface Cell {
        /// @param t the step
        /// @param x the rows of the step `[n, F]`, as sequences of one step
        /// @param state the parts of the state before, `[n, size]` each
        /// @return the parts of the state after; the first is the output
        List<Var> step(int t, Var x, List<Var> state);
    }

    /// @param initial the parts of the state to start from, empty for zero
    /// @param sizes the columns of the parts
    static Run run(Var x, List<Var> initial, Direction direction, List<Integer> sizes, Cell cell) {
        Tape tape = x.tape();
        Steps steps = x.steps();
        int batch = steps.batch();
        List<Var> state = new ArrayList<>(initial);
        if (initial.isEmpty()) {
            for (int size : sizes) {
                state.add(tape.constant(tape.buffers().zeros(batch * size), batch, size, null));
            }
        }
        Var[] outputs = new Var[steps.steps()];
        for (int s = 0; s < outputs.length; s++) {
            int t = direction == Direction.FORWARD ? s : outputs.length - 1 - s;
            int n = steps.rows(t);
            Var now = Ops.pick(x, range(steps.offset(t), n), Steps.dense(1, n));
            List<Var> before = state.stream().map(part -> first(part, n)).toList();
            List<Var> after = cell.step(t, now, before);
            outputs[t] = after.getFirst();
            for (int p = 0; p < after.size(); p++) {
                Var rest = n == batch ? null : Ops.pick(state.get(p), range(n, batch - n), null);
                state.set(p, rest == null ? after.get(p) : RowOps.stack(List.of(after.get(p), rest), null));
            }
        }
        Var all = outputs.length == 0 ? tape.constant(new float[0], 0, sizes.getFirst(), steps)
                : RowOps.stack(Arrays.asList(outputs), steps);
        return new Run(all, new State(state));
    }

    /// The first rows of a value.
    static Var first(Var x, int rows) {
        return x.rows() == rows ? x : Ops.pick(x, range(0, rows), null);
    }

    private static int[] range(int from, int count) {
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = from + i;
        }
        return rows;
    }
}
