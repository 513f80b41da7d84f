package dev.rondo.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.optim.Sgd;
import dev.rondo.tape.CarriedState;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Recurrent layers that go on from window to window.
class StatefulTest {
    private static final int VOCABULARY = 30;

    private static Sequential model(Layer... recurrent) {
        List<Layer> layers = new java.util.ArrayList<>(List.of(Embedding.of(VOCABULARY, 5)));
        layers.addAll(List.of(recurrent));
        layers.add(Dense.of(VOCABULARY).activation(Activation.SOFTMAX));
        return Sequential.of(Signature.tokens(), 2, layers);
    }

    private static Sequential model() {
        return model(Lstm.of(7).returnSequences(), Gru.of(6).returnSequences(), SimpleRnn.of(5).returnSequences());
    }

    private static Trainer trainer(Sequential model) {
        return Trainer.of(model).optimizer(Sgd.of(1)).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY)
                .metrics(Metric.PERPLEXITY).seed(1);
    }

    private static int[] text(int length) {
        return new SplittableRandom(8).ints(length, 0, VOCABULARY).toArray();
    }

    private static float[] run(Sequential model, boolean recording, CarriedState carried, int[]... windows) {
        int[] all = IntStream.range(0, windows.length).toArray();
        Batch batch = Batch.of(Inputs.tokens(windows), all);
        try (Tape tape = recording ? Tape.recording() : Tape.inference(new Workspace())) {
            return model.apply(batch.on(tape.carrying(carried.part(batch.samples())))).tensor().data();
        }
    }

    @Test
    void twoWindowsAreOneToTheBit() {
        Sequential model = model();
        int[] a = text(14);
        int[] b = Arrays.copyOfRange(text(40), 20, 34);
        for (boolean recording : new boolean[] {true, false}) {
            float[] whole = run(model, recording, new CarriedState(2), a, b);
            CarriedState carried = new CarriedState(2);
            for (int window = 0; window < 2; window++) {
                int from = 7 * window;
                float[] part = run(model, recording, carried, Arrays.copyOfRange(a, from, from + 7),
                        Arrays.copyOfRange(b, from, from + 7));
                assertArrayEquals(Arrays.copyOfRange(whole, from * 2 * VOCABULARY, (from + 7) * 2 * VOCABULARY), part);
            }
            carried.reset();
            assertArrayEquals(Arrays.copyOf(whole, 2 * 3 * VOCABULARY),
                    run(model, recording, carried, Arrays.copyOf(a, 3), Arrays.copyOf(b, 3)));
        }
    }

    /// A batch is sorted by length; each stream still has its own state, and one whose window is empty keeps it.
    @Test
    void streamsOfDifferentLengthsKeepTheirStates() {
        Sequential model = model();
        int[] a = text(9);
        int[] b = Arrays.copyOfRange(text(40), 20, 28);
        CarriedState carried = new CarriedState(2);
        run(model, true, carried, Arrays.copyOf(a, 2), Arrays.copyOf(b, 5));
        run(model, true, carried, Arrays.copyOfRange(a, 2, 6), new int[0]);
        float[] last = run(model, true, carried, Arrays.copyOfRange(a, 6, 9), Arrays.copyOfRange(b, 5, 8));
        for (int stream = 0; stream < 2; stream++) {
            int[] text = stream == 0 ? a : b;
            float[] alone = run(model, true, new CarriedState(1), text);
            for (int t = 0; t < 3; t++) {
                int from = (text.length - 3 + t) * VOCABULARY;
                assertArrayEquals(Arrays.copyOfRange(alone, from, from + VOCABULARY),
                        Arrays.copyOfRange(last, (2 * t + stream) * VOCABULARY, (2 * t + stream + 1) * VOCABULARY));
            }
        }
    }

    @Test
    void textIsCutIntoStreamsAndWindows() {
        Dataset data = Dataset.stream(IntStream.range(0, 24).toArray(), 2, 4);
        assertEquals(6, data.size());
        int[][] ids = ((Inputs.Tokens) data.inputs()).ids();
        int[][] next = ((Targets.Classes) data.targets()).classes();
        assertArrayEquals(new int[][] {{0, 1, 2, 3}, {11, 12, 13, 14}, {4, 5, 6, 7}, {15, 16, 17, 18}, {8, 9, 10},
                {19, 20, 21}}, ids);
        assertArrayEquals(new int[] {12, 13, 14, 15}, next[1]);
        assertArrayEquals(new int[] {20, 21, 22}, next[5]);
        assertThrows(IllegalArgumentException.class, () -> Dataset.stream(new int[3], 3, 1));
    }

    /// Every third token is the topic of the section. A window of four may begin after its topic was named.
    @Test
    void learnsWhatOnlyACarriedStateKnows() {
        SplittableRandom random = new SplittableRandom(3);
        int[] text = new int[2401];
        int topic = 0;
        for (int i = 0; i < text.length; i++) {
            topic = i % 60 == 0 ? 1 + random.nextInt(4) : topic;
            text[i] = i % 3 == 0 ? topic : 0;
        }
        Dataset data = Dataset.stream(text, 8, 4);
        Sequential with = model(Gru.of(16).returnSequences());
        trainer(with).optimizer(Adam.of(0.01)).fit(data, Fit.epochs(40).batchSize(8).stateful());
        Sequential without = model(Gru.of(16).returnSequences());
        trainer(without).optimizer(Adam.of(0.01)).fit(data, Fit.epochs(40).batchSize(8).inOrder());
        double carried = trainer(with).evaluateStateful(data, 8).loss();
        double alone = trainer(without).evaluate(data).loss();
        assertTrue(carried < alone / 2, carried + " against " + alone);
    }

    @Test
    void neitherThreadsNorGroupsChangeWhatIsMeasured() {
        Dataset data = Dataset.stream(text(401), 5, 8);
        Sequential one = model();
        History alone = trainer(one).threads(1).fit(data, Fit.epochs(2).batchSize(5).stateful().validation(data));
        Sequential three = model();
        History shared = trainer(three).threads(3).fit(data, Fit.epochs(2).batchSize(5).stateful().validation(data));
        assertEquals(alone.last().validation(), shared.last().validation());
        assertEquals(alone.last().training(), shared.last().training());
        one.weights().forEach((name, tensor) -> assertArrayEquals(tensor.data(), three.weights().get(name).data(),
                name));
        double stateful = trainer(one).evaluateStateful(data, 5).loss();
        assertEquals(alone.last().validation().loss(), stateful);
        assertNotEquals(trainer(one).evaluate(data).loss(), stateful);
    }

    @Test
    void saysWhatDoesNotGoTogether() {
        Dataset data = Dataset.stream(text(101), 5, 10);
        Fit fit = Fit.epochs(1).batchSize(4).stateful();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> trainer(model()).fit(data, fit)).getMessage()
                .contains("streams"));
        Sequential both = model(Bidirectional.of(Gru.of(3).returnSequences()));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> trainer(both).fit(data, Fit.epochs(1).batchSize(5).stateful())).getMessage()
                .contains("backwards"));
    }
}
