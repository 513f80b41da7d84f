package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.op.LstmOp;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000): `[B, T, F]` to `[B, H]` or `[B, T, H]`.
///
/// ```text
/// i = f(x_t * W_i + h_{t-1} * R_i + b_i)        input gate
/// f = f(x_t * W_f + h_{t-1} * R_f + b_f)        forget gate
/// g = a(x_t * W_c + h_{t-1} * R_c + b_c)        candidate
/// o = f(x_t * W_o + h_{t-1} * R_o + b_o)        output gate
/// c_t = f * c_{t-1} + i * g        h_t = o * a(c_t)
/// ```
///
/// The weights of the gates i f c o stand side by side: kernel `[F, 4H]` glorot-uniform, recurrent kernel `[H, 4H]` orthogonal,
/// bias `[4H]` zero at first, one for the forget gate with `unitForgetBias` (Jozefowicz et al. 2015).
///
/// @param units number of units H, at least 1
/// @param activation the function a, tanh by default
/// @param recurrentActivation the function f of the gates, sigmoid by default
/// @param useBias whether there are biases, true by default
/// @param unitForgetBias whether the bias of the forget gate starts at one, true by default
/// @param returnsSequences whether to give h of every step instead of the last, false by default
/// @param goesBackwards whether to visit each sequence from its end, false by default
public record Lstm(
        int units, Activation activation, Activation recurrentActivation, boolean useBias, boolean unitForgetBias,
        boolean returnsSequences, boolean goesBackwards)
        implements
            RecurrentLayer {
    /// @throws IllegalArgumentException if units is less than 1 or too large for an array, or an activation works on rows
    public Lstm {
        Checks.units("lstm", units, 4);
        RecurrentLayer.checkActivation("lstm", "activation", activation);
        RecurrentLayer.checkActivation("lstm", "recurrentActivation", recurrentActivation);
    }

    /// The layer with Keras's defaults.
    public static Lstm of(int units) {
        return new Lstm(units, Activation.TANH, Activation.SIGMOID, true, true, false, false);
    }

    /// This layer with another activation.
    public Lstm activation(Activation activation) {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, returnsSequences,
                goesBackwards);
    }

    /// This layer with another activation of the gates.
    public Lstm recurrentActivation(Activation recurrentActivation) {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, returnsSequences,
                goesBackwards);
    }

    /// This layer without biases.
    public Lstm withoutBias() {
        return new Lstm(units, activation, recurrentActivation, false, unitForgetBias, returnsSequences, goesBackwards);
    }

    /// This layer with a forget bias that starts at zero.
    public Lstm withoutUnitForgetBias() {
        return new Lstm(units, activation, recurrentActivation, useBias, false, returnsSequences, goesBackwards);
    }

    /// This layer giving h of every step.
    public Lstm returnSequences() {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, true, goesBackwards);
    }

    /// This layer visiting each sequence from its end.
    public Lstm goBackwards() {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, returnsSequences, true);
    }

    @Override
    public String kind() {
        return "lstm";
    }

    @Override
    public RecurrentModule build(String name, Signature input, WeightSource weights) {
        Checks.sequence("lstm \"" + name + "\"", input);
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), input.features(),
                4 * units);
        Parameter recurrent = weights.parameter(name + "/recurrent_kernel", Initializer.orthogonal(), units, 4 * units);
        Initializer initialBias = unitForgetBias ? Initializer.ones(units, 2 * units) : Initializer.zeros();
        Parameter bias = useBias ? weights.parameter(name + "/bias", initialBias, 4 * units) : null;
        return new Cell(this, kernel, recurrent, bias);
    }

    private record Cell(Lstm layer, Parameter kernel, Parameter recurrent, @Nullable Parameter bias)
            implements
                RecurrentModule {
        @Override
        public List<Parameter> parameters() {
            return Stream.of(kernel, recurrent, bias).filter(Objects::nonNull).toList();
        }

        @Override
        public CellStep cell() {
            return new LstmOp.Weights(kernel.weight(), recurrent.weight(), bias == null ? null : bias.values(),
                    layer.activation, layer.recurrentActivation);
        }

        @Override
        public Run run(Var input, @Nullable State initial, Direction direction) {
            List<Var> start = initial == null ? List.of() : initial.parts();
            var recurrence = RecurrentOps.lstm(
                    input, start, direction, kernel, recurrent, bias, layer.activation, layer.recurrentActivation);
            return new Run(recurrence.outputs(), new State(recurrence.last()));
        }
    }
}
