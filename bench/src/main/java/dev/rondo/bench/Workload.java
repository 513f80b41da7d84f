package dev.rondo.bench;

import static dev.rondo.op.Activation.RELU;
import static dev.rondo.op.Activation.SIGMOID;
import static dev.rondo.op.Activation.SOFTMAX;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.optim.Adam;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.RmsProp;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The training workloads: the models of five tutorials and two larger ones, on random data of the given shape.
public enum Workload {
    /// LSTM(50, relu), dropout, dense; 4096 sequences of 100 steps with 10 features.
    S0("LSTM(50, relu), T=100, F=10", 4096, 32),
    /// S0 with tanh.
    S0T("LSTM(50), T=100, F=10", 4096, 32),
    /// Embedding(10000, 100), LSTM(100), LSTM(50) with dropout; 4096 sequences of 50 tokens.
    S1("Embedding(10000, 100), LSTM(100), LSTM(50), T=50", 4096, 32),
    /// SimpleRnn(32) twice; 8192 sequences of 10 steps.
    S3("SimpleRnn(32) x 2, T=10, F=1", 8192, 32),
    /// Embedding(88584, 128), SimpleRnn(100, relu); 8192 sequences of 100 tokens.
    S4("Embedding(88584, 128), SimpleRnn(100, relu), T=100", 8192, 128),
    /// LSTM(512); 512 sequences of 100 steps with 512 features.
    L2("LSTM(512), T=100, F=512", 512, 64),
    /// Bidirectional GRU(256) twice; 512 sequences of 100 steps with 128 features.
    L3("Bidirectional GRU(256) x 2, T=100, F=128", 512, 64);

    private final String description;
    private final int samples;
    private final int batchSize;

    Workload(String description, int samples, int batchSize) {
        this.description = description;
        this.samples = samples;
        this.batchSize = batchSize;
    }

    /// The model and data in words.
    public String description() {
        return description;
    }

    /// Samples an epoch.
    public int samples() {
        return samples;
    }

    /// Samples a step of the optimizer.
    public int batchSize() {
        return batchSize;
    }

    /// The model with initial weights.
    Sequential model() {
        return switch (this) {
            case S0 -> Sequential.of(Signature.sequence(10), Lstm.of(50).activation(RELU), Dropout.of(0.2),
                    Dense.of(1).activation(SIGMOID));
            case S0T ->
                Sequential.of(Signature.sequence(10), Lstm.of(50), Dropout.of(0.2), Dense.of(1).activation(SIGMOID));
            case S1 -> Sequential.of(Signature.tokens(), Embedding.of(10_000, 100), Lstm.of(100).returnSequences(),
                    Dropout.of(0.5),
                    Lstm.of(50), Dropout.of(0.5), Dense.of(1).activation(SIGMOID));
            case S3 ->
                Sequential.of(Signature.sequence(1), SimpleRnn.of(32).returnSequences(), SimpleRnn.of(32), Dense.of(1));
            case S4 -> Sequential.of(Signature.tokens(), Embedding.of(88_584, 128), SimpleRnn.of(100).activation(RELU),
                    Dense.of(1).activation(SIGMOID));
            case L2 -> Sequential.of(Signature.sequence(512), Lstm.of(512), Dense.of(1).activation(SIGMOID));
            case L3 -> Sequential.of(Signature.sequence(128), Bidirectional.of(Gru.of(256).returnSequences()),
                    Bidirectional.of(Gru.of(256)), Dense.of(5).activation(SOFTMAX));
        };
    }

    /// Random data of the workload's shape.
    Dataset data() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        return switch (this) {
            case S0, S0T -> new Dataset(normal(random, 100, 10, 0.1f), coins(random));
            case S1 -> new Dataset(zipf(random, 50, 10_000), coins(random));
            case S3 -> new Dataset(normal(random, 10, 1, 1f), Targets.values(normal(random, samples)));
            case S4 -> new Dataset(zipf(random, 100, 88_584), coins(random));
            case L2 -> new Dataset(normal(random, 100, 512, 1f), coins(random));
            case L3 -> new Dataset(normal(random, 100, 128, 1f), Targets.classes(random.ints(samples, 0, 5).toArray()));
        };
    }

    Loss loss() {
        return switch (this) {
            case S3 -> Loss.MEAN_SQUARED_ERROR;
            case L3 -> Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
            default -> Loss.BINARY_CROSSENTROPY;
        };
    }

    Optimizer optimizer() {
        return this == S4 ? RmsProp.of(1e-3) : Adam.of(1e-3);
    }

    private Inputs normal(RandomGenerator random, int steps, int features, float scale) {
        float[][] values = new float[samples][];
        for (int i = 0; i < samples; i++) {
            values[i] = normal(random, steps * features);
            for (int j = 0; j < values[i].length; j++) {
                values[i][j] *= scale;
            }
        }
        return new Inputs.Features(values, features);
    }

    private static float[] normal(RandomGenerator random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private Targets coins(RandomGenerator random) {
        float[] values = new float[samples];
        for (int i = 0; i < samples; i++) {
            values[i] = random.nextInt(2);
        }
        return Targets.values(values);
    }

    /// Token ids as frequent as words: P(id = k) falls as k^-1.3; all beyond the vocabulary become its last id.
    private Inputs zipf(RandomGenerator random, int steps, int vocabulary) {
        double[] upTo = new double[vocabulary - 1];
        double zeta = 3.931949211809;
        double sum = 0;
        for (int k = 1; k < upTo.length; k++) {
            sum += Math.pow(k, -1.3) / zeta;
            upTo[k] = sum;
        }
        int[][] ids = new int[samples][steps];
        for (int[] sample : ids) {
            for (int t = 0; t < steps; t++) {
                int at = java.util.Arrays.binarySearch(upTo, random.nextDouble());
                sample[t] = at >= 0 ? at : -at - 1;
            }
        }
        return Inputs.tokens(ids);
    }
}
