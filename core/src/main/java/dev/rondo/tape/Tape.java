package dev.rondo.tape;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.Buffers;
import dev.rondo.op.RowGradient;
import dev.rondo.op.Sum;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers the operations of one forward computation so that they can be run backwards.
///
/// ```java
/// try (Tape tape = Tape.recording()) {
///     Var loss = Ops.meanSquaredError(model.apply(tape.features(x)), targets);
///     optimizer.step(tape.backward(loss));
/// }
/// ```
///
/// A tape that does not record computes the same values and keeps nothing. Use after [#close], a [Var] of another tape, and a
/// second [#backward] throw IllegalStateException. For one thread.
public final class Tape implements AutoCloseable {
    private enum Phase {
        RECORDING, INFERENCE, DONE, CLOSED
    }

    private final Workspace workspace;
    private final Kernels kernels = Kernels.best();
    private final List<Runnable> steps = new ArrayList<>();
    private final List<Runnable> changes = new ArrayList<>();
    private final Map<Parameter, Gradient> gradients = new IdentityHashMap<>();
    private final List<Parameter> order = new ArrayList<>();
    private Phase phase;
    private long seed;
    private CarriedState.@Nullable Part carried;

    private Tape(Workspace workspace, Phase phase, long seed) {
        this.workspace = workspace;
        this.phase = phase;
        this.seed = seed;
    }

    /// A tape for training with a workspace and seed of its own choice, seed 0.
    public static Tape recording() {
        return recording(new Workspace(), 0);
    }

    /// A tape for training.
    ///
    /// @param workspace where arrays come from; no other tape may be open on it
    /// @param seed of the dropout masks
    public static Tape recording(Workspace workspace, long seed) {
        return new Tape(workspace, Phase.RECORDING, seed);
    }

    /// A tape for inference: nothing is recorded and dropout is the identity.
    public static Tape inference(Workspace workspace) {
        return new Tape(workspace, Phase.INFERENCE, 0);
    }

    /// Makes recurrent layers that are given no initial state go on from a carried one, and keep the last one there.
    ///
    /// @return this
    public Tape carrying(CarriedState.@Nullable Part state) {
        carried = state;
        return this;
    }

    /// The states that recurrent layers go on from, null if they start from zero.
    public CarriedState.@Nullable Part carried() {
        return carried;
    }

    /// Whether this tape records, that is, whether the model trains.
    public boolean isRecording() {
        return phase == Phase.RECORDING;
    }

    /// A sequence value `[N, columns]` (with steps) or a value for each sequence `[B, columns]` (without) that needs no gradient.
    ///
    /// @param data row by row; kept, not copied
    public Var constant(float[] data, int rows, int columns, @Nullable Steps layout) {
        return input(data, rows, columns, layout, false);
    }

    /// An input whose gradient is wanted, as [Var#gradient] after [#backward].
    public Var input(float[] data, int rows, int columns, @Nullable Steps layout, boolean needsGradient) {
        checkOpen();
        if (data.length < (long) rows * columns) {
            throw new IllegalArgumentException(
                    "a value of " + rows + " x " + columns + " needs " + (long) rows * columns
                            + " numbers, not " + data.length);
        }
        if (layout != null && layout.total() != rows) {
            throw new IllegalArgumentException(
                    "a sequence value of steps " + layout + " needs " + layout.total() + " rows, not " + rows);
        }
        return new Var(this, data, rows, columns, layout, null, needsGradient && isRecording());
    }

    /// Token ids, one for each real step.
    public Var tokens(int[] ids, Steps layout) {
        checkOpen();
        if (ids.length < layout.total()) {
            throw new IllegalArgumentException(
                    "steps " + layout + " need " + layout.total() + " token ids, not " + ids.length);
        }
        return new Var(this, NONE, layout.total(), 1, layout, ids, false);
    }

    private static final float[] NONE = {};

    /// Runs the recorded operations backwards from a scalar and returns the gradients of all parameters that it depends on.
    ///
    /// @param loss a `[1, 1]` value of this tape
    /// @return gradients whose arrays belong to this tape: use them before it is closed
    /// @throws IllegalStateException if the tape does not record, was run backwards already, or is closed
    public Gradients backward(Var loss) {
        checkOwn(loss);
        checkRecording();
        if (loss.size() != 1) {
            throw new IllegalArgumentException("backward starts from a scalar loss, not from a value of shape " + loss);
        }
        float[] one = loss.gradientToAdd();
        if (one != null) {
            one[0] = 1f;
        }
        return backward();
    }

    /// Runs the recorded operations backwards from gradients that were added to values of this tape ([Var#gradientToAdd]).
    ///
    /// @return as for a loss
    /// @throws IllegalStateException if the tape does not record, was run backwards already, or is closed
    public Gradients backward() {
        checkOpen();
        checkRecording();
        phase = Phase.DONE;
        for (int i = steps.size() - 1; i >= 0; i--) {
            steps.get(i).run();
        }
        return new Gradients(order, gradients);
    }

    /// Ends the life of this tape's values and hands their arrays back to the workspace. A second call does nothing.
    @Override
    public void close() {
        if (phase != Phase.CLOSED) {
            phase = Phase.CLOSED;
            steps.clear();
            changes.clear();
            workspace.takeBack();
        }
    }

    /// The arithmetic of this tape's operations.
    public Kernels kernels() {
        return kernels;
    }

    /// Where operations on this tape get their arrays.
    public Buffers buffers() {
        checkOpen();
        return workspace;
    }

    /// The result of an operation.
    ///
    /// @param data from [#buffers]
    /// @param needsGradient whether any input of the operation is a parameter or needs a gradient
    public Var result(float[] data, int rows, int columns, @Nullable Steps layout, boolean needsGradient) {
        return new Var(this, data, rows, columns, layout, null, needsGradient && isRecording());
    }

    /// The result of an operation whose numbers are computed when somebody asks for them.
    Var deferred(Deferred later, int rows, int columns, @Nullable Steps layout, boolean needsGradient) {
        return new Var(this, null, rows, columns, layout, null, needsGradient && isRecording()).defer(later);
    }

    /// Appends the backward step of an operation; does nothing on a tape that does not record.
    public void record(Runnable backward) {
        if (isRecording()) {
            steps.add(backward);
        }
    }

    /// The gradient of a parameter to add to, zero at first; null if the parameter is not trained.
    public float @Nullable [] gradientOf(Parameter parameter) {
        if (!parameter.isTrainable()) {
            return null;
        }
        Gradient gradient = gradients.get(parameter);
        if (gradient == null) {
            gradient = new Gradient.Dense(workspace.zeros(parameter.size()), parameter.size());
            put(parameter, gradient);
        }
        return switch (gradient) {
            case Gradient.Dense dense -> dense.values();
            case Gradient.Rows rows -> throw new IllegalStateException("parameter \"" + parameter.name()
                    + "\" is looked up by rows and used as a whole on one tape");
        };
    }

    /// The gradient of a parameter, empty at first; null if the parameter is not trained. Who asks must write all of it before anybody else
    /// asks for it.
    public @Nullable Sum sumOf(Parameter parameter) {
        if (!parameter.isTrainable() || gradients.containsKey(parameter)) {
            return Sum.of(gradientOf(parameter));
        }
        var gradient = new Gradient.Dense(workspace.take(parameter.size()), parameter.size());
        put(parameter, gradient);
        return new Sum(gradient.values(), true);
    }

    /// The gradient of a table to add rows to, empty at first; null if the table is not trained.
    public @Nullable RowGradient rowGradientOf(Parameter parameter) {
        if (!parameter.isTrainable()) {
            return null;
        }
        Gradient gradient = gradients.get(parameter);
        if (gradient == null) {
            gradient = new Gradient.Rows(workspace.rows(parameter));
            put(parameter, gradient);
        }
        return switch (gradient) {
            case Gradient.Rows rows -> rows.rows();
            case Gradient.Dense dense -> throw new IllegalStateException("parameter \"" + parameter.name()
                    + "\" is looked up by rows and used as a whole on one tape");
        };
    }

    private void put(Parameter parameter, Gradient gradient) {
        gradients.put(parameter, gradient);
        order.add(parameter);
    }

    /// A seed for the next random operation: a function of the tape's seed and the number of random operations before.
    public long nextSeed() {
        seed += 0x9E3779B97F4A7C15L;
        long z = (seed ^ seed >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /// Remembers a change of a layer's state to be made when the training step that this tape is for succeeds; does nothing on a tape
    /// that does not record.
    ///
    /// A model whose layers do so says [dev.rondo.nn.Module#mixesBatch], so that one tape holds the whole batch.
    public void afterStep(Runnable change) {
        if (isRecording()) {
            changes.add(change);
        }
    }

    /// The changes of layers' states, in the order in which they were remembered.
    public List<Runnable> changes() {
        return List.copyOf(changes);
    }

    private void checkRecording() {
        if (phase != Phase.RECORDING) {
            throw new IllegalStateException(phase == Phase.DONE
                    ? "backward ran already on this tape; record a new one for each step"
                    : "this tape does not record; use Tape.recording() to train");
        }
    }

    void checkOpen() {
        if (phase == Phase.CLOSED) {
            throw new IllegalStateException(
                    "the tape is closed and its values are gone; copy them with tensor() before");
        }
    }

    void checkOwn(Var value) {
        checkOpen();
        if (value.tape() != this) {
            throw new IllegalStateException(
                    "the value " + value + " belongs to another tape; bring it over as a constant");
        }
    }
}
