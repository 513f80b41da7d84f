package dev.rondo.tape;

import dev.rondo.internal.kernel.CellActivation;
import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.Activation;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.op.GruOp;
import dev.rondo.op.GruResetBeforeOp;
import dev.rondo.op.LstmOp;
import dev.rondo.op.Rollout;
import dev.rondo.op.SimpleRnnOp;
import dev.rondo.op.Weight;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The recurrent cells over whole ragged sequences, as operations on [Var]s.
public final class RecurrentOps {
    private RecurrentOps() {}

    /// What a recurrent operation gives.
    ///
    /// @param outputs h of every step `[N, H]`
    /// @param last the state after the last step of each sequence: h `[B, H]`, for an LSTM also c `[B, H]`
    public record Recurrence(Var outputs, List<Var> last) {}

    /// How a cell goes backwards: adds to the gradients of the input, the initial state and the weights. A gradient that nobody wants, or
    /// that is zero, is null.
    @FunctionalInterface
    private interface Backward {
        /// @param dy of the outputs
        /// @param dLast of the parts of the last state
        /// @param dx to add to, of the input
        /// @param dInitial to add to, of the parts of the initial state
        void run(float @Nullable [] dy, List<float @Nullable []> dLast, float @Nullable [] dx,
                List<float @Nullable []> dInitial);
    }

    /// Puts what a cell gave on the tape.
    ///
    /// @param y the outputs
    /// @param last the parts of the last state, as many as an initial state has
    private static Recurrence put(Var x, List<Var> initial, int units, float[] y, List<float[]> last,
            Backward backward) {
        Tape tape = x.tape();
        int batch = x.steps().batch();
        Var outputs = tape.result(y, x.rows(), units, x.layout(), true);
        List<Var> ends = new ArrayList<>();
        for (float[] part : last) {
            ends.add(tape.result(part, batch, units, null, true));
        }
        tape.record(() -> {
            float[] dy = outputs.gradient();
            boolean any = dy != null;
            List<float @Nullable []> dLast = new ArrayList<>();
            for (Var end : ends) {
                dLast.add(end.gradient());
                any |= end.gradient() != null;
            }
            if (any) {
                float[] dx = x.gradientToAdd();
                List<float @Nullable []> dInitial = new ArrayList<>();
                for (int i = 0; i < ends.size(); i++) {
                    dInitial.add(gradientTo(part(initial, i)));
                }
                backward.run(dy, dLast, dx, dInitial);
            }
        });
        return new Recurrence(outputs, List.copyOf(ends));
    }

    /// [SimpleRnnOp].
    ///
    /// @param initial `[h]`, or empty for zero
    public static Recurrence simpleRnn(Var x, List<Var> initial, Direction direction, Parameter kernel,
            Parameter recurrent,
            @Nullable Parameter bias, Activation activation) {
        Tape tape = x.tape();
        Kernels k = tape.kernels();
        check("simple_rnn", x, initial, 1, 1, kernel, recurrent);
        int units = recurrent.shape()[0];
        var weights = new SimpleRnnOp.Weights(kernel.weight(), recurrent.weight(), valuesOf(bias), activation);
        var cache = SimpleRnnOp.forward(k, tape.buffers(), x.steps(), direction, x.data(), dataOf(part(initial, 0)),
                weights);
        return put(x, initial, units, cache.y(), List.of(cache.lastH()),
                (dy, dLast, dx, dInitial) -> SimpleRnnOp.backward(k, tape.buffers(), cache, dy, dLast.getFirst(), dx,
                        dInitial.getFirst(), tape.sumOf(kernel), tape.sumOf(recurrent),
                        gradientTo(tape, bias)));
    }

    /// [LstmOp].
    ///
    /// @param initial `[h, c]`, or empty for zero
    public static Recurrence lstm(Var x, List<Var> initial, Direction direction, Parameter kernel, Parameter recurrent,
            @Nullable Parameter bias, Activation activation, Activation recurrentActivation) {
        Tape tape = x.tape();
        Kernels k = tape.kernels();
        check("lstm", x, initial, 2, 4, kernel, recurrent);
        int units = recurrent.shape()[0];
        var weights = new LstmOp.Weights(kernel.weight(), recurrent.weight(), valuesOf(bias), activation,
                recurrentActivation);
        var cache = LstmOp.forward(k, tape.buffers(), x.steps(), direction, x.data(), dataOf(part(initial, 0)),
                dataOf(part(initial, 1)), weights);
        return put(x, initial, units, cache.y(), List.of(cache.lastH(), cache.lastC()),
                (dy, dLast, dx, dInitial) -> LstmOp.backward(k, tape.buffers(), cache, dy, dLast.get(0), dLast.get(1),
                        dx, dInitial.get(0), dInitial.get(1), tape.sumOf(kernel), tape.sumOf(recurrent),
                        gradientTo(tape, bias)));
    }

    /// One step of the gates and the cell of an LSTM with tanh and sigmoid, from pre-activations i f c o.
    ///
    /// ```text
    /// c' = f * c + i * g        m = o * tanh(c')
    /// ```
    ///
    /// @param z pre-activations `[n, 4H]`
    /// @param c the cell state before `[n, H]`
    /// @return m and c', `[n, H]` each
    public static List<Var> lstmStep(Var z, Var c) {
        Tape tape = z.tape();
        Kernels k = tape.kernels();
        tape.checkOwn(c);
        int rows = c.rows();
        int units = c.columns();
        if (z.rows() != rows || z.columns() != 4 * units) {
            throw new IllegalArgumentException("lstm: gates " + z + " do not fit a cell state " + c);
        }
        float[] gates = tape.buffers().take(rows, 4 * units);
        System.arraycopy(z.data(), 0, gates, 0, z.size());
        float[] after = tape.buffers().take(c.size());
        float[] tc = tape.buffers().take(c.size());
        float[] m = tape.buffers().take(c.size());
        k.lstmForward(CellActivation.TANH, rows, units, gates, 0, c.data(), 0, after, 0, tc, 0, m, 0);
        boolean needs = z.needsGradient() || c.needsGradient();
        Var output = tape.result(m, rows, units, null, needs);
        Var cell = tape.result(after, rows, units, null, needs);
        tape.record(() -> {
            float[] dm = output.gradient();
            float[] dCell = cell.gradient();
            if (dm == null && dCell == null) {
                return;
            }
            float[] dh = dm == null ? tape.buffers().zeros(c.size()) : dm;
            float[] dc = tape.buffers().zeros(c.size());
            if (dCell != null) {
                k.add(c.size(), dCell, 0, dc, 0);
            }
            k.lstmBackward(CellActivation.TANH, rows, units, gates, 0, c.data(), 0, tc, 0, dh, 0, dc, 0);
            addTo(k, z, gates);
            addTo(k, c, dc);
        });
        return List.of(output, cell);
    }

    private static void addTo(Kernels k, Var x, float[] gradient) {
        float[] dx = x.gradientToAdd();
        if (dx != null) {
            k.add(x.size(), gradient, 0, dx, 0);
        }
    }

    /// [GruOp], the reset gate after the recurrent product.
    ///
    /// @param initial `[h]`, or empty for zero
    /// @param bias the bias of the input part `[3H]`
    /// @param recurrentBias the bias of the recurrent part `[3H]`
    public static Recurrence gru(Var x, List<Var> initial, Direction direction, Parameter kernel, Parameter recurrent,
            @Nullable Parameter bias, @Nullable Parameter recurrentBias, Activation activation,
            Activation recurrentActivation) {
        Tape tape = x.tape();
        Kernels k = tape.kernels();
        check("gru", x, initial, 1, 3, kernel, recurrent);
        int units = recurrent.shape()[0];
        var weights = new GruOp.Weights(kernel.weight(), recurrent.weight(), valuesOf(bias), valuesOf(recurrentBias),
                activation,
                recurrentActivation);
        var cache = GruOp.forward(k, tape.buffers(), x.steps(), direction, x.data(), dataOf(part(initial, 0)),
                weights);
        return put(x, initial, units, cache.y(), List.of(cache.lastH()),
                (dy, dLast, dx, dInitial) -> GruOp.backward(k, tape.buffers(), cache, dy, dLast.getFirst(), dx,
                        dInitial.getFirst(), tape.sumOf(kernel), tape.sumOf(recurrent),
                        gradientTo(tape, bias), gradientTo(tape, recurrentBias)));
    }

    /// [GruResetBeforeOp], the reset gate before the recurrent product.
    ///
    /// @param initial `[h]`, or empty for zero
    public static Recurrence gruResetBefore(Var x, List<Var> initial, Direction direction, Parameter kernel,
            Parameter recurrent,
            @Nullable Parameter bias, Activation activation, Activation recurrentActivation) {
        Tape tape = x.tape();
        Kernels k = tape.kernels();
        check("gru", x, initial, 1, 3, kernel, recurrent);
        int units = recurrent.shape()[0];
        var weights = new GruResetBeforeOp.Weights(kernel.weight(), recurrent.weight(), valuesOf(bias), activation,
                recurrentActivation);
        var cache = GruResetBeforeOp.forward(k, tape.buffers(), x.steps(), direction, x.data(),
                dataOf(part(initial, 0)), weights);
        return put(x, initial, units, cache.y(), List.of(cache.lastH()),
                (dy, dLast, dx, dInitial) -> GruResetBeforeOp.backward(k, tape.buffers(), cache, dy, dLast.getFirst(),
                        dx, dInitial.getFirst(), tape.sumOf(kernel), tape.sumOf(recurrent),
                        gradientTo(tape, bias)));
    }

    /// A recurrent layer from a zero state on a tape that does not record: see [Rollout].
    ///
    /// @param op the layer's name in messages
    /// @param kernel the input weights
    /// @param recurrent the recurrent weights
    /// @param cell the arithmetic, with the same weights
    /// @param sequences whether h of every step is wanted
    /// @return h of every step `[N, H]`, or after the last step of each sequence `[B, H]`
    public static Var infer(String op, Var x, Direction direction, Parameter kernel, Parameter recurrent, CellStep cell,
            boolean sequences) {
        check(op, x, List.of(), cell.parts(), cell.width() / cell.units(), kernel, recurrent);
        Tape tape = x.tape();
        Steps steps = x.steps();
        float @Nullable [] y = sequences ? tape.buffers().take(x.rows(), cell.units()) : null;
        float[] last = Rollout.run(tape.kernels(), tape.buffers(), steps, direction, inputOf(x, cell), cell, y);
        return y != null
                ? tape.result(y, x.rows(), cell.units(), steps, false)
                : tape.result(last, steps.batch(), cell.units(), null, false);
    }

    private static Rollout.Input inputOf(Var x, CellStep cell) {
        Kernels k = x.tape().kernels();
        Var.Lookup lookup = x.lookup();
        var products = cell.kernel().products();
        if (lookup != null && products.fits(lookup.table().raw())) {
            Weight table = lookup.table().weight();
            float[] gates = products.get(k, table, cell.bias(), x.rows());
            if (gates != null) {
                return Rollout.of(lookup.ids(), table, gates, cell);
            }
        }
        return Rollout.of(k, x.data(), cell);
    }

    private static void check(String op, Var x, List<Var> initial, int states, int gates, Parameter kernel,
            Parameter recurrent) {
        Ops.checkColumns(op, x, kernel.shape()[0], kernel);
        int units = recurrent.shape()[0];
        if (kernel == recurrent) {
            throw new IllegalArgumentException(
                    op + ": " + kernel + " is given as input weights and as recurrent weights; give each its own");
        }
        if (recurrent.shape()[1] != gates * units || kernel.shape()[1] != gates * units) {
            throw new IllegalArgumentException(
                    op + ": " + kernel + " and " + recurrent + " do not fit; expected [features, " + gates
                            + " * units] and [units, " + gates + " * units]");
        }
        Steps steps = x.steps();
        if (!initial.isEmpty() && initial.size() != states) {
            throw new IllegalArgumentException(
                    op + " \"" + kernel.name() + "\": the initial state has " + initial.size()
                            + " parts, expected " + states);
        }
        for (Var state : initial) {
            x.tape().checkOwn(state);
            if (state.rows() != steps.batch() || state.columns() != units) {
                throw new IllegalArgumentException(op + " \"" + kernel.name() + "\": an initial state has shape "
                        + state
                        + ", expected [B=" + steps.batch() + ", " + units + "]; is it the state of another batch?");
            }
        }
    }

    private static @Nullable Var part(List<Var> initial, int i) {
        return initial.isEmpty() ? null : initial.get(i);
    }

    private static float @Nullable [] dataOf(@Nullable Var state) {
        return state == null ? null : state.data();
    }

    private static float @Nullable [] valuesOf(@Nullable Parameter parameter) {
        return parameter == null ? null : parameter.values();
    }

    private static float @Nullable [] gradientTo(@Nullable Var state) {
        return state == null ? null : state.gradientToAdd();
    }

    private static float @Nullable [] gradientTo(Tape tape, @Nullable Parameter parameter) {
        return parameter == null ? null : tape.gradientOf(parameter);
    }
}
