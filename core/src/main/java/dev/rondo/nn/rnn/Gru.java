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
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.Objects;
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
/// @param returnsSequences whether to give h of every step instead of the last, false by default
/// @param goesBackwards whether to visit each sequence from its end, false by default
public record Gru(
        int units, Activation activation, Activation recurrentActivation, boolean useBias, boolean resetAfter,
        boolean returnsSequences, boolean goesBackwards)
        implements
            RecurrentLayer {
    /// @throws IllegalArgumentException if units is less than 1 or too large for an array, or an activation works on rows
    public Gru {
        Checks.units("gru", units, 3);
        RecurrentLayer.checkActivation("gru", "activation", activation);
        RecurrentLayer.checkActivation("gru", "recurrentActivation", recurrentActivation);
    }

    /// The layer with Keras's defaults.
    public static Gru of(int units) {
        return new Gru(units, Activation.TANH, Activation.SIGMOID, true, true, false, false);
    }

    /// This layer with another activation.
    public Gru activation(Activation activation) {
        return new Gru(units, activation, recurrentActivation, useBias, resetAfter, returnsSequences, goesBackwards);
    }

    /// This layer with another activation of the gates.
    public Gru recurrentActivation(Activation recurrentActivation) {
        return new Gru(units, activation, recurrentActivation, useBias, resetAfter, returnsSequences, goesBackwards);
    }

    /// This layer without biases.
    public Gru withoutBias() {
        return new Gru(units, activation, recurrentActivation, false, resetAfter, returnsSequences, goesBackwards);
    }

    /// This layer with the reset gate applied before the recurrent product, as published.
    public Gru resetBefore() {
        return new Gru(units, activation, recurrentActivation, useBias, false, returnsSequences, goesBackwards);
    }

    /// This layer giving h of every step.
    public Gru returnSequences() {
        return new Gru(units, activation, recurrentActivation, useBias, resetAfter, true, goesBackwards);
    }

    /// This layer visiting each sequence from its end.
    public Gru goBackwards() {
        return new Gru(units, activation, recurrentActivation, useBias, resetAfter, returnsSequences, true);
    }

    @Override
    public String kind() {
        return "gru";
    }

    @Override
    public RecurrentModule build(String name, Signature input, WeightSource weights) {
        Checks.sequence("gru \"" + name + "\"", input);
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), input.features(),
                3 * units);
        Parameter recurrent = weights.parameter(name + "/recurrent_kernel", Initializer.orthogonal(), units, 3 * units);
        Parameter bias = useBias ? weights.parameter(name + "/bias", Initializer.zeros(), 3 * units) : null;
        Parameter recurrentBias = useBias && resetAfter
                ? weights.parameter(name + "/recurrent_bias", Initializer.zeros(), 3 * units) : null;
        return new Cell(this, kernel, recurrent, bias, recurrentBias);
    }

    private record Cell(Gru layer, Parameter kernel, Parameter recurrent, @Nullable Parameter bias,
            @Nullable Parameter recurrentBias)
            implements
                RecurrentModule {
        @Override
        public List<Parameter> parameters() {
            return Stream.of(kernel, recurrent, bias, recurrentBias).filter(Objects::nonNull).toList();
        }

        @Override
        public CellStep cell() {
            float @Nullable [] b = bias == null ? null : bias.values();
            if (!layer.resetAfter) {
                return new GruResetBeforeOp.Weights(kernel.weight(), recurrent.weight(), b, layer.activation,
                        layer.recurrentActivation);
            }
            return new GruOp.Weights(kernel.weight(), recurrent.weight(), b,
                    recurrentBias == null ? null : recurrentBias.values(), layer.activation, layer.recurrentActivation);
        }

        @Override
        public Run run(Var input, @Nullable State initial, Direction direction) {
            List<Var> start = initial == null ? List.of() : initial.parts();
            var recurrence = layer.resetAfter
                    ? RecurrentOps.gru(input, start, direction, kernel, recurrent, bias, recurrentBias,
                            layer.activation,
                            layer.recurrentActivation)
                    : RecurrentOps.gruResetBefore(input, start, direction, kernel, recurrent, bias, layer.activation,
                            layer.recurrentActivation);
            return new Run(recurrence.outputs(), new State(recurrence.last()));
        }
    }
}
