package dev.rondo.tape;

import dev.rondo.op.Activation;
import dev.rondo.op.EmbeddingOp;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A value on a tape: a matrix with one row for each real step of a batch of sequences (`[N, columns]`, with [#steps]), or one
/// row for each sequence (`[B, columns]`, without).
///
/// Belongs to its tape: its arrays are the workspace's and die when the tape is closed; [#tensor] copies. For one thread.
public final class Var {
    private final Tape tape;
    private final int rows;
    private final int columns;
    private final @Nullable Steps steps;
    /// Null while nobody has asked for the numbers of a deferred value.
    private float @Nullable [] data;
    private @Nullable Lookup lookup;
    private final int @Nullable [] ids;
    private final boolean needsGradient;
    private final @Nullable Mask mask;
    /// The value whose numbers and gradient these are: this one, except for a view with another mask.
    private final Var owner;
    private @Nullable Var logits;
    private @Nullable Activation origin;
    private @Nullable Deferred deferred;
    private ClassLoss.@Nullable Measured measured;
    private float @Nullable [] gradient;

    Var(Tape tape, float @Nullable [] data, int rows, int columns, @Nullable Steps steps, int @Nullable [] ids,
            boolean needsGradient) {
        this.tape = tape;
        this.data = data;
        this.rows = rows;
        this.columns = columns;
        this.steps = steps;
        this.ids = ids;
        this.needsGradient = needsGradient;
        mask = null;
        owner = this;
    }

    /// The same numbers under another mask.
    private Var(Var of, @Nullable Mask mask) {
        tape = of.tape;
        data = of.data;
        rows = of.rows;
        columns = of.columns;
        steps = of.steps;
        ids = of.ids;
        needsGradient = of.needsGradient;
        logits = of.logits;
        origin = of.origin;
        this.mask = mask;
        owner = of.owner;
    }

    /// Rows of a table that are copied when somebody reads them: a recurrent layer in use takes the tokens instead.
    record Lookup(int[] ids, Parameter table) {}

    static Var of(Tape tape, Lookup lookup, int rows, Steps steps) {
        Var value = new Var(tape, new float[0], rows, lookup.table.raw().columns(), steps, null, false);
        value.lookup = lookup;
        return value;
    }

    /// The tokens and the table whose rows this value is, while nobody has read them; null for other values.
    @Nullable
    Lookup lookup() {
        return owner.lookup;
    }

    /// The tape that this value belongs to.
    public Tape tape() {
        return tape;
    }

    /// The number of rows: real steps N of a sequence value, else sequences B.
    public int rows() {
        return rows;
    }

    /// The number of columns: features or units.
    public int columns() {
        return columns;
    }

    /// Whether there is a row for each step.
    public boolean isSequence() {
        return steps != null;
    }

    /// Which sequences run at which step.
    ///
    /// @throws IllegalStateException if this is not a sequence value
    public Steps steps() {
        if (steps == null) {
            throw new IllegalStateException(
                    "a value of shape [B=" + rows + ", " + columns + "] has no steps; a layer that needs a "
                            + "sequence must follow one that returns sequences (returnSequences())");
        }
        return steps;
    }

    /// The steps, or null for one row a sequence.
    public @Nullable Steps layout() {
        return steps;
    }

    /// Which rows count, null if all do.
    public @Nullable Mask mask() {
        return mask;
    }

    /// This value under another mask: the same numbers and the same gradient.
    ///
    /// @param mask which rows count, null for all
    /// @throws IllegalArgumentException if the mask has another layout
    public Var withMask(@Nullable Mask mask) {
        if (mask == this.mask) {
            return this;
        }
        if (mask != null && !mask.steps().equals(steps)) {
            throw new IllegalArgumentException("a mask of " + mask.steps() + " does not fit a value of " + this);
        }
        return new Var(this, mask);
    }

    /// Whether this holds token ids instead of numbers.
    public boolean isTokens() {
        return ids != null;
    }

    /// The token ids, one a row.
    ///
    /// @throws IllegalStateException if this holds numbers
    public int[] ids() {
        if (ids == null) {
            throw new IllegalStateException("an embedding needs token ids, but its input has " + columns
                    + " float features a step; leave the embedding out or feed token ids");
        }
        return ids;
    }

    /// The live elements, row by row; the array may be longer than `rows * columns`.
    ///
    /// @throws IllegalStateException if the tape is closed or this holds token ids
    public float[] data() {
        tape.checkOpen();
        if (ids != null) {
            throw new IllegalStateException("token ids were fed to a layer that needs numbers; put an Embedding first");
        }
        if (owner != this) {
            return owner.data();
        }
        if (lookup != null) {
            data = tape.buffers().take(size());
            EmbeddingOp.forward(rows, lookup.ids, lookup.table.rows(lookup.ids, rows), data);
            lookup = null;
        }
        if (data == null) {
            data = Objects.requireNonNull(deferred).numbers().get();
        }
        return data;
    }

    /// Whether the numbers are still to be computed, which [#data] does.
    public boolean isDeferred() {
        return owner.data == null;
    }

    /// The linear layer whose output this is, as long as its numbers are still to be computed; null otherwise.
    Deferred.@Nullable Linear linear() {
        Deferred later = owner.deferred;
        return later == null || !isDeferred() ? null : later.linear();
    }

    Var defer(Deferred later) {
        deferred = later;
        return this;
    }

    /// What the loss found out about this prediction, null if nothing.
    ClassLoss.@Nullable Measured measured() {
        return owner.measured;
    }

    void remember(ClassLoss.Measured found) {
        owner.measured = found;
    }

    /// The number of elements.
    public int size() {
        return rows * columns;
    }

    /// A copy `[rows, columns]` that outlives the tape.
    public Tensor tensor() {
        float[] copy = new float[size()];
        System.arraycopy(data(), 0, copy, 0, copy.length);
        return Tensor.of(copy, rows, columns);
    }

    /// The single element of a `[1, 1]` value, such as a loss.
    public float scalar() {
        if (size() != 1) {
            throw new IllegalStateException("a value of " + rows + " x " + columns + " is not a scalar");
        }
        return data()[0];
    }

    /// Whether gradients flow through this value: it depends on a parameter, or was asked to.
    public boolean needsGradient() {
        return needsGradient;
    }

    /// The gradient to add to, zero at first; null if none is wanted.
    public float @Nullable [] gradientToAdd() {
        if (!needsGradient) {
            return null;
        }
        if (owner != this) {
            return owner.gradientToAdd();
        }
        if (gradient == null) {
            gradient = tape.buffers().zeros(size());
        }
        return gradient;
    }

    /// The gradient that has arrived, null if none has: then there is nothing to pass on.
    public float @Nullable [] gradient() {
        return owner.gradient;
    }

    /// The value before a last sigmoid or softmax, from which losses are computed without loss of precision; null if unknown.
    @Nullable
    Var logits() {
        return logits;
    }

    /// The activation that made this value from [#logits]; null if unknown.
    @Nullable
    Activation origin() {
        return origin;
    }

    Var withLogits(@Nullable Var before, Activation activation) {
        logits = before;
        origin = activation;
        return this;
    }

    @Override
    public String toString() {
        return steps == null ? "[B=" + rows + ", " + columns + "]" : steps + " x " + columns;
    }
}
