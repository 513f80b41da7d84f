package dev.rondo.tape;

import dev.rondo.op.SequenceOp;
import dev.rondo.tensor.Steps;
import org.jspecify.annotations.Nullable;

/// The elements of each sample in another shape or order, on a tape. Sequences must all have the same length; the results have no
/// mask.
public final class ShapeOps {
    private ShapeOps() {}

    /// All steps of a sequence side by side, `[B, T, F]` to `[B, T * F]`.
    ///
    /// @throws IllegalArgumentException if the sequences have several lengths
    public static Var flatten(Var x) {
        return x.isSequence() ? reshape(x, 0, length("flatten", x) * x.columns()) : x;
    }

    /// The elements of a sample, step by step, cut in other steps.
    ///
    /// @param steps the steps of the result, 0 for a vector
    /// @param columns the columns of the result
    /// @throws IllegalArgumentException if the sequences have several lengths, or another number of elements
    public static Var reshape(Var x, int steps, int columns) {
        int length = x.isSequence() ? length("reshape", x) : 1;
        if ((long) length * x.columns() != (long) Math.max(steps, 1) * columns) {
            throw new IllegalArgumentException("reshape: the " + length + " x " + x.columns()
                    + " elements of a sample cannot become " + Math.max(steps, 1) + " x " + columns);
        }
        int batch = batch(x);
        // Pieces as wide as both rows hold whole.
        int width = gcd(x.columns(), columns);
        int per = x.columns() / width;
        int[] from = new int[x.size() / width];
        int to = columns / width;
        for (int i = 0; i < from.length; i++) {
            int row = i / to;
            int b = steps == 0 ? row : row % batch;
            int t = steps == 0 ? 0 : row / batch;
            int piece = t * to + i % to;
            int step = piece / per;
            from[i] = (step * batch + b) * per + piece % per;
        }
        return pieces(x, from, width, steps, columns, batch);
    }

    /// Steps become columns and columns steps, `[B, T, F]` to `[B, F, T]`.
    ///
    /// @throws IllegalArgumentException if the sequences have several lengths
    public static Var transpose(Var x) {
        int length = length("permute", x);
        int batch = batch(x);
        int columns = x.columns();
        int[] from = new int[x.size()];
        for (int i = 0; i < from.length; i++) {
            int t = i % length;
            int row = i / length;
            from[i] = (t * batch + row % batch) * columns + row / batch;
        }
        return pieces(x, from, 1, columns, length, batch);
    }

    /// A vector as each step of a sequence, `[B, F]` to `[B, steps, F]`.
    public static Var repeat(Var x, int steps) {
        int[] from = new int[Math.multiplyExact(x.rows(), steps)];
        for (int i = 0; i < from.length; i++) {
            from[i] = i % x.rows();
        }
        return pieces(x, from, x.columns(), steps, x.columns(), x.rows());
    }

    private static Var pieces(Var x, int[] from, int width, int steps, int columns, int batch) {
        @Nullable
        Steps layout = steps == 0 ? null : Steps.dense(steps, batch);
        return Wiring.unary(x, Math.max(steps, 1) * batch, columns, layout,
                y -> SequenceOp.pick(from, width, x.data(), y),
                (dy, dx) -> SequenceOp.pickBackward(x.tape().kernels(), from, width, dy, dx));
    }

    private static int batch(Var x) {
        return x.isSequence() ? x.steps().batch() : x.rows();
    }

    private static int length(String op, Var x) {
        if (!x.steps().isDense()) {
            throw new IllegalArgumentException(op + " needs sequences of one length, but the batch is " + x
                    + "; pad or cut the sequences to the same length");
        }
        return x.steps().steps();
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
