package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.op.LstmOp;
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
/// @param projection the number P of columns that h is projected to, `h_t = (o * a(c_t)) * P`, 0 for no projection (Sak et al. 2014); with
///        tanh and sigmoid only
/// @param options what the layer does with sequences and state
public record Lstm(
        int units, Activation activation, Activation recurrentActivation, boolean useBias, boolean unitForgetBias,
        int projection, RecurrentOptions options)
        implements
            RecurrentLayer {
    /// @throws IllegalArgumentException if units is less than 1 or too large for an array, or an activation works on rows
    public Lstm {
        Checks.units("lstm", units, 4);
        RecurrentLayer.checkActivation("lstm", "activation", activation);
        RecurrentLayer.checkActivation("lstm", "recurrentActivation", recurrentActivation);
        if (projection < 0 || projection > 0
                && (activation != Activation.TANH || recurrentActivation != Activation.SIGMOID)) {
            throw new IllegalArgumentException("lstm: projection is " + projection
                    + "; it must be at least 0, and 0 unless the activations are tanh and sigmoid");
        }
    }

    /// The layer with two of the options.
    public Lstm(int units, Activation activation, Activation recurrentActivation, boolean useBias,
            boolean unitForgetBias, boolean returnsSequences, boolean goesBackwards) {
        this(units, activation, recurrentActivation, useBias, unitForgetBias, 0,
                new RecurrentOptions(returnsSequences, goesBackwards));
    }

    /// The layer with Keras's defaults.
    public static Lstm of(int units) {
        return new Lstm(units, Activation.TANH, Activation.SIGMOID, true, true, 0, RecurrentOptions.of());
    }

    /// This layer with another activation.
    public Lstm activation(Activation activation) {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, projection, options);
    }

    /// This layer with another activation of the gates.
    public Lstm recurrentActivation(Activation recurrentActivation) {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, projection, options);
    }

    @Override
    public Lstm withoutBias() {
        return new Lstm(units, activation, recurrentActivation, false, unitForgetBias, projection, options);
    }

    /// This layer with a forget bias that starts at zero.
    public Lstm withoutUnitForgetBias() {
        return new Lstm(units, activation, recurrentActivation, useBias, false, projection, options);
    }

    @Override
    public Lstm returnSequences() {
        return options(options.withSequences());
    }

    @Override
    public Lstm returnState() {
        return options(options.withState());
    }

    @Override
    public Lstm goBackwards() {
        return options(options.backwards());
    }

    /// This layer with dropout of the inputs and of the state while training; see [RecurrentOptions].
    public Lstm dropout(double dropout, double recurrentDropout) {
        return options(options.dropout(dropout, recurrentDropout));
    }

    @Override
    public String kind() {
        return "lstm";
    }

    /// This layer with h projected to that many columns.
    public Lstm projection(int projection) {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, projection, options);
    }

    @Override
    public Lstm options(RecurrentOptions options) {
        return new Lstm(units, activation, recurrentActivation, useBias, unitForgetBias, projection, options);
    }

    @Override
    public List<Integer> stateSizes() {
        return List.of(width(), units);
    }

    @Override
    public int width() {
        return projection == 0 ? units : projection;
    }

    @Override
    public RecurrentModule build(String name, List<Signature> inputs, WeightSource weights) {
        RecurrentLayer.checkInputs("lstm \"" + name + "\"", inputs, stateSizes());
        int features = inputs.getFirst().features();
        Parameter kernel = weights.parameter(name + "/kernel", Initializer.glorotUniform(), features, 4 * units);
        Parameter recurrent = weights.parameter(name + "/recurrent_kernel", Initializer.orthogonal(), width(),
                4 * units);
        Initializer initialBias = unitForgetBias ? Initializer.ones(units, 2 * units) : Initializer.zeros();
        Parameter bias = useBias ? weights.parameter(name + "/bias", initialBias, 4 * units) : null;
        Parameter projected = projection == 0 ? null
                : weights.parameter(name + "/projection", Initializer.glorotUniform(), units, projection);
        Weights all = new Weights(this, kernel, recurrent, bias, projected);
        List<Parameter> parameters = Stream.of(kernel, recurrent, bias, projected).filter(Objects::nonNull).toList();
        return new Recurrence(this, outputs(inputs.getFirst()), parameters, projection == 0 ? all::step : null,
                all::run);
    }

    private record Weights(Lstm layer, Parameter kernel, Parameter recurrent, @Nullable Parameter bias,
            @Nullable Parameter projection) {
        CellStep step() {
            return new LstmOp.Weights(kernel.weight(), recurrent.weight(), bias == null ? null : bias.values(),
                    layer.activation, layer.recurrentActivation);
        }

        RecurrentModule.Run run(Var x, List<Var> initial, Direction direction) {
            boolean drops = layer.options.recurrentDropout() > 0 && x.tape().isRecording();
            if (projection == null && !drops) {
                var run = recur(x, initial, direction);
                return new RecurrentModule.Run(run.outputs(), new State(run.last()));
            }
            Var mask = drops ? RowOps.dropoutMask(x.tape(), x.steps().batch(), layer.width(),
                    layer.options.recurrentDropout()) : null;
            return Stepwise.run(x, initial, direction, layer.stateSizes(), (t, now, state) -> {
                Var h = mask == null ? state.getFirst()
                        : Ops.product(state.getFirst(), Stepwise.first(mask, now.rows()));
                return projection == null ? recur(now, List.of(h, state.get(1)), Direction.FORWARD).last()
                        : projected(now, h, state.get(1), projection);
            });
        }

        private RecurrentOps.Recurrence recur(Var x, List<Var> initial, Direction direction) {
            return RecurrentOps.lstm(x, initial, direction, kernel, recurrent, bias, layer.activation,
                    layer.recurrentActivation);
        }

        private List<Var> projected(Var x, Var h, Var c, Parameter projection) {
            Var input = Ops.pick(Ops.affine(x, kernel, bias), IntStream.range(0, x.rows()).toArray(), null);
            List<Var> stepped = RecurrentOps.lstmStep(Ops.sum(input, Ops.affine(h, recurrent, null), 1), c);
            return List.of(Ops.affine(stepped.getFirst(), projection, null), stepped.get(1));
        }
    }
}
