package dev.rondo.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Sgd;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Losses of several outputs, weights of targets, and soft targets.
class ObjectivesTest {
    private static final int VOCABULARY = 12;
    private static final int SAMPLES = 23;
    /// Weights and gradients of about 1 that come from a few roundings of float in another order.
    private static final float TOLERANCE = 2e-6f;

    /// A tag for each step, and a number for the text.
    private static Graph tagger(int tags, boolean masked, double dropout) {
        GraphBuilder b = Graph.builder(3);
        Node ids = b.input("ids", Signature.tokens());
        Node x = b.add(masked ? Embedding.of(VOCABULARY, 5).maskZero() : Embedding.of(VOCABULARY, 5), ids);
        List<Node> read = b.addAll(Lstm.of(6).returnSequences().returnState(), b.add(Dropout.of(dropout), x));
        Node tag = b.add(Dense.of(tags).activation(Activation.SOFTMAX), read.get(0));
        return b.build(tag, b.add(Dense.of(1), read.get(2)));
    }

    private static int[][] ids() {
        SplittableRandom random = new SplittableRandom(8);
        int[][] ids = new int[SAMPLES][];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.ints(1 + random.nextInt(9), 0, VOCABULARY).toArray();
            ids[i][0] = 1;
        }
        return ids;
    }

    private static Targets tags(int[][] ids) {
        int[][] tags = new int[ids.length][];
        for (int i = 0; i < ids.length; i++) {
            tags[i] = new int[ids[i].length];
            for (int t = 0; t < tags[i].length; t++) {
                tags[i][t] = (ids[i][t] + t) % 3;
            }
        }
        return Targets.classesPerStep(tags);
    }

    private static Targets numbers(int[][] ids) {
        float[] numbers = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            numbers[i] = ids[i].length / 5f;
        }
        return Targets.values(numbers);
    }

    private static Dataset both(int[][] ids) {
        return Dataset.of(ids, Targets.several(tags(ids), numbers(ids)));
    }

    private static final Objective TAG = Objective.of(Loss.SPARSE_CATEGORICAL_CROSSENTROPY).metrics(Metric.ACCURACY);
    private static final Objective NUMBER = Objective.of(Loss.MEAN_SQUARED_ERROR).weight(0.3);

    private static Trainer trainer(Graph model) {
        return Trainer.of(model).optimizer(Sgd.of(0.2)).objectives(TAG, NUMBER).seed(5);
    }

    private static void assertSame(Graph expected, Graph actual, float tolerance) {
        for (int p = 0; p < expected.parameters().size(); p++) {
            assertArrayEquals(expected.parameters().get(p).values(), actual.parameters().get(p).values(), tolerance,
                    expected.parameters().get(p).name());
        }
    }

    @Test
    void reportsTheSumAndEachPartAndLearnsBoth() {
        Graph model = tagger(3, true, 0);
        Dataset data = both(ids());
        History history = trainer(model).objectives(TAG, NUMBER.metrics(Metric.MEAN_ABSOLUTE_ERROR)).fit(data,
                Fit.epochs(60).batchSize(6).validation(data));
        for (Evaluation end : List.of(history.last().training(), trainer(model).evaluate(data))) {
            assertEquals(2, end.outputs().size());
            assertEquals(end.outputs().get(0).loss() + 0.3 * end.outputs().get(1).loss(), end.loss(), 1e-12);
            assertTrue(end.outputs().get(0).get(Metric.ACCURACY) > 0.4, () -> history.toString());
        }
        Evaluation first = history.epochs().getFirst().training();
        Evaluation last = history.last().training();
        for (int k = 0; k < 2; k++) {
            assertTrue(last.outputs().get(k).loss() < first.outputs().get(k).loss(), () -> history.toString());
        }
        assertTrue(last.outputs().get(1).metrics().containsKey(Metric.MEAN_ABSOLUTE_ERROR));
        assertEquals(trainer(model).evaluate(data).loss(), history.last().validation().loss());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> last.get(Metric.ACCURACY)).getMessage()
                .contains("outputs()"));
    }

    /// One step of SGD goes along the sum of the gradients of each loss alone, each a mean over what counts in its own mask.
    @Test
    void theGradientIsTheWeightedSumOfThoseOfEachLoss() {
        int[][] ids = ids();
        Graph trained = tagger(3, true, 0);
        Graph still = tagger(3, true, 0);
        trainer(trained).optimizer(Sgd.of(1)).fit(both(ids), Fit.epochs(1).batchSize(SAMPLES));
        int[] all = new int[SAMPLES];
        Arrays.setAll(all, i -> i);
        Batch batch = Batch.of(both(ids), all);
        List<Gradients> parts = new ArrayList<>();
        List<Tape> tapes = List.of(Tape.recording(), Tape.recording());
        for (int k = 0; k < 2; k++) {
            Var y = still.apply(batch.inputsOn(tapes.get(k))).get(k);
            Loss loss = k == 0 ? TAG.loss() : NUMBER.loss();
            parts.add(
                    tapes.get(k).backward(loss.of(y, batch.goals().get(k), 1.0 / loss.count(y, batch.goals().get(k)))));
        }
        for (int p = 0; p < still.parameters().size(); p++) {
            Parameter parameter = still.parameters().get(p);
            float[] expected = parameter.values().clone();
            for (int k = 0; k < 2; k++) {
                float[] gradient = parts.get(k).toArray(parameter);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] -= (k == 0 ? 1 : 0.3f) * gradient[i];
                }
            }
            assertArrayEquals(expected, trained.parameters().get(p).values(), TOLERANCE, parameter.name());
        }
        tapes.forEach(Tape::close);
    }

    @Test
    void slicesAddUpAndThreadsChangeNoBit() {
        for (boolean masked : new boolean[] {false, true}) {
            for (int tags : new int[] {3, 2300}) {
                Graph whole = tagger(tags, masked, 0);
                trainer(whole).slices(1).fit(both(ids()), Fit.epochs(2).batchSize(9));
                Graph sliced = tagger(tags, masked, 0);
                trainer(sliced).slices(3).fit(both(ids()), Fit.epochs(2).batchSize(9));
                assertSame(whole, sliced, TOLERANCE);
                Graph one = tagger(tags, masked, 0.3);
                Graph four = tagger(tags, masked, 0.3);
                trainer(one).clipping(Clipping.globalNorm(0.5)).threads(1).fit(both(ids()), Fit.epochs(2).batchSize(9));
                trainer(four).clipping(Clipping.globalNorm(0.5)).threads(4).fit(both(ids()),
                        Fit.epochs(2).batchSize(9));
                assertSame(one, four, 0);
            }
        }
    }

    /// The blocks of a softmax of many classes and the stored probabilities give the same, beside another output.
    @Test
    void manyClassesBesideAnotherOutput() {
        int[][] ids = ids();
        float[] ones = new float[SAMPLES];
        Arrays.fill(ones, 1);
        Graph blocks = tagger(2300, false, 0);
        Graph stored = tagger(2300, false, 0);
        History first = trainer(blocks).fit(both(ids), Fit.epochs(2).batchSize(8));
        History second = trainer(stored).fit(
                Dataset.of(ids, Targets.several(tags(ids).weighted(ones), numbers(ids))), Fit.epochs(2).batchSize(8));
        assertSame(blocks, stored, TOLERANCE);
        assertEquals(first.last().training().loss(), second.last().training().loss(), 1e-5);
    }

    @Test
    void anOutputOfWeightZeroIsNotTrained() {
        int[][] ids = ids();
        Graph both = tagger(3, false, 0);
        trainer(both).objectives(TAG, NUMBER.weight(0)).fit(both(ids), Fit.epochs(2).batchSize(8));
        Graph untouched = tagger(3, false, 0);
        int last = both.parameters().size() - 1;
        assertArrayEquals(untouched.parameters().get(last).values(), both.parameters().get(last).values());
        assertTrue(!Arrays.equals(untouched.parameters().get(0).values(),
                both.parameters().get(0).values()));
    }

    @Test
    void saysWhatDoesNotFit() {
        int[][] ids = ids();
        Graph model = tagger(3, false, 0);
        String outputs = assertThrows(IllegalArgumentException.class, () -> Trainer.of(model).loss(TAG.loss())
                .fit(Dataset.of(ids, tags(ids)), Fit.epochs(1))).getMessage();
        assertTrue(outputs.startsWith("the model has 2 outputs, but the trainer 1 losses; give each output an "
                + "objective"), outputs);
        String targets = assertThrows(IllegalArgumentException.class,
                () -> trainer(model).evaluate(Dataset.of(ids, tags(ids)))).getMessage();
        assertTrue(targets.contains("2 losses, but the data has targets for 1 outputs"), targets);
        assertThrows(IllegalArgumentException.class, () -> TAG.weight(-1));
        assertThrows(IllegalArgumentException.class,
                () -> Targets.several(tags(ids), Targets.several(numbers(ids))));
        assertThrows(IllegalArgumentException.class, () -> Targets.several(tags(ids), Targets.values(new float[2])));
        assertThrows(IllegalArgumentException.class,
                () -> Dataset.of(ids, Targets.several(numbers(ids), Targets.classesPerStep(new int[SAMPLES][1]))));
        assertThrows(IllegalStateException.class, () -> Batch.of(both(ids), 0).goal());
    }

    /// A sample of weight 2 counts as twice the sample; one of weight 0 not at all, except in the number that is divided by.
    @Test
    void weightsAreRepetitions() {
        int[][] ids = {{1, 2, 3}, {4, 5, 1}, {2, 2, 2}, {7, 1, 3}};
        float[] numbers = {1, -1, 0.5f, 2};
        int[][] repeated = {ids[0], ids[0], ids[2], ids[3]};
        float[] asOften = {1, 1, 0.5f, 2};
        Sequential weighted = number();
        Sequential plain = number();
        Fit fit = Fit.epochs(3).batchSize(4).inOrder();
        Trainer.of(weighted).optimizer(Sgd.of(0.1)).loss(Loss.HUBER).fit(
                Dataset.of(ids, Targets.values(numbers).weighted(new float[] {2, 0, 1, 1})), fit);
        Dataset often = Dataset.of(repeated, Targets.values(asOften));
        Trainer.of(plain).optimizer(Sgd.of(0.1)).loss(Loss.HUBER).fit(often, fit);
        for (int p = 0; p < plain.parameters().size(); p++) {
            assertArrayEquals(plain.parameters().get(p).values(), weighted.parameters().get(p).values(), TOLERANCE);
        }
        Trainer measuring = Trainer.of(plain).loss(Loss.HUBER).metrics(Metric.MEAN_ABSOLUTE_ERROR);
        Dataset data = Dataset.of(ids, Targets.values(numbers));
        Dataset same = Dataset.of(ids, Targets.values(numbers).weighted(new float[] {2, 0, 1, 1}));
        assertEquals(measuring.evaluate(often).loss(), measuring.evaluate(same).loss(), 1e-6);
        assertEquals(measuring.evaluate(data).get(Metric.MEAN_ABSOLUTE_ERROR),
                measuring.evaluate(same).get(Metric.MEAN_ABSOLUTE_ERROR), "metrics see no weights");
        assertEquals(measuring.evaluate(same.slice(0, 1)).loss(), 2 * measuring.evaluate(data.slice(0, 1)).loss(),
                1e-6);
    }

    private static Sequential number() {
        return Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 4), Gru.of(4), Dense.of(1));
    }

    @Test
    void weightsOfSamplesStepsAndClassesAgree() {
        int[][] ids = ids();
        float[] samples = new float[SAMPLES];
        float[][] steps = new float[SAMPLES][];
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = 0.25f * (i % 5);
            steps[i] = new float[ids[i].length];
            Arrays.fill(steps[i], samples[i]);
        }
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 4),
                Gru.of(4).returnSequences(), Dense.of(3).activation(Activation.SOFTMAX));
        Trainer trainer = Trainer.of(model).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
        assertEquals(trainer.evaluate(Dataset.of(ids, tags(ids).weighted(samples))).loss(),
                trainer.evaluate(Dataset.of(ids, tags(ids).weighted(steps))).loss());
        int[][] tags = ((Targets.Classes) tags(ids)).classes();
        float[] ofClass = {0.5f, 2, 1};
        for (int i = 0; i < SAMPLES; i++) {
            for (int t = 0; t < steps[i].length; t++) {
                steps[i][t] = ofClass[tags[i][t]];
            }
        }
        assertEquals(trainer.evaluate(Dataset.of(ids, tags(ids).weighted(steps))).loss(),
                trainer.evaluate(Dataset.of(ids, tags(ids).weightedByClass(ofClass))).loss());
        assertArrayEquals(new float[][] {{3}, {2}},
                ((Targets.Weighted) Targets.values(new float[] {1, 0}).weightedByClass(2, 3)).weights());
        assertArrayEquals(new float[][] {{3}, {2}},
                ((Targets.Weighted) Targets.values(new float[][] {{0.2f, 0.8f}, {1, 0}}).weightedByClass(2, 3))
                        .weights());
        assertThrows(IllegalArgumentException.class, () -> tags(ids).weightedByClass(1, 2));
        assertThrows(IllegalArgumentException.class, () -> tags(ids).weighted(new float[3]));
        assertThrows(IllegalArgumentException.class, () -> tags(ids).weighted(samples).weighted(samples));
        assertThrows(IllegalArgumentException.class, () -> Targets.values(new float[1]).weighted(new float[] {-1}));
    }

    /// One-hot targets are the classes, smoothed too; a loss far from them is compared in the same numbers.
    @Test
    void oneHotTargetsAreClasses() {
        int[][] ids = ids();
        int[][] tags = ((Targets.Classes) tags(ids)).classes();
        float[][][] oneHot = new float[SAMPLES][][];
        for (int i = 0; i < SAMPLES; i++) {
            oneHot[i] = new float[tags[i].length][3];
            for (int t = 0; t < tags[i].length; t++) {
                oneHot[i][t][tags[i][t]] = 1;
            }
        }
        for (double smoothing : new double[] {0, 0.2}) {
            List<Sequential> models = new ArrayList<>();
            for (boolean sparse : new boolean[] {true, false}) {
                Sequential model = Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 4).maskZero(),
                        Gru.of(4).returnSequences(), Dense.of(3).activation(Activation.SOFTMAX));
                Loss loss = sparse ? Loss.SPARSE_CATEGORICAL_CROSSENTROPY : Loss.CATEGORICAL_CROSSENTROPY;
                Trainer trainer = Trainer.of(model).optimizer(Sgd.of(0.5)).loss(loss.labelSmoothing(smoothing))
                        .metrics(Metric.CATEGORICAL_ACCURACY);
                trainer.fit(Dataset.of(ids, sparse ? tags(ids) : Targets.valuesPerStep(oneHot)), Fit.epochs(5));
                models.add(model);
                Evaluation end = trainer.evaluate(
                        Dataset.of(ids, sparse ? tags(ids) : Targets.valuesPerStep(oneHot)));
                Evaluation other = Trainer.of(models.getFirst())
                        .loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY.labelSmoothing(smoothing)).metrics(Metric.ACCURACY)
                        .evaluate(Dataset.of(ids, tags(ids)));
                assertEquals(other.loss(), end.loss(), 1e-6);
                assertEquals(other.get(Metric.ACCURACY), end.get(Metric.CATEGORICAL_ACCURACY));
            }
            for (int p = 0; p < models.get(0).parameters().size(); p++) {
                assertArrayEquals(models.get(0).parameters().get(p).values(),
                        models.get(1).parameters().get(p).values(), TOLERANCE);
            }
        }
        assertEquals("categorical_crossentropy", Loss.of("categorical_crossentropy").id());
        assertThrows(IllegalArgumentException.class,
                () -> Loss.CATEGORICAL_CROSSENTROPY.count(Batch.of(Dataset.of(ids, tags(ids)), 0)));
        assertThrows(IllegalArgumentException.class,
                () -> new Dataset(Inputs.tokens(ids), Targets.valuesPerStep(new float[SAMPLES][20][3])));
    }
}
