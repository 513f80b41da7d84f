package dev.rondo.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Sgd;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What training promises: it learns, its bits do not depend on threads, slices add up to the batch, and runs can be watched and stopped.
class TrainerTest {
    private static final int VOCABULARY = 20;

    /// Ragged token sequences; the label says whether token 3 comes before token 4.
    private static Dataset tokens(int samples, int longest) {
        SplittableRandom random = new SplittableRandom(5);
        int[][] ids = new int[samples][];
        float[] labels = new float[samples];
        for (int i = 0; i < samples; i++) {
            ids[i] = random.ints(2 + random.nextInt(longest - 1), 5, VOCABULARY).toArray();
            labels[i] = random.nextInt(2);
            int early = random.nextInt(ids[i].length / 2);
            int late = ids[i].length / 2 + random.nextInt(ids[i].length - ids[i].length / 2);
            ids[i][early] = labels[i] == 1 ? 3 : 4;
            ids[i][late] = labels[i] == 1 ? 4 : 3;
        }
        return Dataset.of(ids, Targets.values(labels));
    }

    private static Sequential classifier() {
        return Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 8), Dropout.of(0.2),
                Bidirectional.of(Lstm.of(7).returnSequences()), GlobalMaxPooling.of(),
                Dense.of(1).activation(Activation.SIGMOID));
    }

    private static Trainer trainer(Sequential model) {
        return Trainer.of(model).optimizer(Adam.of(0.02)).loss(Loss.BINARY_CROSSENTROPY).metrics(Metric.ACCURACY)
                .seed(7);
    }

    private static void assertSameBits(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, tensor) -> assertArrayEquals(tensor.data(), actual.get(name).data(), name));
    }

    @Test
    void learnsWhichTokenComesFirst() {
        Sequential model = classifier();
        Dataset all = tokens(400, 12);
        History history = trainer(model).fit(all.slice(0, 300),
                Fit.epochs(12).batchSize(16).validation(all.slice(300, 400)));
        assertEquals(12, history.epochs().size());
        assertTrue(history.last().training().loss() < history.epochs().getFirst().training().loss() / 2,
                () -> history.toString());
        assertTrue(trainer(model).evaluate(all.slice(300, 400)).get(Metric.ACCURACY) > 0.9, () -> history.toString());
    }

    @Test
    void threadsChangeNoBit() {
        Dataset data = tokens(70, 15);
        List<Map<String, Tensor>> results = new ArrayList<>();
        for (int threads : new int[] {1, 2, 3, 7}) {
            Sequential model = classifier();
            trainer(model).slices(4).threads(threads).clipping(Clipping.globalNorm(0.1)).fit(data,
                    Fit.epochs(2).batchSize(16));
            results.add(model.weights());
        }
        for (Map<String, Tensor> weights : results) {
            assertSameBits(results.getFirst(), weights);
        }
    }

    @Test
    void sameSeedSameBitsOtherSeedOtherBits() {
        Dataset data = tokens(40, 9);
        Sequential a = classifier();
        Sequential b = classifier();
        Sequential c = classifier();
        trainer(a).fit(data, Fit.epochs(2));
        trainer(b).fit(data, Fit.epochs(2));
        trainer(c).seed(8).fit(data, Fit.epochs(2));
        assertSameBits(a.weights(), b.weights());
        assertTrue(!java.util.Arrays.equals(a.weights().get("dense/kernel").data(),
                c.weights().get("dense/kernel").data()));
    }

    /// Without dropout the slices' gradients add up to the batch's; float sums in another order differ in the last bits, and SGD does
    /// not blow them up as Adam's division would.
    @Test
    void slicesAddUpToTheBatch() {
        Dataset data = tokens(31, 11);
        List<Map<String, Tensor>> results = new ArrayList<>();
        for (int slices : new int[] {1, 2, 5, 64}) {
            Sequential model = Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 6), Gru.of(5),
                    Dense.of(2).activation(Activation.SIGMOID),
                    Dense.of(1));
            Trainer.of(model).optimizer(Sgd.of(0.1)).loss(Loss.MEAN_SQUARED_ERROR).slices(slices).fit(data,
                    Fit.epochs(1).batchSize(31).inOrder());
            results.add(model.weights());
        }
        for (Map<String, Tensor> weights : results) {
            weights.forEach((name, tensor) -> assertArrayEquals(results.getFirst().get(name).data(), tensor.data(),
                    1e-6f, name));
        }
    }

    @Test
    void predictsInTheOrderOfTheSamples() {
        Sequential model = classifier();
        Dataset data = tokens(50, 14);
        float[][] together = trainer(model).predict(data.inputs());
        int[][] ids = ((Inputs.Tokens) data.inputs()).ids();
        for (int i = 0; i < ids.length; i++) {
            float[][] alone = trainer(model).predict(Inputs.tokens(new int[][] {ids[i]}));
            assertArrayEquals(alone[0], together[i], "sample " + i);
        }
    }

    @Test
    void emptySequencesArePredictedAndTrained() {
        int[][] ids = {{}, {3}, {}, {4, 5}};
        Dataset data = Dataset.of(ids, Targets.values(new float[] {0, 1, 0, 1}));
        Sequential model = classifier();
        assertTrue(Double.isFinite(trainer(model).fit(data, Fit.epochs(2).batchSize(3)).last().training().loss()));
        float[][] predictions = trainer(model).predict(data.inputs());
        assertArrayEquals(predictions[0], predictions[2]);
    }

    @Test
    void targetsForEachStep() {
        SplittableRandom random = new SplittableRandom(1);
        int[][] ids = new int[60][];
        int[][] classes = new int[60][];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.ints(1 + random.nextInt(6), 0, VOCABULARY).toArray();
            classes[i] = new int[ids[i].length];
            for (int t = 1; t < ids[i].length; t++) {
                classes[i][t] = ids[i][t - 1] % 3;
            }
        }
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 12), Gru.of(16).returnSequences(),
                Dense.of(3).activation(Activation.SOFTMAX));
        Trainer tagger = Trainer.of(model).optimizer(Adam.of(0.02)).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY)
                .metrics(Metric.ACCURACY);
        Dataset data = Dataset.of(ids, Targets.classesPerStep(classes));
        tagger.fit(data, Fit.epochs(40).batchSize(8));
        assertTrue(tagger.evaluate(data).get(Metric.ACCURACY) > 0.95);
        assertEquals(3 * ids[7].length, tagger.predict(data.inputs())[7].length);
    }

    @Test
    void keepsTheBestEpochAndStopsEarly() {
        Dataset data = tokens(60, 8);
        Sequential model = classifier();
        Trainer trainer = trainer(model).optimizer(Adam.of(0.05));
        History history = trainer.fit(data.slice(0, 40),
                Fit.epochs(60).batchSize(8).validation(data.slice(40, 60)).earlyStopping(2));
        assertTrue(history.epochs().size() < 60, "a model of this size overfits 40 samples long before epoch 60");
        assertEquals(history.epochs().size() - 2, history.bestEpoch());
        double best = history.epochs().get(history.bestEpoch() - 1).validation().loss();
        assertEquals(best, trainer.evaluate(data.slice(40, 60)).loss(), 1e-9);
    }

    @Test
    void listenersSeeEveryBatchAndMayStop() {
        Dataset data = tokens(20, 8);
        List<Listener.Progress> seen = new ArrayList<>();
        History history = trainer(classifier()).fit(data, Fit.epochs(3).batchSize(8).listener(new Listener() {
            @Override
            public Signal onBatch(Progress progress) {
                seen.add(progress);
                return progress.epoch() == 2 && progress.batch() == 2 ? Signal.STOP : Signal.CONTINUE;
            }
        }));
        assertEquals(5, seen.size());
        assertEquals(data.steps(), seen.get(2).steps());
        assertTrue(history.stopped());
        assertEquals(1, history.epochs().size());
    }

    @Test
    void aLossThatIsNoNumberEndsTheRun() {
        Dataset data = Dataset.of(new float[][][] {{{1e20f}}, {{-1e20f}}}, Targets.values(new float[] {1e20f, 1}));
        Sequential model = Sequential.of(Signature.sequence(1), Lstm.of(2).activation(Activation.LINEAR), Dense.of(1));
        Trainer trainer = Trainer.of(model).optimizer(Sgd.of(1e10)).loss(Loss.MEAN_SQUARED_ERROR);
        TrainingException failure = assertThrows(TrainingException.class, () -> trainer.fit(data, Fit.epochs(50)));
        assertTrue(failure.getMessage().contains("learning rate"), failure.getMessage());
        model.weights().forEach((name, tensor) -> {
            for (float value : tensor.data()) {
                assertTrue(Float.isFinite(value), name + ": the weights are those before the batch that failed");
            }
        });
    }

    /// The state is zero all the way, but its gradient grows to 1e4^20 on the way back.
    @Test
    void aGradientThatIsNoNumberMovesNoWeight() {
        Dataset data = Dataset.of(new float[][][] {new float[20][1]}, Targets.values(new float[] {1}));
        Sequential model = Sequential.of(Signature.sequence(1), SimpleRnn.of(1).activation(Activation.LINEAR),
                Dense.of(1));
        Map<String, Tensor> weights = model.weights();
        weights.put("simple_rnn/recurrent_kernel", Tensor.of(new float[] {1e4f}, 1, 1));
        model.setWeights(weights);
        Trainer trainer = Trainer.of(model).optimizer(Sgd.of(0.1)).loss(Loss.MEAN_SQUARED_ERROR);
        assertEquals(1, trainer.evaluate(data).loss());
        TrainingException failure = assertThrows(TrainingException.class, () -> trainer.fit(data, Fit.epochs(1)));
        assertTrue(failure.getMessage().contains("(epoch 1, batch 1 of 1)"), failure.getMessage());
        assertEquals(weights, model.weights());
    }

    @Test
    void refusesWhatCannotBeTrained() {
        Dataset data = tokens(4, 5);
        assertThrows(IllegalArgumentException.class, () -> trainer(classifier()).fit(data.slice(0, 0), Fit.epochs(1)));
        assertThrows(IllegalArgumentException.class, () -> trainer(classifier()).evaluate(data.slice(0, 0)));
        assertThrows(IllegalStateException.class, () -> Trainer.of(classifier()).fit(data, Fit.epochs(1)));
        IllegalArgumentException wrongLoss = assertThrows(IllegalArgumentException.class,
                () -> trainer(classifier()).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY).fit(data, Fit.epochs(1)));
        assertTrue(wrongLoss.getMessage().contains("classes"), wrongLoss.getMessage());
        Dataset foreign = Dataset.of(new int[][] {{VOCABULARY}}, Targets.values(new float[] {1}));
        IllegalArgumentException wrongId = assertThrows(IllegalArgumentException.class,
                () -> trainer(classifier()).fit(foreign, Fit.epochs(1)));
        assertTrue(wrongId.getMessage().contains("token id 20"), wrongId.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Fit.epochs(0));
        assertThrows(IllegalArgumentException.class, () -> Fit.epochs(1).batchSize(0));
        assertThrows(IllegalArgumentException.class, () -> Fit.epochs(1).earlyStopping(1));
    }

    @Test
    void refusesTargetsThatAreNotThoseOfThePrediction() {
        Sequential last = Sequential.of(Signature.tokens(), Embedding.of(9, 3), Gru.of(4),
                Dense.of(3).activation(Activation.SOFTMAX));
        int[][] ids = {{1, 2, 3}, {4, 5}};
        Dataset perStep = Dataset.of(ids, Targets.classesPerStep(new int[][] {{0, 1, 2}, {2, 1}}));
        Trainer trainer = Trainer.of(last).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
        assertSays("returnSequences", () -> trainer.fit(perStep, Fit.epochs(1)));
        assertSays("returnSequences", () -> trainer.evaluate(perStep));
        Sequential one = Sequential.of(Signature.tokens(), Embedding.of(9, 3), Gru.of(4), Dense.of(1));
        Dataset wide = Dataset.of(ids, Targets.values(new float[][] {{1, 2}, {3, 4}}));
        assertSays("2 numbers", () -> Trainer.of(one).loss(Loss.MEAN_SQUARED_ERROR).fit(wide, Fit.epochs(1)));
        assertSays("2 numbers", () -> Trainer.of(one).loss(Loss.MEAN_SQUARED_ERROR).evaluate(wide));
        Sequential each = Sequential.of(Signature.tokens(), Embedding.of(9, 3), Dense.of(2));
        assertSays("2 numbers", () -> Trainer.of(each).loss(Loss.MEAN_SQUARED_ERROR).fit(
                Dataset.of(ids, Targets.values(new float[][] {{1}, {2}})), Fit.epochs(1)));
    }

    @Test
    void refusesTheErrorOfClasses() {
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(9, 3), Gru.of(4),
                Dense.of(3).activation(Activation.SOFTMAX));
        Dataset data = Dataset.of(new int[][] {{1, 2, 3}, {4, 5}}, Targets.classes(new int[] {0, 2}));
        assertSays("mean_absolute_error", () -> Trainer.of(model).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY)
                .metrics(Metric.MEAN_ABSOLUTE_ERROR).evaluate(data));
    }

    private static void assertSays(String words, Runnable wrong) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, wrong::run);
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }

    /// The last batch of an epoch may be one sample, and that may be empty.
    @Test
    void anEmptyBatchLeavesMovingMomentsAlone() {
        Sequential model = Sequential.of(Signature.sequence(2), BatchNormalization.of(), GlobalMeanPooling.of(),
                Dense.of(1));
        Map<String, Tensor> before = model.weights();
        Trainer.of(model).loss(Loss.MEAN_SQUARED_ERROR).fit(
                new Dataset(new Inputs.Features(new float[][] {{}}, 2), Targets.values(new float[] {1})),
                Fit.epochs(1));
        for (String name : List.of("batch_normalization/moving_mean", "batch_normalization/moving_variance")) {
            assertArrayEquals(before.get(name).data(), model.weights().get(name).data(), name);
        }
    }
}
