package dev.rondo.tape;

import dev.rondo.internal.kernel.Kernels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The gradients of the parameters that a loss depends on. The arrays belong to the tape that made them.
public final class Gradients {
    /// Numbers that a pass over all gradients takes at a time: 256 KiB.
    private static final int PIECE = 1 << 16;

    private final List<Parameter> parameters;
    private final Map<Parameter, Gradient> gradients;

    /// Runs tasks 0 to `count - 1`, on one thread or several, and returns when all have ended.
    @FunctionalInterface
    public interface Tasks {
        /// On the calling thread, in order.
        Tasks HERE = (count, task) -> {
            for (int i = 0; i < count; i++) {
                task.accept(i);
            }
        };

        void run(int count, IntConsumer task);
    }

    /// What is done with `count` numbers of a gradient from `from` on.
    @FunctionalInterface
    public interface Pass {
        void take(float[] values, int from, int count);
    }

    /// Some of the numbers of a gradient.
    private record Piece(float[] values, int from, int count) {}

    Gradients(List<Parameter> parameters, Map<Parameter, Gradient> gradients) {
        this.parameters = parameters;
        this.gradients = gradients;
    }

    /// The parameters with a gradient, in an order that depends on the model alone.
    public List<Parameter> parameters() {
        return Collections.unmodifiableList(parameters);
    }

    /// The gradient of a parameter, null if the loss does not depend on it.
    public @Nullable Gradient of(Parameter parameter) {
        return gradients.get(parameter);
    }

    /// A copy of the gradient of a parameter with one number for each element, zeros for untouched rows.
    public float[] toArray(Parameter parameter) {
        float[] all = new float[parameter.size()];
        switch (of(parameter)) {
            case Gradient.Dense dense -> System.arraycopy(dense.values(), 0, all, 0, dense.size());
            case Gradient.Rows(var rows) -> {
                for (int i = 0; i < rows.count(); i++) {
                    System.arraycopy(rows.values(), i * rows.width(), all, rows.row(i) * rows.width(), rows.width());
                }
            }
            case null -> {}
        }
        return all;
    }

    /// Adds the gradients of another slice of the batch, parameter by parameter.
    ///
    /// @throws IllegalArgumentException if the other slice has gradients of other parameters
    public void add(Gradients other) {
        if (parameters.size() != other.parameters.size()) {
            throw new IllegalArgumentException("the slices have gradients of " + parameters.size() + " and "
                    + other.parameters.size() + " parameters; every slice must run the same model");
        }
        for (Parameter parameter : parameters) {
            add(parameter, other);
        }
    }

    /// Adds the gradient of one parameter of another slice.
    public void add(Parameter parameter, Gradients other) {
        Kernels k = Kernels.best();
        Gradient mine = gradients.get(parameter);
        Gradient theirs = other.gradients.get(parameter);
        if (mine instanceof Gradient.Dense a && theirs instanceof Gradient.Dense b) {
            k.add(a.size(), b.values(), 0, a.values(), 0);
        } else if (mine instanceof Gradient.Rows a && theirs instanceof Gradient.Rows b) {
            a.rows().add(k, b.rows());
        } else {
            throw new IllegalArgumentException(
                    "parameter \"" + parameter.name() + "\" has no gradient of the same kind in another slice");
        }
    }

    /// The square of the Euclidean norm of all gradients together.
    public double squaredNorm() {
        return squaredNorm(Tasks.HERE);
    }

    /// The square of the Euclidean norm of all gradients together; the result does not depend on who runs the tasks.
    public double squaredNorm(Tasks tasks) {
        Kernels k = Kernels.best();
        List<Piece> pieces = pieces();
        double[] squares = new double[pieces.size()];
        tasks.run(squares.length, i -> {
            Piece piece = pieces.get(i);
            squares[i] = k.sumOfSquares(piece.count, piece.values, piece.from);
        });
        double sum = 0;
        for (double square : squares) {
            sum += square;
        }
        return sum;
    }

    private List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        for (Parameter parameter : parameters) {
            switch (gradients.get(parameter)) {
                case Gradient.Dense dense -> cut(dense.values(), dense.size(), pieces);
                case Gradient.Rows(var rows) -> cut(rows.values(), rows.count() * rows.width(), pieces);
                case null -> throw new AssertionError(parameter);
            }
        }
        return pieces;
    }

    private static void cut(float[] values, int size, List<Piece> pieces) {
        for (int from = 0; from < size; from += PIECE) {
            pieces.add(new Piece(values, from, Math.min(PIECE, size - from)));
        }
    }

    /// Takes all numbers of all gradients, in pieces.
    public void forEach(Tasks tasks, Pass pass) {
        List<Piece> pieces = pieces();
        tasks.run(pieces.size(), i -> {
            Piece piece = pieces.get(i);
            pass.take(piece.values, piece.from, piece.count);
        });
    }

    /// Whether the gradients of biases and of other vectors are finite.
    ///
    /// What is infinite or NaN at any step of a layer with a bias reaches the bias's gradient, which is the sum over all steps. So this
    /// finds nearly all that [#squaredNorm()] would, without its pass over the matrices, which costs as much as their update; what it
    /// cannot find is a layer without a bias, or a product of a finite error and a huge input.
    public boolean areVectorsFinite() {
        for (Parameter parameter : parameters) {
            if (gradients.get(parameter) instanceof Gradient.Dense dense && parameter.shape().length == 1
                    && !isFinite(dense)) {
                return false;
            }
        }
        return true;
    }

    /// In a plain loop: a program that is over soon need not wait for a vector kernel.
    private static boolean isFinite(Gradient.Dense dense) {
        float[] values = dense.values();
        for (int i = 0; i < dense.size(); i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }

    /// Multiplies all gradients.
    public void scale(float factor, Tasks tasks) {
        Kernels k = Kernels.best();
        forEach(tasks, (values, from, count) -> k.scale(count, factor, values, from));
    }
}
