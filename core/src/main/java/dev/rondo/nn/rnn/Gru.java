package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.op.GruOp;
import dev.rondo.op.GruResetBeforeOp;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.RowOps;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gated recurrent unit (Cho et al. 2014): `[B, T, F]` to `[B, H]` or `[B, T, H]`.
///
/// ```text
/// z = f(x_t * W_z + b_z + h_{t-1} * R_z + q_z)                 update gate
/// r = f(x_t * W_r + b_r + h_{t-1} * R_r + q_r)                 reset gate
/// h~ = a(x_t * W_h + b_h + r * (h_{t-1} * R_h + q_h))          candidate, with resetAfter (Keras, PyTorch, cuDNN)
/// h~ = a(x_t * W_h + b_h + (r * h_{t-1}) * R_h)                candidate, without (as published; no q)
/// h_t = z * h_{t-1} + (1 - z) * h~
/// ```
///
/// The weights of the gates z r h stand side by side: kernel `[F, 3H]` glorot-uniform, recurrent kernel `[H, 3H]` orthogonal, bias b
/// `[3H]` and recurrent bias q `[3H]` zero at first.
///
/// @param units number of units H, at least 1
/// @param activation the function a, tanh by default
/// @param recurrentActivation the function f of the gates, sigmoid by default
/// @param useBias whether there are biases, true by default
/// @param resetAfter whether the reset gate applies after the recurrent product, true by default
/// @param options what the layer does with sequences and state
public record Gru(
        int units, Activation activation, Activation recurrentActivation, boolean useBias, boolean resetAfter,
        RecurrentOptions options)
        implements
            RecurrentLayer {
    /// @throws IllegalArgumentException if units is less than 1 or too large for an array, or an activation works on rows
    public Gru {
        Checks.units("gru", units, 3);
        RecurrentLayer.checkActivation("gru", "activation", activation);
        RecurrentLayer.checkActivation("gru", "recurrentActivation", recurrentActivation);
    }

    /// The layer with two of the options.
    public Gru(int units, Activation activation, Activation recurrentActivation, boolean useBias, boolean resetAfter,
            boolean returnsSequences, boolean goesBackwards) {
        this(units, activation, recurrentActivation, useBias, resetAfter,
                new RecurrentOptions(returnsSequences, goesBackwards));
    }

    /// The layer with Keras's defaults.
    public static Gru of(int units) {
        return new Gru(units, Activation.TANH, Activation.SIGMOID, true, true, RecurrentOptions.of());
    }

    /// This layer with another activation.
    public Gru activation(Activation activation) {
        return new Gru(units, activation, recurrentActivation, useBias, resetAfter, options);
    }

    /// This layer with another activation of the gates.
    public Gru recurrentActivation(Activation recurrentActivation) {
        return new Gru(units, activation, recurrentActivation, useBias, resetAfter, options);
    }

    @Override
    public Gru withoutBias() {
        return new Gru(units, activation, recurrentActivation, false, resetAfter, options);
    }

    /// This layer with the reset gate applied before the recurrent product, as published.
    public Gru resetBefore() {
        return new Gru(units, activation, recurrentActivation, useBias, false, options);
    }

    @Override
    public Gru returnSequences() {
        return options(options.withSequences());
    }

    @Override
    public Gru returnState() {
        return options(options.withState());
    }

    @Override
    public Gru goBackwards() {
        return options(options.backwards());
    }

    /// This layer with dropout of the inputs and of the state while training; see [RecurrentOptions].
    public Gru dropout(double dropout, double recurrentDropout) {
        return options(options.dropout(dropout, recurrentDropout));
    }

    @Override
    public String kind() {
        return "gru";
    }

    @Override
    public Gru options(RecurrentOptions options) {
        return new Gru(units, activation, recurrentActivation, useBias, resetAfter, options);
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
        RecurrentLayer.checkInputs("gru \"" + name + "\"", inputs, stateSizes());
        int features = inputs.getFirst().features();
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), features, 3 * units);
        Parameter recurrent = weights.parameter(name + "/recurrent_kernel", Initializer.orthogonal(), units, 3 * units);
        Parameter bias = useBias ? weights.parameter(name + "/bias", Initializer.zeros(), 3 * units) : null;
        Parameter recurrentBias = useBias && resetAfter
                ? weights.parameter(name + "/recurrent_bias", Initializer.zeros(), 3 * units) : null;
        Weights all = new Weights(this, kernel, recurrent, bias, recurrentBias);
        List<Parameter> parameters = Stream.of(kernel, recurrent, bias, recurrentBias).filter(Objects::nonNull)
                .toList();
        return new Recurrence(this, outputs(inputs.getFirst()), parameters, all::step,
                (x, initial, direction) -> options.recurrentDropout() > 0 && x.tape().isRecording()
                        ? all.runWithDropout(x, initial, direction) : all.run(x, initial, direction));
    }

    private record Weights(Gru layer, Parameter kernel, Parameter recurrent, @Nullable Parameter bias,
            @Nullable Parameter recurrentBias) {
        CellStep step() {
            float @Nullable [] b = bias == null ? null : bias.values();
            if (!layer.resetAfter) {
                return new GruResetBeforeOp.Weights(kernel.weight(), recurrent.weight(), b, layer.activation,
                        layer.recurrentActivation);
            }
            return new GruOp.Weights(kernel.weight(), recurrent.weight(), b,
                    recurrentBias == null ? null : recurrentBias.values(), layer.activation, layer.recurrentActivation);
        }

        RecurrentModule.Run run(Var x, List<Var> initial, Direction direction) {
            var run = layer.resetAfter
                    ? RecurrentOps.gru(x, initial, direction, kernel, recurrent, bias, recurrentBias, layer.activation,
                            layer.recurrentActivation)
                    : RecurrentOps.gruResetBefore(x, initial, direction, kernel, recurrent, bias, layer.activation,
                            layer.recurrentActivation);
            return new RecurrentModule.Run(run.outputs(), new State(run.last()));
        }

        /// The gates see the state with elements dropped, but the mix `z * h + (1 - z) * g` sees all of it: the operation mixes with
        /// the dropped state, and what it misses is added.
        RecurrentModule.Run runWithDropout(Var x, List<Var> initial, Direction direction) {
            int units = layer.units;
            Var mask = RowOps.dropoutMask(x.tape(), x.steps().batch(), units, layer.options.recurrentDropout());
            return Stepwise.run(x, initial, direction, layer.stateSizes(), (t, now, state) -> {
                Var h = state.getFirst();
                Var dropped = Ops.product(h, Stepwise.first(mask, now.rows()));
                Var mixed = run(now, List.of(dropped), Direction.FORWARD).last().h();
                Var input = RowOps.columns(Ops.affine(now, kernel, bias), 0, units);
                Var inner = RowOps.columns(Ops.affine(dropped, recurrent, recurrentBias), 0, units);
                Var z = Ops.activation(Ops.sum(Ops.pick(input, range(now.rows()), null), inner, 1),
                        layer.recurrentActivation);
                Var missing = Ops.sum(h, Ops.sum(dropped, dropped, -0.5f), 1);
                return List.of(Ops.sum(mixed, Ops.product(z, missing), 1));
            });
        }

        private static int[] range(int count) {
            return IntStream.range(0, count).toArray();
        }
    }
}
