package dev.rondo.bench;

import static dev.rondo.loss.Loss.BINARY_CROSSENTROPY;
import static dev.rondo.loss.Loss.MEAN_SQUARED_ERROR;
import static dev.rondo.loss.Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
import static dev.rondo.op.Activation.RELU;
import static dev.rondo.op.Activation.SIGMOID;
import static dev.rondo.op.Activation.SOFTMAX;
import static dev.rondo.op.Activation.TANH;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.infer.Session;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.optim.RmsProp;
import java.util.List;

/// The workloads that Rondo and its rivals are timed on: the models of five tutorials (S0 to S4), larger ones (L1 to L3), and
/// prediction (I1 to I3). `bench/rivals/workloads.md` has the same list for the other frameworks.
public final class Workloads {
    private static final int SEED = 1;

    /// All of them, in the order of the tables.
    public static final List<Workload> ALL = List.of(
            gated("S0", "LSTM(50, relu), T=100, F=10", RELU),
            gated("S0T", "LSTM(50), T=100, F=10", TANH),
            new Training("S1", "Embedding(10000, 100), LSTM(100), LSTM(50), T=50", 32, Workloads::words,
                    () -> {
                        var random = new RandomData(SEED);
                        return Dataset.of(random.zipf(4096, 50, 10_000), random.coins(4096));
                    },
                    BINARY_CROSSENTROPY, Adam.of(1e-3)),
            new WholeFit(new Training("S2", "LSTM(50) x 3, T=3, F=1, 3 samples, 100 epochs", 32,
                    Workloads::threeLayers,
                    Workloads::countedUp, MEAN_SQUARED_ERROR, Adam.of(1e-3)), 100),
            new Training("S3", "SimpleRnn(32) x 2, T=10, F=1", 32,
                    () -> Sequential.of(Signature.sequence(1), SimpleRnn.of(32).returnSequences(), SimpleRnn.of(32),
                            Dense.of(1)),
                    () -> {
                        var random = new RandomData(SEED);
                        return new Dataset(random.features(8192, 10, 1, 1f), Targets.values(random.normal(8192, 1f)));
                    },
                    MEAN_SQUARED_ERROR, Adam.of(1e-3)),
            new Training("S4", "Embedding(88584, 128), SimpleRnn(100, relu), T=100", 128,
                    () -> Sequential.of(Signature.tokens(), Embedding.of(88_584, 128),
                            SimpleRnn.of(100).activation(RELU),
                            Dense.of(1).activation(SIGMOID)),
                    () -> {
                        var random = new RandomData(SEED);
                        return Dataset.of(random.zipf(8192, 100, 88_584), random.coins(8192));
                    },
                    BINARY_CROSSENTROPY, RmsProp.of(1e-3)),
            new LanguageModel("L1", 10_000, 64),
            new LanguageModel("L1V", 33_000, 64),
            new Training("L2", "LSTM(512), T=100, F=512", 64,
                    () -> Sequential.of(Signature.sequence(512), Lstm.of(512), Dense.of(1).activation(SIGMOID)),
                    () -> {
                        var random = new RandomData(SEED);
                        return new Dataset(random.features(512, 100, 512, 1f), random.coins(512));
                    },
                    BINARY_CROSSENTROPY, Adam.of(1e-3)),
            new Training("L3", "Bidirectional GRU(256) x 2, T=100, F=128", 64,
                    () -> Sequential.of(Signature.sequence(128), Bidirectional.of(Gru.of(256).returnSequences()),
                            Bidirectional.of(Gru.of(256)), Dense.of(5).activation(SOFTMAX)),
                    () -> {
                        var random = new RandomData(SEED);
                        return new Dataset(random.features(512, 100, 128, 1f), random.classes(512, 5));
                    },
                    SPARSE_CATEGORICAL_CROSSENTROPY, Adam.of(1e-3)),
            new Latency("I1", "S1's model, one sample of 50 tokens", 2, SingleSample::new),
            new Latency("I2", "LSTM(100), F=32, one step of a stream", 1, threads -> new SingleStep()),
            new Throughput("I3", "S1's model, 4,096 samples in batches of 256", Workloads::words,
                    () -> Inputs.tokens(new RandomData(SEED).zipf(4096, 50, 10_000))));

    private Workloads() {}

    private static Workload gated(String name, String description, Activation activation) {
        return new Training(name, description, 32,
                () -> Sequential.of(Signature.sequence(10), Lstm.of(50).activation(activation), Dropout.of(0.2),
                        Dense.of(1).activation(SIGMOID)),
                () -> {
                    var random = new RandomData(SEED);
                    return new Dataset(random.features(4096, 100, 10, 0.1f), random.coins(4096));
                },
                BINARY_CROSSENTROPY, Adam.of(1e-3));
    }

    static Sequential words() {
        return Sequential.of(Signature.tokens(), Embedding.of(10_000, 100), Lstm.of(100).returnSequences(),
                Dropout.of(0.5), Lstm.of(50), Dropout.of(0.5), Dense.of(1).activation(SIGMOID));
    }

    private static Sequential threeLayers() {
        return Sequential.of(Signature.sequence(1), Lstm.of(50).returnSequences(), Dropout.of(0.2),
                Lstm.of(50).returnSequences(), Dropout.of(0.2), Lstm.of(50), Dropout.of(0.2), Dense.of(3));
    }

    /// `1 2 3 -> 4 5 6`, `2 3 4 -> 5 6 7`, `3 4 5 -> 6 7 8`.
    private static Dataset countedUp() {
        return Dataset.of(new float[][][] {{{1}, {2}, {3}}, {{2}, {3}, {4}}, {{3}, {4}, {5}}},
                Targets.values(new float[][] {{4, 5, 6}, {5, 6, 7}, {6, 7, 8}}));
    }

    /// A text of fifty words at a time.
    private static final class SingleSample implements Latency.Stream {
        private final Sequential model = words();
        private final Session session;
        private final int[][] samples = new RandomData(SEED).zipf(1024, 50, 10_000);

        SingleSample(int threads) {
            session = Session.open(model).threads(threads);
        }

        @Override
        public void call(int i) {
            session.predict(samples[i % samples.length]);
        }

        @Override
        public Step step() {
            return Step.prediction(model, 1, 50, 1);
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /// A reading of 32 numbers at a time.
    private static final class SingleStep implements Latency.Stream {
        private final Sequential model = Sequential.of(Signature.sequence(32), Lstm.of(100));
        private final Session session = Session.open(model);
        private final float[] reading = new RandomData(SEED).normal(32, 0.1f);
        private final float[] output = new float[100];

        @Override
        public void call(int i) {
            session.step(reading, output);
        }

        @Override
        public Step step() {
            return Step.prediction(model, 1, 1, 1);
        }
    }
}
