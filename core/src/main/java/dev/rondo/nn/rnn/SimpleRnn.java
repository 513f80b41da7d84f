package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.op.SimpleRnnOp;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The simple recurrent layer (Elman 1990): `[B, T, F]` to `[B, H]` or `[B, T, H]`.
///
/// ```text
/// h_t = a(x_t * W + h_{t-1} * R + b)        W [F, H] glorot-uniform   R [H, H] orthogonal   b [H] zero at first
/// ```
///
/// @param units number of units H, at least 1
/// @param activation the function a, tanh by default
/// @param useBias whether there are biases, true by default
/// @param returnsSequences whether to give h of every step instead of the last, false by default
/// @param goesBackwards whether to visit each sequence from its end, false by default
public record SimpleRnn(
        int units, Activation activation, boolean useBias, boolean returnsSequences, boolean goesBackwards)
        implements
            RecurrentLayer {
    /// @throws IllegalArgumentException if units is less than 1 or too large for an array, or an activation works on rows
    public SimpleRnn {
        Checks.units("simple_rnn", units, 1);
        RecurrentLayer.checkActivation("simple_rnn", "activation", activation);
    }

    /// The layer with Keras's defaults.
    public static SimpleRnn of(int units) {
        return new SimpleRnn(units, Activation.TANH, true, false, false);
    }

    /// This layer with another activation.
    public SimpleRnn activation(Activation activation) {
        return new SimpleRnn(units, activation, useBias, returnsSequences, goesBackwards);
    }

    /// This layer without biases.
    public SimpleRnn withoutBias() {
        return new SimpleRnn(units, activation, false, returnsSequences, goesBackwards);
    }

    /// This layer giving h of every step.
    public SimpleRnn returnSequences() {
        return new SimpleRnn(units, activation, useBias, true, goesBackwards);
    }

    /// This layer visiting each sequence from its end.
    public SimpleRnn goBackwards() {
        return new SimpleRnn(units, activation, useBias, returnsSequences, true);
    }

    @Override
    public String kind() {
        return "simple_rnn";
    }

    @Override
    public RecurrentModule build(String name, Signature input, WeightSource weights) {
        Checks.sequence("simple_rnn \"" + name + "\"", input);
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), input.features(), units);
        Parameter recurrent = weights.parameter(name + "/recurrent_kernel", Initializer.orthogonal(), units, units);
        Parameter bias = useBias ? weights.parameter(name + "/bias", Initializer.zeros(), units) : null;
        return new Cell(this, kernel, recurrent, bias);
    }

    private record Cell(SimpleRnn layer, Parameter kernel, Parameter recurrent, @Nullable Parameter bias)
            implements
                RecurrentModule {
        @Override
        public List<Parameter> parameters() {
            return Stream.of(kernel, recurrent, bias).filter(Objects::nonNull).toList();
        }

        @Override
        public CellStep cell() {
            return new SimpleRnnOp.Weights(kernel.weight(), recurrent.weight(), bias == null ? null : bias.values(),
                    layer.activation);
        }

        @Override
        public Run run(Var input, @Nullable State initial, Direction direction) {
            List<Var> start = initial == null ? List.of() : initial.parts();
            var recurrence = RecurrentOps.simpleRnn(input, start, direction, kernel, recurrent, bias, layer.activation);
            return new Run(recurrence.outputs(), new State(recurrence.last()));
        }
    }
}
