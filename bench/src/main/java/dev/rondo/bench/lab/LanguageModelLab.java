package dev.rondo.bench.lab;

import dev.rondo.bench.RandomData;
import dev.rondo.data.Dataset;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Sgd;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;

/// Times the training of the small language model of Zaremba et al. (2014), in tokens a second, epoch by epoch.
///
/// ```text
/// java --add-modules jdk.incubator.vector -cp ... dev.rondo.bench.lab.LanguageModelLab [VOCABULARY [EPOCHS [THREADS]]]
/// ```
public final class LanguageModelLab {
    private static final int BATCH = 20;
    private static final int WINDOW = 20;
    private static final int WINDOWS = 64;

    private LanguageModelLab() {}

    public static void main(String[] args) {
        int vocabulary = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        int epochs = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        int threads = args.length > 2 ? Integer.parseInt(args[2]) : Runtime.getRuntime().availableProcessors();
        int[] text = new RandomData(1).zipf(1, WINDOWS * BATCH * WINDOW + 1, vocabulary)[0];
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(vocabulary, 200),
                Lstm.of(200).returnSequences(), Lstm.of(200).returnSequences(),
                Dense.of(vocabulary).activation(Activation.SOFTMAX));
        Trainer trainer = Trainer.of(model).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY)
                .optimizer(Sgd.of(1.0))
                .clipping(Clipping.globalNorm(5)).threads(threads);
        var history = trainer.fit(Dataset.stream(text, BATCH, WINDOW),
                Fit.epochs(epochs).batchSize(BATCH).stateful());
        for (var epoch : history.epochs()) {
            System.out.printf("epoch %d: %.0f tokens/s, loss %.4f%n", epoch.number(), epoch.stepsPerSecond(),
                    epoch.training().loss());
        }
    }
}
