package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Model;
import dev.rondo.nn.Module;
import dev.rondo.nn.RandomWeights;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.State;
import dev.rondo.op.Direction;
import dev.rondo.optim.Adam;
import dev.rondo.optim.OptimizerState;
import dev.rondo.optim.Sgd;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Steps;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A model written in plain Java over the tape: state goes from layer to layer and from window to window, gradients with it.
class PlainModelTest {
    /// Reads the sequence twice: the second LSTM starts in the state in which the first one ended.
    private static final class ReadTwice implements Model {
        final WeightSource weights = RandomWeights.seed(3);
        final RecurrentModule first = Lstm.of(4).build("first", Signature.sequence(2), weights);
        final RecurrentModule second = Lstm.of(4).build("second", Signature.sequence(2), weights);
        final Module answer = Dense.of(1).build("answer", Signature.vector(4), weights);

        @Override
        public Var apply(Var input) {
            State read = first.run(input, null, Direction.FORWARD).last();
            return answer.apply(second.run(input, read, Direction.FORWARD).last().h());
        }

        @Override
        public List<Parameter> parameters() {
            return Model.parametersOf(first, second, answer);
        }
    }

    private static float[] numbers(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextDouble(-1, 1);
        }
        return x;
    }

    @Test
    void gradientsFlowThroughTheState() {
        ReadTwice model = new ReadTwice();
        Steps steps = Steps.of(4, 2, 1);
        float[] targets = {0.3f, -0.2f, 0.9f};
        TapeGradients.of((tape, in) -> LossOps.squaredError(model.apply(in.get(0)), targets, 1))
                .input("x", numbers(steps.total() * 2, 1), steps, 2)
                .parameters(model.parameters())
                .check()
                .assertWithin(TapeGradients.TOLERANCE);
    }

    /// The sum of the first feature needs the whole sequence.
    @Test
    void theTrainerTrainsIt() {
        int samples = 200;
        float[][][] x = new float[samples][][];
        float[] y = new float[samples];
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < samples; i++) {
            x[i] = new float[2 + random.nextInt(4)][2];
            for (float[] step : x[i]) {
                step[0] = (float) random.nextDouble(-0.5, 0.5);
                y[i] += step[0];
            }
        }
        Dataset data = Dataset.of(x, Targets.values(y));
        Trainer trainer = Trainer.of(new ReadTwice()).optimizer(Adam.of(0.02)).loss(Loss.MEAN_SQUARED_ERROR).seed(1);
        double before = trainer.evaluate(data).loss();
        trainer.fit(data, Fit.epochs(15).batchSize(20));
        double after = trainer.evaluate(data).loss();
        assertTrue(after < before / 10, before + " -> " + after);
    }

    /// Truncated back-propagation through time: two windows with carried state compute what one run computes, and the state that is
    /// carried passes no gradient back.
    @Test
    void windowsCarryTheirStateAsAConstant() {
        RecurrentModule gru = Gru.of(5).returnSequences().build("gru", Signature.sequence(3), RandomWeights.seed(4));
        float[] x = numbers(6 * 2 * 3, 2);
        Steps window = Steps.dense(3, 2);
        float[] inOne;
        try (Tape tape = Tape.recording()) {
            inOne = gru.run(tape.constant(x, 12, 3, Steps.dense(6, 2)), null, Direction.FORWARD).outputs().tensor()
                    .data();
        }
        State.Values carried;
        float[] firstOutputs;
        try (Tape tape = Tape.recording()) {
            var run = gru.run(tape.constant(java.util.Arrays.copyOf(x, 18), 6, 3, window), null, Direction.FORWARD);
            carried = run.last().values();
            firstOutputs = run.outputs().tensor().data();
        }
        try (Tape tape = Tape.recording(); OptimizerState optimizer = Sgd.of(0.1).start(gru.parameters())) {
            Var second = tape.constant(java.util.Arrays.copyOfRange(x, 18, 36), 6, 3, window);
            State entered = carried.on(tape);
            var run = gru.run(second, entered, Direction.FORWARD);
            assertArrayEquals(java.util.Arrays.copyOf(inOne, 30), firstOutputs);
            assertArrayEquals(java.util.Arrays.copyOfRange(inOne, 30, 60), run.outputs().tensor().data());
            float[] weightsBefore = gru.parameters().getFirst().values().clone();
            optimizer.step(tape.backward(LossOps.squaredError(Ops.last(run.outputs()), new float[10], 1)), 0.1);
            assertEquals(null, entered.h().gradient());
            assertTrue(!java.util.Arrays.equals(weightsBefore, gru.parameters().getFirst().values()));
        }
    }
}
