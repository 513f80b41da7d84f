package dev.rondo.tape;

import dev.rondo.op.BatchProductOp;
import dev.rondo.op.BatchProductOp.Layout;
import dev.rondo.op.ExtremumOp;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What makes one value of several, on a tape; [Ops] has the sum and product of two.
public final class MergeOps {
    private MergeOps() {}

    /// `y = a - b` of two values of the same rows and columns.
    public static Var difference(Var a, Var b) {
        checkSame("subtract", a, b);
        Tape tape = a.tape();
        int n = a.size();
        float[] y = tape.buffers().take(n);
        System.arraycopy(a.data(), 0, y, 0, n);
        tape.kernels().axpy(n, -1, b.data(), 0, y, 0);
        Var out = tape.result(y, a.rows(), a.columns(), a.layout(), a.needsGradient() || b.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] da = a.gradientToAdd();
            float[] db = b.gradientToAdd();
            if (dy != null && da != null) {
                tape.kernels().add(n, dy, 0, da, 0);
            }
            if (dy != null && db != null) {
                tape.kernels().axpy(n, -1, dy, 0, db, 0);
            }
        });
        return out;
    }

    /// `y = factor * x`.
    public static Var scale(Var x, float factor) {
        var k = x.tape().kernels();
        return Wiring.same(x, y -> {
            System.arraycopy(x.data(), 0, y, 0, x.size());
            k.scale(x.size(), factor, y, 0);
        }, (dy, dx) -> k.axpy(x.size(), factor, dy, 0, dx, 0));
    }

    /// The larger (sign 1) or smaller (sign -1) of two values, element by element.
    public static Var extremum(Var a, Var b, int sign) {
        checkSame(sign > 0 ? "maximum" : "minimum", a, b);
        Tape tape = a.tape();
        int n = a.size();
        float[] y = tape.buffers().take(n);
        ExtremumOp.forward(n, sign, a.data(), b.data(), y);
        Var out = tape.result(y, a.rows(), a.columns(), a.layout(), a.needsGradient() || b.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            if (dy != null) {
                ExtremumOp.backward(n, sign, a.data(), b.data(), dy, a.gradientToAdd(), b.gradientToAdd());
            }
        });
        return out;
    }

    /// A value spread over the steps of another: a vector, or the only step of a sequence, at every step.
    ///
    /// @param steps the layout to take
    /// @return the value itself where it has that layout already
    public static Var spread(Var x, Steps steps) {
        Steps own = x.layout();
        if (steps.equals(own)) {
            return x;
        }
        int batch = own == null ? x.rows() : own.batch();
        if (own != null && own.steps() != 1 || batch != steps.batch() || own != null && !own.isDense()) {
            throw new IllegalArgumentException("a value of " + x + " cannot be merged with one of " + steps
                    + "; are the inputs of the same batch, with the same lengths?");
        }
        int[] from = new int[steps.total()];
        for (int t = 0; t < steps.steps(); t++) {
            for (int b = 0; b < steps.rows(t); b++) {
                from[steps.row(t, b)] = b;
            }
        }
        return Ops.pick(x, from, steps);
    }

    /// A single column repeated.
    public static Var widen(Var x, int columns) {
        if (x.columns() == columns) {
            return x;
        }
        if (x.columns() != 1) {
            throw new IllegalArgumentException("a value of " + x + " cannot be merged with one of " + columns
                    + " columns");
        }
        return Wiring.unary(x, x.rows(), columns, x.layout(), y -> {
            for (int row = 0; row < x.rows(); row++) {
                Arrays.fill(y, row * columns, (row + 1) * columns, x.data()[row]);
            }
        }, (dy, dx) -> {
            for (int i = 0; i < x.rows() * columns; i++) {
                dx[i / columns] += dy[i];
            }
        }).withMask(x.mask());
    }

    /// Sequences one after another: each sequence of the result has the steps of the first value, then those of the second, and so on.
    ///
    /// @param parts with the same columns and the same number of sequences; a mask of any becomes part of the result's
    public static Var join(List<Var> parts) {
        Var first = parts.getFirst();
        int batch = first.steps().batch();
        int[] lengths = new int[batch];
        for (Var part : parts) {
            if (part.columns() != first.columns() || part.steps().batch() != batch) {
                throw new IllegalArgumentException("concatenate: the inputs " + first + " and " + part
                        + " cannot be joined step after step; they need the same columns and sequences");
            }
            for (int b = 0; b < batch; b++) {
                lengths[b] = Math.addExact(lengths[b], length(part, b));
            }
        }
        Steps joined = Steps.filled(lengths);
        int[] starts = new int[batch];
        Var sum = null;
        boolean[] counts = new boolean[joined.total()];
        boolean masked = false;
        for (Var part : parts) {
            int[] from = place(part, joined, starts, counts);
            masked |= part.mask() != null;
            Var placed = Ops.pick(part, from, joined);
            sum = sum == null ? placed : Ops.sum(sum, placed, 1);
        }
        Var out = Objects.requireNonNull(sum);
        Mask filling = Mask.filling(joined, lengths);
        return out.withMask(masked ? Mask.and(filling, Mask.of(joined, counts)) : filling);
    }

    /// The steps of a sequence that are there.
    private static int length(Var part, int b) {
        Mask mask = part.mask();
        return mask == null ? part.steps().length(b) : mask.length(b);
    }

    /// For each row of the joined layout the row of the part, -1 elsewhere; moves the starts on.
    private static int[] place(Var part, Steps joined, int[] starts, boolean[] counts) {
        int[] from = new int[joined.total()];
        Arrays.fill(from, -1);
        Steps steps = part.steps();
        Mask mask = part.mask();
        for (int b = 0; b < starts.length; b++) {
            int length = length(part, b);
            for (int t = 0; t < length; t++) {
                int row = joined.row(starts[b] + t, b);
                from[row] = steps.row(t, b);
                counts[row] = mask == null || mask.counts(from[row]);
            }
            starts[b] += length;
        }
        return from;
    }

    /// A product of the matrices of each sample: the last axis of x, or its steps, with the steps of y, or its last axis.
    ///
    /// ```text
    /// z_b = x_b * y_b        x_b [m, k]   y_b [k, n], each transposed where asked for; a vector is a row of x, a column of y
    /// ```
    ///
    /// @param overSteps whether the sum goes over the steps of x, not its columns
    /// @param stepsOfY whether the sum goes over the steps of y, not its columns
    /// @return `[B, m, n]`, without the axis that a vector has not; `[B, 1]` of two vectors
    public static Var dot(Var x, boolean overSteps, Var y, boolean stepsOfY) {
        x.tape().checkOwn(y);
        int batch = batch(x);
        int k = overSteps ? x.steps().steps() : x.columns();
        int kOfY = stepsOfY ? y.steps().steps() : y.columns();
        if (k != kOfY || batch != batch(y)) {
            throw new IllegalArgumentException("dot: " + k + " elements of " + x + " cannot be multiplied with " + kOfY
                    + " of " + y);
        }
        int m = !x.isSequence() ? 1 : overSteps ? x.columns() : x.steps().steps();
        int n = !y.isSequence() ? 1 : stepsOfY ? y.columns() : y.steps().steps();
        Layout lx = layout(x, batch, overSteps);
        Layout ly = layout(y, batch, !stepsOfY && y.isSequence());
        boolean sequence = x.isSequence() && y.isSequence();
        int columns = sequence ? n : Math.multiplyExact(m, n);
        Layout lz = sequence ? new Layout(n, batch * n, 1) : new Layout(columns, x.isSequence() ? 1 : columns, 1);
        var shape = new BatchProductOp.Shape(batch, m, k, n, lx,
                y.isSequence() ? ly : new Layout(y.columns(), 1, y.columns()), lz);
        Tape tape = x.tape();
        int rows = sequence ? m * batch : batch;
        float[] z = tape.buffers().zeros(Math.multiplyExact(rows, columns));
        BatchProductOp.forward(tape.kernels(), tape.buffers(), shape, x.data(), y.data(), z);
        @Nullable
        Steps steps = sequence ? Steps.dense(m, batch) : null;
        Var out = tape.result(z, rows, columns, steps, x.needsGradient() || y.needsGradient());
        tape.record(() -> {
            float[] dz = out.gradient();
            if (dz != null) {
                BatchProductOp.backward(tape.kernels(), tape.buffers(), shape, x.data(), y.data(), dz,
                        x.gradientToAdd(), y.gradientToAdd());
            }
        });
        return out;
    }

    /// Where element (step, column) of a sample lies, or (column, step).
    private static Layout layout(Var x, int batch, boolean transposed) {
        if (!x.isSequence()) {
            return new Layout(x.columns(), x.columns(), 1);
        }
        if (!x.steps().isDense()) {
            throw new IllegalArgumentException("dot needs sequences of one length, but the batch is " + x
                    + "; pad or cut the sequences to the same length");
        }
        int step = batch * x.columns();
        return transposed ? new Layout(x.columns(), 1, step) : new Layout(x.columns(), step, 1);
    }

    private static int batch(Var x) {
        return x.isSequence() ? x.steps().batch() : x.rows();
    }

    private static void checkSame(String op, Var a, Var b) {
        a.tape().checkOwn(b);
        if (a.rows() != b.rows() || a.columns() != b.columns() || !Objects.equals(a.layout(), b.layout())) {
            throw new IllegalArgumentException(op + ": the inputs " + a + " and " + b + " have other rows or columns");
        }
    }
}
