package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.nn.RandomWeights;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.nn.rnn.State;
import dev.rondo.op.Direction;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RowOps;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients of recurrent layers with every option, under masks and from given states; and masks against sequences cut by hand.
class RecurrentOptionsTest {
    private static final int F = 2;
    private static final Steps STEPS = Steps.of(4, 3, 3, 1);
    /// Holes, left and right padding, a sequence with nothing real.
    private static final Mask MASK = Mask.of(STEPS, new boolean[] {
            true, false, false, true,
            false, true, false,
            true, true, false,
            true});

    static Stream<RecurrentLayer> layers() {
        return Stream.of(Lstm.of(3), Gru.of(3), Gru.of(3).resetBefore(), SimpleRnn.of(3), Lstm.of(3).projection(2),
                StackedRnn.of(Lstm.of(2), Gru.of(3)), Lstm.of(3).dropout(0.3, 0), Lstm.of(3).dropout(0, 0.3),
                Gru.of(3).dropout(0, 0.3), Gru.of(3).resetBefore().dropout(0.2, 0.3), SimpleRnn.of(3).dropout(0, 0.3),
                Lstm.of(3).projection(2).dropout(0, 0.3));
    }

    static Stream<RecurrentLayer> withoutDropout() {
        return layers().filter(layer -> layer.options().dropout() == 0 && layer.options().recurrentDropout() == 0);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsUnderAMaskAndFromAState(RecurrentLayer plain) {
        RecurrentLayer layer = plain.returnSequences().returnState();
        RecurrentModule module = layer.build("layer", Signature.sequence(F), RandomWeights.seed(3));
        for (Direction direction : Direction.values()) {
            TapeGradients check = TapeGradients.of((tape, in) -> {
                List<Var> inputs = Stream.concat(Stream.of(in.getFirst().withMask(MASK)), in.stream().skip(1)).toList();
                return everything(module.apply(inputs, direction));
            }).input("x", random(STEPS.total() * F, 1), STEPS, F);
            int part = 0;
            for (int size : layer.stateSizes()) {
                check.input("s" + part++, random(STEPS.batch() * size, 5 + part), STEPS.batch(), size);
            }
            check.parameters(module.parameters()).check().assertWithin(TapeGradients.TOLERANCE);
        }
    }

    /// Without stacked cells, whose gradients are so small here that differences of a float loss are too coarse.
    static Stream<RecurrentLayer> singleCells() {
        return layers().filter(layer -> !(layer instanceof StackedRnn));
    }

    @ParameterizedTest
    @MethodSource("singleCells")
    void gradientsOfBothDirections(RecurrentLayer layer) {
        var module = Bidirectional.of(layer.returnSequences()).backward(SimpleRnn.of(2).returnSequences()).build("both",
                Signature.sequence(F), RandomWeights.seed(3));
        // Few steps left out and large weights, so that no gradient drowns in the rounding of the loss.
        boolean[] most = new boolean[STEPS.total()];
        Arrays.fill(most, true);
        most[1] = false;
        most[6] = false;
        Mask holes = Mask.of(STEPS, most);
        for (Parameter parameter : module.parameters()) {
            float[] values = parameter.values();
            for (int i = 0; i < values.length; i++) {
                values[i] *= 2;
            }
            parameter.changed();
        }
        TapeGradients.of((tape, in) -> everything(module.apply(List.of(in.getFirst().withMask(holes)))))
                .input("x", random(STEPS.total() * F, 1), STEPS, F).parameters(module.parameters()).check()
                .assertWithin(TapeGradients.TOLERANCE);
    }

    /// The mean square distance of all outputs from 0.3, which gives every one another gradient.
    private static Var everything(List<Var> outputs) {
        Var all = null;
        for (Var y : outputs) {
            float[] targets = new float[y.size()];
            Arrays.fill(targets, 0.3f);
            Var loss = LossOps.squaredError(y.withMask(null), targets, 1.0 / y.size());
            all = all == null ? loss : Ops.sum(all, loss, 1);
        }
        return Objects.requireNonNull(all);
    }

    /// A masked sequence gives to the bit what the same sequence gives without the masked steps, alone.
    @ParameterizedTest
    @MethodSource("withoutDropout")
    void aMaskIsAsIfTheStepsWereNotThere(RecurrentLayer plain) {
        RecurrentModule module = plain.build("layer", Signature.sequence(F), RandomWeights.seed(3));
        float[] x = random(STEPS.total() * F, 9);
        for (Direction direction : Direction.values()) {
            try (Tape tape = Tape.inference(new Workspace())) {
                var masked = module.run(tape.constant(x, STEPS.total(), F, STEPS).withMask(MASK), null, direction);
                for (int b = 0; b < STEPS.batch(); b++) {
                    compareAlone(module, x, b, direction, masked);
                }
            }
        }
    }

    private static void compareAlone(RecurrentModule module, float[] x, int b, Direction direction,
            RecurrentModule.Run masked) {
        int[] real = IntStream.range(0, STEPS.length(b)).filter(t -> MASK.counts(t, b)).toArray();
        Steps alone = Steps.of(real.length);
        Tape tape = masked.outputs().tape();
        Var all = tape.constant(x, STEPS.total(), F, STEPS);
        var run = module.run(Ops.pick(all, Arrays.stream(real).map(t -> STEPS.row(t, b)).toArray(), alone),
                null, direction);
        int width = run.outputs().columns();
        for (int i = 0; i < real.length; i++) {
            assertArrayEquals(row(run.outputs(), i, width), row(masked.outputs(), STEPS.row(real[i], b), width));
        }
        for (int p = 0; p < run.last().parts().size(); p++) {
            Var last = run.last().parts().get(p);
            assertArrayEquals(row(last, 0, last.columns()), row(masked.last().parts().get(p), b, last.columns()));
        }
    }

    /// Steps taken one by one, each from the state before, give to the bit what the whole sequence gives.
    @ParameterizedTest
    @MethodSource("withoutDropout")
    void aStateGoesOn(RecurrentLayer layer) {
        RecurrentModule module = layer.build("layer", Signature.sequence(F), RandomWeights.seed(3));
        float[] x = random(5 * F, 9);
        try (Tape tape = Tape.inference(new Workspace())) {
            Var all = tape.constant(x, 5, F, Steps.of(5));
            var whole = module.run(all, null, Direction.FORWARD);
            State state = null;
            for (int t = 0; t < 5; t++) {
                var step = module.run(Ops.pick(all, new int[] {t}, Steps.of(1)), state, Direction.FORWARD);
                state = step.last();
                int width = step.outputs().columns();
                assertArrayEquals(row(whole.outputs(), t, width), row(step.outputs(), 0, width));
            }
            assertEquals(layer.stateSizes(), state.parts().stream().map(Var::columns).toList());
        }
    }

    private static float[] row(Var x, int row, int width) {
        return Arrays.copyOfRange(x.data(), row * width, (row + 1) * width);
    }

    @Test
    void rowsAndColumnsPassGradientsOn() {
        TapeGradients.of((tape, in) -> {
            Var stacked = RowOps.stack(List.of(in.get(0), RowOps.columns(in.get(1), 1, 2)), null);
            Var picked = Ops.pick(stacked, new int[] {4, -1, 0, 0, 2}, null);
            return everything(
                    List.of(picked, RowOps.timesEachStep(in.get(2), tape.constant(random(6, 8), 3, 2, null))));
        }).input("a", random(6, 1), 3, 2).input("b", random(8, 2), 2, 4)
                .input("x", random(6 * 2, 3), Steps.of(3, 2, 1), 2).check().assertWithin(TapeGradients.TOLERANCE);
    }

    private static float[] random(int n, long seed) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.nextGaussian() * 0.7);
        }
        return values;
    }
}
