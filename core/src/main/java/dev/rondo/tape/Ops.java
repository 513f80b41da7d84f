package dev.rondo.tape;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.Activation;
import dev.rondo.op.ActivationOp;
import dev.rondo.op.AffineOp;
import dev.rondo.op.DropoutOp;
import dev.rondo.op.EmbeddingOp;
import dev.rondo.op.MergeOp;
import dev.rondo.op.RowGradient;
import dev.rondo.op.SequenceOp;
import dev.rondo.tensor.Compaction;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The differentiable operations on [Var]s: each computes forward at once and appends its backward to the tape.
///
/// What works row by row passes its input's mask on; several inputs' masks are joined by and. Everything else drops it.
/// Recurrent layers are in [RecurrentOps], losses in [LossOps].
public final class Ops {
    /// Columns from which on a linear layer's numbers wait until somebody asks for them: below, all logits fit in the caches and
    /// one pass over them is faster.
    public static final int MANY_COLUMNS = 2048;

    private Ops() {}

    /// Looks token ids up: `Y_n = E[id_n]`.
    ///
    /// @param tokens from [Tape#tokens]
    /// @param table `[V, F]`
    /// @return `[N, F]`
    public static Var embedding(Var tokens, Parameter table) {
        Tape tape = tokens.tape();
        int[] ids = tokens.ids();
        int rows = tokens.rows();
        if (!tape.isRecording()) {
            return Var.of(tape, new Var.Lookup(ids, table), rows, tokens.steps()).withMask(tokens.mask());
        }
        var weight = table.rows(ids, rows);
        float[] y = tape.buffers().take(rows, weight.columns());
        EmbeddingOp.forward(rows, ids, weight, y);
        Var out = tape.result(y, rows, weight.columns(), tokens.layout(), true).withMask(tokens.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            RowGradient sum = tape.rowGradientOf(table);
            if (dy != null && sum != null) {
                EmbeddingOp.backward(tape.kernels(), rows, ids, dy, sum);
            }
        });
        return out;
    }

    /// A linear map of every row: `Y = X * W + b`.
    ///
    /// With many columns the numbers are computed only if somebody asks for them, since a softmax and its loss do without
    /// ([ClassLoss]).
    ///
    /// @param x `[rows, F]`
    /// @param w `[F, U]`
    /// @param b `[U]`, or null
    public static Var affine(Var x, Parameter w, @Nullable Parameter b) {
        Tape tape = x.tape();
        Kernels k = tape.kernels();
        var weight = w.weight();
        checkColumns("dense", x, weight.rows(), w);
        int rows = x.rows();
        Supplier<float[]> numbers = () -> {
            float[] y = tape.buffers().take(rows, weight.columns());
            AffineOp.forward(k, rows, x.data(), weight, b == null ? null : b.values(), y);
            return y;
        };
        Var out = (weight.columns() < MANY_COLUMNS
                ? tape.result(numbers.get(), rows, weight.columns(), x.layout(), true)
                : tape.deferred(new Deferred(numbers, new Deferred.Linear(x, w, b)), rows, weight.columns(), x.layout(),
                        true))
                .withMask(x.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            if (dy != null) {
                AffineOp.backward(k, tape.buffers(), rows, x.data(), weight, dy, x.gradientToAdd(), tape.sumOf(w),
                        b == null ? null : tape.gradientOf(b));
            }
        });
        return out;
    }

    /// An activation function of every element, or of every row for softmax and its like.
    public static Var activation(Var x, Activation f) {
        if (f == Activation.LINEAR) {
            return x;
        }
        Tape tape = x.tape();
        Kernels k = tape.kernels();
        int width = f.columns(x.columns());
        Supplier<float[]> numbers = () -> {
            float[] y = tape.buffers().take(x.rows(), width);
            ActivationOp.apply(k, f, x.rows(), x.columns(), x.data(), y);
            return y;
        };
        Var out = (f == Activation.SOFTMAX && x.isDeferred()
                ? tape.deferred(new Deferred(numbers, null), x.rows(), width, x.layout(), x.needsGradient())
                : tape.result(numbers.get(), x.rows(), width, x.layout(), x.needsGradient()))
                .withMask(x.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            // Asked for only where there is something to add: a gradient of logits that nobody uses would be computed with.
            float[] dx = dy == null ? null : x.gradientToAdd();
            if (dy != null && dx != null) {
                ActivationOp.applyBackward(k, tape.buffers(), f, x.rows(), x.columns(), x.data(), out.data(), dy, dx);
            }
        });
        return out.withLogits(f == Activation.SIGMOID || f == Activation.SOFTMAX ? x : null, f);
    }

    /// Dropout: while the tape records, zeroes elements with probability `rate` and scales the others by `1 / (1 - rate)`.
    ///
    /// @param rate in [0, 1)
    public static Var dropout(Var x, double rate) {
        Tape tape = x.tape();
        if (!tape.isRecording() || rate == 0) {
            return x;
        }
        int n = x.size();
        float[] mask = tape.buffers().take(n);
        float[] y = tape.buffers().take(n);
        DropoutOp.mask(tape.kernels(), tape.nextSeed(), rate, n, mask);
        DropoutOp.forward(tape.kernels(), n, x.data(), mask, y);
        Var out = tape.result(y, x.rows(), x.columns(), x.layout(), x.needsGradient()).withMask(x.mask());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                DropoutOp.backward(tape.kernels(), n, mask, dy, dx);
            }
        });
        return out;
    }

    /// Two matrices of the same rows side by side: `Y = [A B]`.
    public static Var concat(Var a, Var b) {
        Tape tape = a.tape();
        checkRows("concat", a, b);
        int rows = a.rows();
        int width = a.columns() + b.columns();
        float[] y = tape.buffers().take(rows, width);
        MergeOp.concat(rows, a.columns(), a.data(), b.columns(), b.data(), y);
        Var out = tape.result(y, rows, width, a.layout(), a.needsGradient() || b.needsGradient())
                .withMask(Mask.and(a.mask(), b.mask()));
        tape.record(() -> {
            float[] dy = out.gradient();
            if (dy == null) {
                return;
            }
            float[] da = a.gradientToAdd();
            if (da != null) {
                MergeOp.concatBackward(tape.kernels(), rows, width, dy, 0, a.columns(), da);
            }
            float[] db = b.gradientToAdd();
            if (db != null) {
                MergeOp.concatBackward(tape.kernels(), rows, width, dy, a.columns(), b.columns(), db);
            }
        });
        return out;
    }

    /// A multiple of the sum of two matrices of the same shape: `y = alpha (a + b)`; alpha 1/2 is their mean.
    public static Var sum(Var a, Var b, float alpha) {
        Tape tape = a.tape();
        checkRows("sum", a, b);
        checkSameColumns("sum", a, b);
        int n = a.size();
        float[] y = tape.buffers().take(n);
        MergeOp.sum(tape.kernels(), n, alpha, a.data(), b.data(), y);
        Var out = tape.result(y, a.rows(), a.columns(), a.layout(), a.needsGradient() || b.needsGradient())
                .withMask(Mask.and(a.mask(), b.mask()));
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] da = a.gradientToAdd();
            float[] db = b.gradientToAdd();
            if (dy != null && da != null) {
                tape.kernels().axpy(n, alpha, dy, 0, da, 0);
            }
            if (dy != null && db != null) {
                tape.kernels().axpy(n, alpha, dy, 0, db, 0);
            }
        });
        return out;
    }

    /// The product of two matrices of the same shape, element by element.
    public static Var product(Var a, Var b) {
        Tape tape = a.tape();
        checkRows("product", a, b);
        checkSameColumns("product", a, b);
        int n = a.size();
        float[] y = tape.buffers().take(n);
        MergeOp.product(tape.kernels(), n, a.data(), b.data(), y);
        Var out = tape.result(y, a.rows(), a.columns(), a.layout(), a.needsGradient() || b.needsGradient())
                .withMask(Mask.and(a.mask(), b.mask()));
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] da = a.gradientToAdd();
            float[] db = b.gradientToAdd();
            if (dy != null && da != null) {
                tape.kernels().multiplyAdd(n, dy, 0, b.data(), 0, da, 0);
            }
            if (dy != null && db != null) {
                tape.kernels().multiplyAdd(n, dy, 0, a.data(), 0, db, 0);
            }
        });
        return out;
    }

    /// Every sequence backwards in time, each within its own length.
    public static Var reverse(Var x) {
        return Filling.without(x, Ops::reverseAll);
    }

    private static Var reverseAll(Var x) {
        Tape tape = x.tape();
        Steps steps = x.steps();
        float[] y = tape.buffers().take(x.size());
        SequenceOp.reverse(steps, x.columns(), x.data(), y);
        Var out = tape.result(y, x.rows(), x.columns(), steps, x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                SequenceOp.reverseBackward(tape.kernels(), steps, x.columns(), dy, dx);
            }
        });
        return out;
    }

    /// Picks rows: `Y_i = X_{from_i}`, zero where `from_i` is negative.
    ///
    /// @param x `[.., F]`
    /// @param from for each row of the result, a row of x or -1
    /// @param layout the result's steps, null for one row a sequence
    public static Var pick(Var x, int[] from, @Nullable Steps layout) {
        Tape tape = x.tape();
        int width = x.columns();
        float[] y = tape.buffers().take(from.length, width);
        SequenceOp.pick(from, width, x.data(), y);
        Var out = tape.result(y, from.length, width, layout, x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                SequenceOp.pickBackward(tape.kernels(), from, width, dy, dx);
            }
        });
        return out;
    }

    /// The last real step of every sequence: `[N, F]` to `[B, F]`.
    public static Var last(Var x) {
        Tape tape = x.tape();
        Steps steps = x.steps();
        float[] y = tape.buffers().take(steps.batch() * x.columns());
        SequenceOp.last(steps, x.columns(), x.data(), y);
        Var out = tape.result(y, steps.batch(), x.columns(), null, x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                SequenceOp.lastBackward(tape.kernels(), steps, x.columns(), dy, dx);
            }
        });
        return out;
    }

    /// The largest value of each feature over the real steps, whether they count in the mask or not: `[N, F]` to `[B, F]`.
    public static Var maxOverSteps(Var x) {
        return Filling.without(x, Ops::maxOverAll);
    }

    private static Var maxOverAll(Var x) {
        Tape tape = x.tape();
        Steps steps = x.steps();
        float[] y = tape.buffers().take(steps.batch() * x.columns());
        int[] arg = new int[steps.batch() * x.columns()];
        SequenceOp.max(steps, x.columns(), x.data(), y, arg);
        Var out = tape.result(y, steps.batch(), x.columns(), null, x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                SequenceOp.maxBackward(steps, x.columns(), arg, dy, dx);
            }
        });
        return out;
    }

    /// The mean of each feature over the real steps that count in the mask: `[N, F]` to `[B, F]`.
    public static Var meanOverSteps(Var x) {
        Mask mask = x.mask();
        if (mask != null) {
            Compaction real = mask.compaction();
            return pick(meanOverSteps(pick(x, real.rows(), real.steps())), real.places(), null);
        }
        Tape tape = x.tape();
        Steps steps = x.steps();
        float[] y = tape.buffers().take(steps.batch() * x.columns());
        SequenceOp.mean(tape.kernels(), steps, x.columns(), x.data(), y);
        Var out = tape.result(y, steps.batch(), x.columns(), null, x.needsGradient());
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            if (dy != null && dx != null) {
                SequenceOp.meanBackward(tape.kernels(), steps, x.columns(), dy, dx);
            }
        });
        return out;
    }

    static void checkColumns(String op, Var x, int expected, Parameter kernel) {
        if (x.columns() != expected) {
            throw new IllegalArgumentException(op + " \"" + kernel.name() + "\": input has " + x.columns()
                    + " features but "
                    + kernel + " takes " + expected + "; input " + x + ". Was the layer built for another input size?");
        }
    }

    private static void checkRows(String op, Var a, Var b) {
        a.tape().checkOwn(b);
        if (a.rows() != b.rows() || !Objects.equals(a.layout(), b.layout())) {
            throw new IllegalArgumentException(op + ": the inputs " + a + " and " + b
                    + " do not have the same rows; are they of the same batch, with the same lengths?");
        }
    }

    private static void checkSameColumns(String op, Var a, Var b) {
        if (a.columns() != b.columns()) {
            throw new IllegalArgumentException(op + ": the inputs " + a + " and " + b + " have other columns");
        }
    }
}
