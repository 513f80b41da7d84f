package dev.rondo.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.Plan;
import dev.rondo.data.Inputs;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Streaming gives the bits of a batch, state is a value, and sessions share a model without seeing each other.
class SessionTest {
    private static final int FEATURES = 5;

    static Stream<List<Layer>> stacks() {
        return Stream.of(
                List.of(SimpleRnn.of(6), Dense.of(2)),
                List.of(Lstm.of(17).returnSequences(), Dropout.of(0.5), Lstm.of(9),
                        Dense.of(1).activation(Activation.SIGMOID)),
                List.of(Lstm.of(4).activation(Activation.RELU).returnSequences(),
                        Dense.of(3).activation(Activation.SOFTMAX)),
                List.of(Gru.of(33)),
                List.of(Gru.of(7).resetBefore().returnSequences(), SimpleRnn.of(3)),
                List.of(Dense.of(8).activation(Activation.TANH), Gru.of(5).returnSequences(), GlobalMaxPooling.of(),
                        Dense.of(2)),
                List.of(Lstm.of(6).returnSequences(), GlobalMeanPooling.of()));
    }

    private static float[][] sequence(int steps, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] x = new float[steps][FEATURES];
        for (float[] step : x) {
            for (int f = 0; f < FEATURES; f++) {
                step[f] = (float) random.nextDouble(-2, 2);
            }
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void streamingIsTheBatchToTheLastBit(List<Layer> layers) {
        Sequential model = Sequential.of(Signature.sequence(FEATURES), 3, layers);
        float[][][] sequences = {sequence(9, 1), sequence(4, 2), sequence(1, 3), sequence(9, 4)};
        float[][] batch = Trainer.of(model).predict(Inputs.features(sequences));
        int width = model.output().features();
        for (int i = 0; i < sequences.length; i++) {
            Session session = Session.open(model);
            float[] last = {};
            for (float[] step : sequences[i]) {
                last = session.step(step);
            }
            float[] expected = Arrays.copyOfRange(batch[i], batch[i].length - width, batch[i].length);
            assertArrayEquals(expected, last, "sequence " + i);
            assertArrayEquals(batch[i], session.predict(sequences[i]), "sequence " + i);
            assertEquals(sequences[i].length, session.state().steps());
        }
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void stateIsAValue(List<Layer> layers) {
        Sequential model = Sequential.of(Signature.sequence(FEATURES), 3, layers);
        float[][] x = sequence(8, 6);
        Session session = Session.open(model);
        for (int t = 0; t < 4; t++) {
            session.step(x[t]);
        }
        SessionState kept = session.state();
        Session fork = session.fork();
        float[] first = session.step(x[4]);
        session.step(x[5]);
        assertArrayEquals(first, fork.step(x[4]));
        session.restore(kept);
        assertArrayEquals(first, session.step(x[4]));
        session.reset();
        assertArrayEquals(Session.open(model).step(x[0]), session.step(x[0]));
    }

    @Test
    void tokensStream() {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(11, 4), Lstm.of(5), Dense.of(2));
        Session session = Session.open(model);
        int[] ids = {3, 10, 0, 7};
        float[] last = {};
        for (int id : ids) {
            last = session.step(id);
        }
        assertArrayEquals(session.predict(ids), last);
    }

    @Test
    void stepsIntoAnArrayAreTheStepsThatReturnOne() {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(5, 4), Gru.of(5), Dense.of(2));
        Session returning = Session.open(model);
        Session writing = Session.open(model);
        float[] out = new float[3];
        // More steps than the table has rows: the gates of the last ones come from the folded table.
        for (int i = 0; i < 12; i++) {
            float[] expected = returning.step(i % 5);
            writing.step(i % 5, out);
            assertArrayEquals(expected, java.util.Arrays.copyOf(out, 2), "step " + i);
        }
    }

    @Test
    void aRefusedStepLeavesTheStreamWhereItWas() {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(5, 4), Gru.of(5), Dense.of(2));
        Session session = Session.open(model);
        session.step(1);
        assertThrows(IllegalArgumentException.class, () -> session.step(5));
        assertThrows(IllegalArgumentException.class, () -> session.step(2, new float[1]));
        assertEquals(1, session.state().steps());
        assertArrayEquals(session.predict(new int[] {1, 3}), session.step(3));
        Session wider = Session.open(Sequential.of(Signature.tokens(), Embedding.of(5, 4), Gru.of(6), Dense.of(2)));
        assertThrows(IllegalArgumentException.class, () -> wider.restore(session.state()));
    }

    @Test
    void sessionsInThreadsDoNotSeeEachOther() throws Exception {
        Sequential model = Sequential.of(Signature.sequence(FEATURES), 3,
                List.of(Lstm.of(20).returnSequences(), Gru.of(12)));
        List<float[]> alone = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            alone.add(run(model, i));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> together = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int seed = i;
                together.add(threads.submit(() -> run(model, seed)));
            }
            for (int i = 0; i < 8; i++) {
                assertArrayEquals(alone.get(i), together.get(i).get(), "stream " + i);
            }
        }
    }

    private static float[] run(Sequential model, long seed) {
        Session session = Session.open(model);
        float[] last = {};
        for (float[] step : sequence(40, seed)) {
            last = session.step(step);
        }
        return last;
    }

    @Test
    void saysWhatCannotStream() {
        Sequential both = Sequential.of(Signature.sequence(FEATURES), Bidirectional.of(Lstm.of(3)));
        Session session = Session.open(both);
        IllegalStateException refused = assertThrows(IllegalStateException.class,
                () -> session.step(new float[FEATURES]));
        assertTrue(refused.getMessage().contains("bidirectional"), refused.getMessage());
        assertEquals(6, session.predict(sequence(3, 1)).length);
        assertThrows(IllegalStateException.class,
                () -> Session.open(Sequential.of(Signature.sequence(FEATURES), Gru.of(3).goBackwards()))
                        .step(new float[FEATURES]));
        assertThrows(IllegalArgumentException.class, () -> session.step(new float[FEATURES + 1]));
        assertThrows(IllegalArgumentException.class, () -> session.step(3));
        Session other = Session.open(Sequential.of(Signature.sequence(FEATURES), Gru.of(3), Dense.of(1)));
        other.step(new float[FEATURES]);
        Session one = Session.open(Sequential.of(Signature.sequence(FEATURES), Gru.of(3)));
        assertThrows(IllegalArgumentException.class, () -> one.restore(other.state()));
    }

    @Test
    void aModelInAStackKeepsItsState() {
        Plan inner = new Plan(List.of(new Plan.Input("x", Signature.sequence(FEATURES))),
                List.of(new Plan.Named("gru", Gru.of(4).returnSequences())),
                List.of(new Plan.Call(0, List.of(new Plan.Port(0, 0)))), List.of(new Plan.Port(1, 0)));
        Sequential model = Sequential.of(Signature.sequence(FEATURES), inner, Dense.of(2));
        Session session = Session.open(model);
        float[][] x = sequence(5, 8);
        float[] last = {};
        for (float[] step : x) {
            last = session.step(step);
        }
        float[] whole = session.predict(x);
        assertArrayEquals(Arrays.copyOfRange(whole, whole.length - 2, whole.length), last);
        assertThrows(IllegalArgumentException.class, () -> TimeDistributed.of(inner));
    }

    @Test
    void slopesOfEachStepDoNotStream() {
        Sequential model = Sequential.of(Signature.sequence(FEATURES).steps(3), Prelu.of(), Gru.of(2));
        IllegalStateException refused = assertThrows(IllegalStateException.class,
                () -> Session.open(model).step(new float[FEATURES]));
        assertTrue(refused.getMessage().contains("p_re_lu"), refused.getMessage());
        Sequential shared = Sequential.of(Signature.sequence(FEATURES), Prelu.sharing(1), Gru.of(2));
        assertArrayEquals(Session.open(shared).predict(sequence(1, 2)), Session.open(shared).step(sequence(1, 2)[0]));
    }

    @Test
    void aMeanIsThatOfItsOwnStream() {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(5, 3).maskZero(), GlobalMeanPooling.of());
        Session session = Session.open(model);
        session.step(2);
        float[] two = session.step(4);
        assertArrayEquals(two, session.fork().step(0), "a step that does not count leaves the mean as it is");
        session.reset();
        assertArrayEquals(new float[3], session.step(0), "nothing of the stream before");
        assertArrayEquals(session.predict(new int[] {0, 3}), session.step(3));
    }

    @Test
    void anEmptySequenceOfFeaturesIsOne() {
        Sequential model = Sequential.of(Signature.sequence(FEATURES), Gru.of(3), Dense.of(2));
        assertArrayEquals(new float[2], Session.open(model).predict(new float[0][]));
    }

    static Stream<Sequential> pipelined() {
        Signature numbers = Signature.sequence(FEATURES);
        return Stream.of(
                Sequential.of(numbers, 3,
                        List.of(Lstm.of(17).returnSequences(), Dropout.of(0.5), Lstm.of(9), Dense.of(2))),
                Sequential.of(numbers, 4, List.of(Gru.of(8).returnSequences(), SimpleRnn.of(33).returnSequences(),
                        Lstm.of(5).returnSequences(), Dense.of(3).activation(Activation.SOFTMAX))),
                Sequential.of(numbers, 5,
                        List.of(Dense.of(4), Lstm.of(20).returnSequences(), Gru.of(7).resetBefore().returnSequences(),
                                GlobalMaxPooling.of(), Dense.of(2))),
                Sequential.of(numbers, 6,
                        List.of(Masking.of(0f), Lstm.of(6).returnSequences(), Lstm.of(4), Dense.of(2))),
                Sequential.of(numbers, 7,
                        List.of(Bidirectional.of(Lstm.of(6).returnSequences()), Lstm.of(4), Dense.of(2))));
    }

    @ParameterizedTest
    @MethodSource("pipelined")
    void severalThreadsGiveTheBitsOfOne(Sequential model) {
        for (int threads : new int[] {1, 2, 3, 5}) {
            try (Session several = Session.open(model).threads(threads)) {
                Session one = Session.open(model);
                for (int steps : new int[] {7, 120, 1, 53}) {
                    float[][] sequence = sequence(steps, steps);
                    Arrays.fill(sequence[steps / 2], 0f);
                    assertArrayEquals(one.predict(sequence), several.predict(sequence),
                            threads + " threads, " + steps + " steps");
                }
            }
        }
    }

    @Test
    void severalThreadsGiveTheBitsOfOneForTokens() {
        Sequential model = Sequential.of(Signature.tokens(), 8, List.of(Embedding.of(50, 12).maskZero(),
                Lstm.of(16).returnSequences(), Gru.of(6), Dense.of(3)));
        SplittableRandom random = new SplittableRandom(9);
        try (Session several = Session.open(model).threads(2)) {
            Session one = Session.open(model);
            // More tokens than the table has rows, after which finished gates are looked up.
            for (int i = 0; i < 20; i++) {
                int[] ids = random.ints(1 + i, 0, 50).toArray();
                assertArrayEquals(one.predict(ids), several.predict(ids), "call " + i);
            }
        }
    }

    @Test
    void severalThreadsEndWithOneErrorAndGoOn() {
        Sequential model = Sequential.of(Signature.tokens(), 8,
                List.of(Embedding.of(50, 12), Lstm.of(16).returnSequences(), Gru.of(6), Dense.of(3)));
        try (Session several = Session.open(model).threads(2)) {
            Session one = Session.open(model);
            int[] wrong = {1, 2, 50, 3};
            var expected = assertThrows(IllegalArgumentException.class, () -> one.predict(wrong));
            var error = assertThrows(IllegalArgumentException.class, () -> several.predict(wrong));
            assertEquals(expected.getMessage(), error.getMessage());
            assertArrayEquals(one.predict(new int[] {4, 5}), several.predict(new int[] {4, 5}));
            assertArrayEquals(one.predict(new int[0]), several.predict(new int[0]));
            assertThrows(IllegalArgumentException.class, () -> several.threads(0));
        }
    }

    @Test
    void aModelThatTakesNoSeveralThreadsStartsNone() {
        Sequential model = Sequential.of(Signature.sequence(FEATURES), 7,
                List.of(Bidirectional.of(Lstm.of(6).returnSequences()), Lstm.of(4).returnSequences(), Gru.of(3)));
        long before = workers();
        Session.open(model).threads(4);
        assertEquals(before, workers());
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("rondo-worker")).count();
    }
}
