package dev.rondo.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Sgd;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Models with a softmax over so many classes that logits are never stored.
class LanguageModelTest {
    private static final int VOCABULARY = 2500;
    /// Losses of about 8 and gradients of about 0.1 from floats: a few roundings of their largest terms.
    private static final double TOLERANCE = 2e-6;

    /// Ragged sequences whose next token follows from the present one.
    private static Dataset texts(int samples, int longest) {
        SplittableRandom random = new SplittableRandom(3);
        int[][] ids = new int[samples][];
        int[][] next = new int[samples][];
        for (int i = 0; i < samples; i++) {
            ids[i] = random.ints(1 + random.nextInt(longest), 0, 40).toArray();
            next[i] = new int[ids[i].length];
            for (int t = 0; t < ids[i].length; t++) {
                next[i][t] = ids[i][t] * 60 + 3;
            }
        }
        return Dataset.of(ids, Targets.classesPerStep(next));
    }

    private static Sequential model() {
        return Sequential.of(Signature.tokens(), 4,
                java.util.List.of(Embedding.of(VOCABULARY, 6), Lstm.of(9).returnSequences(),
                        Dropout.of(0.2), Dense.of(VOCABULARY).activation(Activation.SOFTMAX)));
    }

    private static Trainer trainer(Sequential model) {
        return Trainer.of(model).optimizer(Sgd.of(4)).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY)
                .metrics(Metric.ACCURACY, Metric.PERPLEXITY).clipping(Clipping.globalNorm(5)).seed(7);
    }

    @Test
    void learnsTheNextTokenAndMeasuresPerplexity() {
        Sequential model = model();
        Dataset data = texts(120, 9);
        History history = trainer(model).fit(data, Fit.epochs(40).batchSize(10));
        Evaluation first = history.epochs().getFirst().training();
        assertEquals(Math.exp(first.loss()), first.get(Metric.PERPLEXITY), 1e-3 * Math.exp(first.loss()));
        Evaluation end = trainer(model).evaluate(data);
        assertTrue(end.loss() < first.loss() / 2, () -> history.toString());
        assertTrue(end.get(Metric.ACCURACY) > 0.5, () -> end.toString());
        assertEquals(Math.exp(end.loss()), end.get(Metric.PERPLEXITY), 1e-4 * Math.exp(end.loss()));
    }

    @Test
    void neitherThreadsNorOtherMetricsChangeABit() {
        Dataset data = texts(50, 9);
        Sequential one = model();
        History alone = trainer(one).threads(1).fit(data, Fit.epochs(2).batchSize(10));
        Sequential three = model();
        History shared = trainer(three).threads(3).metrics().fit(data, Fit.epochs(2).batchSize(10));
        assertEquals(alone.last().training().loss(), shared.last().training().loss());
        one.weights().forEach((name, tensor) -> assertArrayEquals(tensor.data(), three.weights().get(name).data(),
                name));
    }

    @Test
    void slicesAddUpToTheBatch() {
        Dataset data = texts(20, 9);
        Sequential whole = withoutDropout();
        trainer(whole).slices(1).fit(data, Fit.epochs(1).batchSize(20));
        Sequential sliced = withoutDropout();
        trainer(sliced).slices(3).fit(data, Fit.epochs(1).batchSize(20));
        whole.weights().forEach((name, tensor) -> assertArrayEquals(tensor.data(), sliced.weights().get(name).data(),
                (float) TOLERANCE, name));
    }

    /// The same model by way of stored logits and probabilities: they are, once somebody reads them.
    @Test
    void agreesWithStoredLogits() {
        Sequential model = withoutDropout();
        Batch batch = Batch.of(texts(9, 7), 0, 1, 2, 3, 4, 5, 6, 7, 8);
        try (Tape blocks = Tape.recording(); Tape stored = Tape.recording()) {
            Var unread = model.apply(batch.on(blocks));
            Var read = model.apply(batch.on(stored));
            assertEquals(VOCABULARY, read.tensor().dim(1));
            assertFalse(read.isDeferred());
            double scale = 1.0 / read.rows();
            Var a = Loss.SPARSE_CATEGORICAL_CROSSENTROPY.of(unread, batch, scale);
            Var b = Loss.SPARSE_CATEGORICAL_CROSSENTROPY.of(read, batch, scale);
            assertTrue(unread.isDeferred());
            assertEquals(b.scalar(), a.scalar(), TOLERANCE * b.scalar());
            for (Metric metric : new Metric[] {Metric.ACCURACY, Metric.PERPLEXITY}) {
                double expected = metric.sum(read, batch.goal());
                assertEquals(expected, metric.sum(unread, batch.goal()), TOLERANCE * Math.max(1, expected),
                        metric.id());
            }
            Gradients fromBlocks = blocks.backward(a);
            Gradients fromStored = stored.backward(b);
            for (Parameter parameter : model.parameters()) {
                assertNotNull(fromBlocks.of(parameter), parameter.name());
                assertArrayEquals(fromStored.toArray(parameter), fromBlocks.toArray(parameter), (float) TOLERANCE,
                        parameter.name());
            }
        }
    }

    private static Sequential withoutDropout() {
        return Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 6), Lstm.of(9).returnSequences(),
                Dense.of(VOCABULARY).activation(Activation.SOFTMAX));
    }
}
