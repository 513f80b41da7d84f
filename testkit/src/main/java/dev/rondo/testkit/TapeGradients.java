package dev.rondo.testkit;

import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks what a [Tape] computes backwards, for any model, layer or op of your own: runs the loss forward again and again with
/// one number changed and compares the differences with [Tape#backward].
///
/// ```java
/// TapeGradients.of((tape, in) -> LossOps.squaredError(Ops.last(layer.apply(in.getFirst())), targets, 0.5))
///         .input("x", x, Steps.of(3, 1), 5)
///         .parameters(layer.parameters())
///         .check()
///         .assertWithin(TapeGradients.TOLERANCE);
/// ```
///
/// The tape computes in float, so the steps are wide: [#STEP] to either side, and twice that, combined so that the error goes with
/// the fifth derivative. Keep inputs that far from the kinks of relu and its like, the loss near 1 and numbers between about 0.1
/// and 3. Dropout draws the same mask every time. Not safe for use by several threads: parameters are changed and restored.
public final class TapeGradients {
    /// Half the distance of the inner two points of a difference.
    public static final float STEP = 1f / 64;
    /// What a right gradient keeps to as a rule: a loss rounded to 6e-8 of its size gives differences with an error of 6e-8 / STEP,
    /// or 4e-6, and the roundings within the model some ten times that; a wrong factor or a forgotten term is far above it.
    public static final double TOLERANCE = 1e-3;

    private static final long SEED = 1;

    private final LossFunction loss;
    private final Map<String, Input> inputs = new LinkedHashMap<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final Workspace workspace = new Workspace();

    private TapeGradients(LossFunction loss) {
        this.loss = loss;
    }

    /// Computes a scalar on a tape.
    @FunctionalInterface
    public interface LossFunction {
        /// The loss, a `[1, 1]` value; the same number for the same inputs and parameters.
        ///
        /// @param inputs in the order in which they were added
        Var of(Tape tape, List<Var> inputs);
    }

    private record Input(float[] data, int rows, int columns, @Nullable Steps steps) {}

    /// A check of this loss.
    public static TapeGradients of(LossFunction loss) {
        return new TapeGradients(loss);
    }

    /// Adds an input with a row for each step, whose gradient is checked.
    ///
    /// @param data `[N, columns]`, packed as [Steps] says; written to while the check runs, and restored
    /// @return this
    public TapeGradients input(String name, float[] data, Steps steps, int columns) {
        return add(name, new Input(data, steps.total(), columns, steps));
    }

    /// Adds an input with a row for each sequence, such as an initial state, whose gradient is checked.
    ///
    /// @param data `[rows, columns]`; written to while the check runs, and restored
    /// @return this
    public TapeGradients input(String name, float[] data, int rows, int columns) {
        return add(name, new Input(data, rows, columns, null));
    }

    private TapeGradients add(String name, Input input) {
        if (input.data.length != input.rows * input.columns) {
            throw new IllegalArgumentException("input " + name + " of " + input.rows + " x " + input.columns + " needs "
                    + input.rows * input.columns + " numbers, not " + input.data.length);
        }
        if (inputs.putIfAbsent(name, input) != null) {
            throw new IllegalArgumentException("there are two inputs named " + name);
        }
        return this;
    }

    /// Adds parameters whose gradients are checked.
    ///
    /// @return this
    public TapeGradients parameters(Iterable<Parameter> more) {
        more.forEach(parameters::add);
        return this;
    }

    /// Adds parameters whose gradients are checked.
    ///
    /// @return this
    public TapeGradients parameters(Parameter... more) {
        return parameters(List.of(more));
    }

    /// Runs the tape backwards once and forward four times for each number.
    ///
    /// @return the comparison; nothing is thrown for a wrong gradient
    public GradientReport check() {
        Map<String, double[]> actual = new LinkedHashMap<>();
        try (Tape tape = Tape.recording(workspace, SEED)) {
            List<Var> vars = new ArrayList<>();
            Gradients gradients = tape.backward(run(tape, vars));
            int i = 0;
            for (String name : inputs.keySet()) {
                Var input = vars.get(i++);
                actual.put(name, doubles(input.gradient(), input.size()));
            }
            for (Parameter parameter : parameters) {
                if (actual.put(parameter.name(), doubles(gradients.toArray(parameter), parameter.size())) != null) {
                    throw new IllegalArgumentException("there are two parameters or inputs named " + parameter.name());
                }
            }
        }
        Map<String, double[]> expected = new LinkedHashMap<>();
        inputs.forEach((name, input) -> expected.put(name, differences(input.data, () -> {})));
        for (Parameter parameter : parameters) {
            expected.put(parameter.name(), differences(parameter.values(), parameter::changed));
        }
        return GradientChecker.compare(expected, actual);
    }

    private static double[] doubles(float @Nullable [] values, int size) {
        double[] copy = new double[size];
        for (int i = 0; values != null && i < size; i++) {
            copy[i] = values[i];
        }
        return copy;
    }

    /// `(8 (f(x + s) - f(x - s)) - (f(x + 2s) - f(x - 2s))) / 12 s` for each element, s being what the float made of the step.
    private double[] differences(float[] values, Runnable changed) {
        double[] gradient = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double near = slope(values, i, STEP, changed);
            double far = slope(values, i, 2 * STEP, changed);
            gradient[i] = (4 * near - far) / 3;
        }
        return gradient;
    }

    private double slope(float[] values, int i, float step, Runnable changed) {
        float value = values[i];
        float above = value + step;
        float below = value - step;
        double difference = lossAt(values, i, above, changed) - lossAt(values, i, below, changed);
        values[i] = value;
        changed.run();
        return difference / ((double) above - below);
    }

    private double lossAt(float[] values, int i, float value, Runnable changed) {
        values[i] = value;
        changed.run();
        try (Tape tape = Tape.recording(workspace, SEED)) {
            return run(tape, new ArrayList<>()).scalar();
        }
    }

    private Var run(Tape tape, List<Var> vars) {
        inputs.values().forEach(
                input -> vars.add(tape.input(input.data, input.rows, input.columns, input.steps, true)));
        return loss.of(tape, List.copyOf(vars));
    }
}
