package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.RecurrentOps.Recurrence;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The tape-level checker, and with it every operation of the tape: that values, gradients and nulls reach the right places.
class TapeGradientsTest {
    private static final Steps STEPS = Steps.of(4, 2, 1, 0);
    private static final int UNITS = 3;
    private static final int FEATURES = 2;

    private final SplittableRandom random = new SplittableRandom(11);

    private Parameter parameter(String name, int... shape) {
        int size = 1;
        for (int length : shape) {
            size *= length;
        }
        return new Parameter(name, Tensor.of(random(random, size, 0.7), shape));
    }

    private float[] floats(int size) {
        return random(random, size, 1);
    }

    @ParameterizedTest
    @EnumSource
    void recurrentOps(Cell cell) {
        int columns = cell.gates() * UNITS;
        Parameter kernel = parameter("kernel", FEATURES, columns);
        Parameter recurrent = parameter("recurrent", UNITS, columns);
        Parameter bias = parameter("bias", columns);
        Parameter recurrentBias = parameter("recurrent_bias", columns);
        int rows = STEPS.total();
        float[] targets = floats(rows * UNITS);
        float[] lastTargets = floats(STEPS.batch() * UNITS);
        for (Direction direction : Direction.values()) {
            var check = TapeGradients.of((tape, in) -> {
                Recurrence r = recurrence(cell, direction, in, kernel, recurrent, bias, recurrentBias);
                Var loss = LossOps.squaredError(r.outputs(), targets, 1.0 / targets.length);
                for (Var last : r.last()) {
                    loss = Ops.sum(loss, LossOps.squaredError(last, lastTargets, 1.0 / lastTargets.length), 1);
                }
                return loss;
            }).input("x", floats(rows * FEATURES), STEPS, FEATURES)
                    .input("h0", floats(STEPS.batch() * UNITS), STEPS.batch(), UNITS)
                    .parameters(kernel, recurrent, bias);
            if (cell == Cell.LSTM) {
                check.input("c0", floats(STEPS.batch() * UNITS), STEPS.batch(), UNITS);
            }
            if (cell == Cell.GRU) {
                check.parameters(recurrentBias);
            }
            check.check().assertWithin(TapeGradients.TOLERANCE);
        }
    }

    /// Only one output leads to the loss: the gradients of the others are null.
    @ParameterizedTest
    @EnumSource
    void partsOfRecurrentOps(Cell cell) {
        int columns = cell.gates() * UNITS;
        Parameter kernel = parameter("kernel", FEATURES, columns);
        Parameter recurrent = parameter("recurrent", UNITS, columns);
        float[] targets = floats(STEPS.total() * UNITS);
        for (int part = 0; part < cell.outputs().size(); part++) {
            int wanted = part;
            TapeGradients.of((tape, in) -> {
                Recurrence r = recurrence(cell, Direction.FORWARD, in, kernel, recurrent, null, null);
                Var out = wanted == 0 ? r.outputs() : r.last().get(wanted - 1);
                return LossOps.squaredError(out, targets, 1.0 / out.size());
            }).input("x", floats(STEPS.total() * FEATURES), STEPS, FEATURES)
                    .parameters(kernel, recurrent).check().assertWithin(TapeGradients.TOLERANCE);
        }
    }

    private static Recurrence recurrence(Cell cell, Direction direction, List<Var> in, Parameter kernel,
            Parameter recurrent, Parameter bias, Parameter recurrentBias) {
        Var x = in.getFirst();
        List<Var> state = in.subList(1, in.size());
        Activation tanh = Activation.TANH;
        Activation sigmoid = Activation.SIGMOID;
        return switch (cell) {
            case SIMPLE_RNN -> RecurrentOps.simpleRnn(x, state, direction, kernel, recurrent, bias, tanh);
            case LSTM -> RecurrentOps.lstm(x, state, direction, kernel, recurrent, bias, tanh, sigmoid);
            case GRU -> RecurrentOps.gru(x, state, direction, kernel, recurrent, bias, recurrentBias, tanh, sigmoid);
            case GRU_RESET_BEFORE ->
                RecurrentOps.gruResetBefore(x, state, direction, kernel, recurrent, bias, tanh, sigmoid);
        };
    }

    @Test
    void rearrangingPoolingAndMerging() {
        int rows = STEPS.total();
        float[] targets = floats(STEPS.batch() * 5 * FEATURES);
        TapeGradients.of((tape, in) -> {
            Var a = in.get(0);
            Var b = in.get(1);
            Var product = Ops.product(Ops.reverse(a), b);
            Var sum = Ops.sum(a, product, 0.5f);
            Var both = Ops.concat(sum, Ops.activation(b, Activation.TANH));
            Var pooled = Ops.concat(Ops.last(both), Ops.meanOverSteps(Ops.dropout(both, 0.25)));
            Var all = Ops.concat(pooled, Ops.maxOverSteps(a));
            return LossOps.squaredError(all, targets, 1.0 / targets.length);
        }).input("a", spread(rows * FEATURES), STEPS, FEATURES)
                .input("b", floats(rows * FEATURES), STEPS, FEATURES)
                .check().assertWithin(TapeGradients.TOLERANCE);
    }

    /// A value used twice by one operation gets both shares.
    @Test
    void valuesUsedTwice() {
        float[] targets = floats(6);
        TapeGradients.of((tape, in) -> {
            Var x = in.getFirst();
            Var square = Ops.product(x, x);
            Var twice = Ops.sum(square, square, 1);
            return LossOps.squaredError(Ops.concat(twice, twice), floats(12, targets), 1.0 / 12);
        }).input("x", floats(6), 2, 3).check().assertWithin(TapeGradients.TOLERANCE);
    }

    /// The same number of rows, but not the same steps: row by row they do not belong together.
    @Test
    void sequencesOfOtherLengthsAreNotMerged() {
        try (Tape tape = Tape.recording()) {
            Var a = tape.constant(new float[4], 4, 1, Steps.of(3, 1));
            Var b = tape.constant(new float[4], 4, 1, Steps.of(2, 2));
            List<Executable> merges = List.of(() -> Ops.concat(a, b), () -> Ops.sum(a, b, 1), () -> Ops.product(a, b));
            for (Executable merge : merges) {
                var error = assertThrows(IllegalArgumentException.class, merge);
                assertTrue(error.getMessage().contains("same lengths"), error.getMessage());
            }
        }
    }

    private static float[] floats(int size, float[] pattern) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = pattern[i % pattern.length];
        }
        return values;
    }

    @Test
    void denseAndLosses() {
        Parameter w = parameter("w", FEATURES, 3);
        Parameter b = parameter("b", 3);
        float[] targets = {0, 1, 1, 0, 0.5f, 1, 0, 0, 1, 0.25f, 1, 0};
        int[] classes = {2, 0, 1, 1};
        List<TapeGradients.LossFunction> losses = List.of(
                (tape, in) -> LossOps.sigmoidCrossentropy(Ops.affine(in.getFirst(), w, b), targets, 1.0 / 12),
                (tape, in) -> LossOps.binaryCrossentropy(
                        Ops.activation(Ops.affine(in.getFirst(), w, b), Activation.SIGMOID), targets, 1.0 / 12),
                // Through another operation the logits are not known, and the probabilities are used.
                (tape, in) -> LossOps.binaryCrossentropy(half(
                        Ops.activation(Ops.affine(in.getFirst(), w, b), Activation.SIGMOID)), targets, 1.0 / 12),
                (tape, in) -> LossOps.softmaxCrossentropy(Ops.affine(in.getFirst(), w, b), classes, 0.25),
                (tape, in) -> LossOps.categoricalCrossentropy(
                        Ops.activation(Ops.affine(in.getFirst(), w, b), Activation.SOFTMAX), classes, 0.25),
                (tape, in) -> LossOps.categoricalCrossentropy(half(
                        Ops.activation(Ops.affine(in.getFirst(), w, b), Activation.SOFTMAX)), classes, 0.25),
                (tape, in) -> LossOps.squaredError(
                        Ops.activation(Ops.affine(in.getFirst(), w, b), Activation.LOG_SOFTMAX), targets, 1.0 / 12),
                (tape, in) -> LossOps.absoluteError(Ops.affine(in.getFirst(), w, b), floats(12, new float[] {2.5f}),
                        1.0 / 12));
        for (TapeGradients.LossFunction loss : losses) {
            TapeGradients.of(loss).input("x", floats(4 * FEATURES), 4, FEATURES).parameters(w, b)
                    .check().assertWithin(TapeGradients.TOLERANCE);
        }
    }

    private static Var half(Var x) {
        return Ops.sum(x, x, 0.25f);
    }

    @Test
    void embeddingsAreGradientsOfRows() {
        Parameter table = parameter("embeddings", 6, FEATURES);
        int[] ids = {1, 4, 1, 0, 4, 4, 2};
        float[] targets = floats(ids.length * FEATURES);
        Steps steps = Steps.of(4, 2, 1);
        GradientReport report = TapeGradients.of((tape, in) -> LossOps.squaredError(
                Ops.embedding(tape.tokens(ids, steps), table), targets, 0.1)).parameters(table).check();
        report.assertWithin(TapeGradients.TOLERANCE);
        assertEquals(6 * FEATURES, report.elements());
    }

    /// An operation of one's own with a wrong backward is found out, and where.
    @Test
    void aWrongBackwardIsFound() {
        float[] data = {0.5f, -1, 2};
        float[] before = data.clone();
        GradientReport report = TapeGradients.of((tape, in) -> LossOps.squaredError(
                cube(in.getFirst()), new float[3], 1)).input("x", data, 1, 3).check();
        assertEquals("x", report.input());
        assertEquals(2, report.index());
        assertEquals(6 * 32, report.expected(), 0.1);
        assertThrows(AssertionError.class, () -> report.assertWithin(TapeGradients.TOLERANCE));
        assertArrayEquals(before, data, "inputs are restored");
    }

    /// `y = x^3`, with 2 x^2 for its derivative.
    private static Var cube(Var x) {
        Tape tape = x.tape();
        float[] y = tape.buffers().take(x.size());
        for (int i = 0; i < x.size(); i++) {
            y[i] = x.data()[i] * x.data()[i] * x.data()[i];
        }
        Var out = tape.result(y, x.rows(), x.columns(), x.layout(), true);
        tape.record(() -> {
            float[] dy = out.gradient();
            float[] dx = x.gradientToAdd();
            for (int i = 0; dy != null && dx != null && i < x.size(); i++) {
                dx[i] += dy[i] * 2 * x.data()[i] * x.data()[i];
            }
        });
        return out;
    }

    @Test
    void parametersAreRestored() {
        Parameter w = parameter("w", 2, 2);
        float[] before = w.values().clone();
        float[] x = {1, 2};
        TapeGradients.of((tape, in) -> LossOps.squaredError(Ops.affine(tape.constant(x, 1, 2, null), w, null),
                new float[2], 0.5)).parameters(List.of(w)).check().assertWithin(TapeGradients.TOLERANCE);
        assertArrayEquals(before, w.values());
    }

    @Test
    void inputsOfTheWrongSizeOrNameAreRefused() {
        TapeGradients check = TapeGradients.of((tape, in) -> in.getFirst()).input("x", new float[2], 1, 2);
        var twice = assertThrows(IllegalArgumentException.class, () -> check.input("x", new float[2], 1, 2));
        assertTrue(twice.getMessage().contains("two inputs named x"), twice.getMessage());
        var size = assertThrows(IllegalArgumentException.class, () -> check.input("y", new float[3], 1, 2));
        assertTrue(size.getMessage().contains("1 x 2"), size.getMessage());
    }

    /// Numbers that are at least 0.1 apart: no step of the checker changes which is the largest.
    private float[] spread(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = ((i * 5) % size - size / 2f) * 0.15f;
        }
        return values;
    }
}
