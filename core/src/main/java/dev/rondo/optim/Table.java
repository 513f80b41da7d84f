package dev.rondo.optim;

import dev.rondo.op.RowGradient;
import dev.rondo.op.Weight;
import dev.rondo.tape.Parameter;
import java.util.Arrays;

/// A parameter of which a step touches few rows. The other rows fall behind and catch up when they are read or touched.
///
/// Rows are brought up to date under the table's lock; a row that is up to date is not written, so that threads may read rows
/// that they have settled while others settle theirs. What a row becomes depends on the step of its last update and the present
/// one, not on the order of calls.
final class Table implements Parameter.Pending {
    private static final int UNTOUCHED = -1;

    private final Parameter parameter;
    private final Rule.Rest rest;
    private final float[][] slots;
    private final int width;
    /// For each row the table's step up to which it is up to date.
    private final int[] upTo;
    private int now;
    /// All rows are up to date at least to here.
    private int floor;

    Table(Parameter parameter, Rule.Rest rest, float[][] slots) {
        this.parameter = parameter;
        this.rest = rest;
        this.slots = slots;
        Weight weight = parameter.raw();
        width = weight.columns();
        upTo = new int[weight.rows()];
        if (!rest.movesUntouchedRows()) {
            Arrays.fill(upTo, UNTOUCHED);
        }
    }

    /// Whether steps move the weights of rows that they do not touch.
    boolean movesWeights() {
        return rest.movesWeights();
    }

    /// Begins a step: after this the rows of its gradient, and they only, go through [#step].
    synchronized void begin(double learningRate, long step) {
        if (now - floor == rest.horizon()) {
            settleAll();
        }
        now++;
        rest.add(now, learningRate, step);
    }

    /// Makes the present step for the gradient's rows `from` to `to`. May run in parallel on ranges that do not overlap.
    void step(RowGradient gradient, int from, int to, Rule.Update update) {
        settle(gradient.rows(), from, to, now - 1);
        float[] w = parameter.raw().values();
        for (int i = from; i < to; i++) {
            int row = gradient.row(i);
            update.apply(width, w, row * width, gradient.values(), i * width, slots);
            upTo[row] = now;
        }
        parameter.changed();
    }

    /// Says that slots and weights of all rows were written and are up to date.
    synchronized void written() {
        Arrays.fill(upTo, now);
        floor = now;
    }

    @Override
    public synchronized void settle(int[] ids, int count) {
        settle(ids, 0, count, now);
    }

    @Override
    public synchronized void settleAll() {
        if (floor == now) {
            return;
        }
        boolean written = false;
        for (int row = 0; row < upTo.length; row++) {
            written |= settle(row, now);
        }
        floor = now;
        if (written) {
            parameter.changed();
        }
    }

    private synchronized void settle(int[] ids, int from, int to, int step) {
        boolean written = false;
        for (int i = from; i < to; i++) {
            int row = ids[i];
            // An id that the table does not have is for the lookup to report.
            if (row >= 0 && row < upTo.length) {
                written |= settle(row, step);
            }
        }
        if (written) {
            parameter.changed();
        }
    }

    private boolean settle(int row, int step) {
        int last = upTo[row];
        if (last == UNTOUCHED || last >= step) {
            return false;
        }
        rest.apply(last, step, width, parameter.raw().values(), row * width, slots);
        upTo[row] = step;
        return true;
    }
}
