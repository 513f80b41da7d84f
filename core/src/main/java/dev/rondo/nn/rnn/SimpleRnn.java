package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.op.SimpleRnnOp;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.RowOps;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The simple recurrent layer (Elman 1990): `[B, T, F]` to `[B, H]` or `[B, T, H]`.
///
/// ```text
/// h_t = a(x_t * W + h_{t-1} * R + b)        W [F, H] glorot-uniform   R [H, H] orthogonal   b [H] zero at first
/// ```
///
/// @param units number of units H, at least 1
/// @param activation the function a, tanh by default
/// @param useBias whether there are biases, true by default
/// @param options what the layer does with sequences and state
public record SimpleRnn(
        int units, Activation activation, boolean useBias, RecurrentOptions options)
        implements
            RecurrentLayer {
    /// @throws IllegalArgumentException if units is less than 1 or too large for an array, or an activation works on rows
    public SimpleRnn {
        Checks.units("simple_rnn", units, 1);
        RecurrentLayer.checkActivation("simple_rnn", "activation", activation);
    }

    /// The layer with two of the options.
    public SimpleRnn(int units, Activation activation, boolean useBias, boolean returnsSequences,
            boolean goesBackwards) {
        this(units, activation, useBias, new RecurrentOptions(returnsSequences, goesBackwards));
    }

    /// The layer with Keras's defaults.
    public static SimpleRnn of(int units) {
        return new SimpleRnn(units, Activation.TANH, true, RecurrentOptions.of());
    }

    /// This layer with another activation.
    public SimpleRnn activation(Activation activation) {
        return new SimpleRnn(units, activation, useBias, options);
    }

    @Override
    public SimpleRnn withoutBias() {
        return new SimpleRnn(units, activation, false, options);
    }

    @Override
    public SimpleRnn returnSequences() {
        return options(options.withSequences());
    }

    @Override
    public SimpleRnn returnState() {
        return options(options.withState());
    }

    @Override
    public SimpleRnn goBackwards() {
        return options(options.backwards());
    }

    /// This layer with dropout of the inputs and of the state while training; see [RecurrentOptions].
    public SimpleRnn dropout(double dropout, double recurrentDropout) {
        return options(options.dropout(dropout, recurrentDropout));
    }

    @Override
    public String kind() {
        return "simple_rnn";
    }

    @Override
    public SimpleRnn options(RecurrentOptions options) {
        return new SimpleRnn(units, activation, useBias, options);
    }

    @Override
    public List<Integer> stateSizes() {
        return List.of(units);
    }

    @Override
    public int width() {
        return units;
    }

    @Override
    public RecurrentModule build(String name, List<Signature> inputs, WeightSource weights) {
        RecurrentLayer.checkInputs("simple_rnn \"" + name + "\"", inputs, stateSizes());
        int features = inputs.getFirst().features();
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), features, units);
        Parameter recurrent = weights.parameter(name + "/recurrent_kernel", Initializer.orthogonal(), units, units);
        Parameter bias = useBias ? weights.parameter(name + "/bias", Initializer.zeros(), units) : null;
        List<Parameter> parameters = Stream.of(kernel, recurrent, bias).filter(Objects::nonNull).toList();
        Supplier<CellStep> step = () -> new SimpleRnnOp.Weights(kernel.weight(), recurrent.weight(),
                bias == null ? null : bias.values(), activation);
        return new Recurrence(this, outputs(inputs.getFirst()), parameters, step, (x, initial, direction) -> {
            if (options.recurrentDropout() > 0 && x.tape().isRecording()) {
                Var mask = RowOps.dropoutMask(x.tape(), x.steps().batch(), units, options.recurrentDropout());
                return Stepwise.run(x, initial, direction, stateSizes(), (t, now, state) -> {
                    Var h = Ops.product(state.getFirst(), Stepwise.first(mask, now.rows()));
                    return RecurrentOps
                            .simpleRnn(now, List.of(h), Direction.FORWARD, kernel, recurrent, bias, activation).last();
                });
            }
            var run = RecurrentOps.simpleRnn(x, initial, direction, kernel, recurrent, bias, activation);
            return new RecurrentModule.Run(run.outputs(), new State(run.last()));
        });
    }
}
