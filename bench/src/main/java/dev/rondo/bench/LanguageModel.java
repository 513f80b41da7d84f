package dev.rondo.bench;

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
import dev.rondo.train.Listener;
import dev.rondo.train.Trainer;
import java.util.Optional;

/// The small language model of Zaremba et al. (2014): two LSTM(200) that say the next word of running text, trained on windows of
/// 20 steps of 20 streams. The speed is that of the fastest epoch, in tokens.
///
/// @param vocabulary number of words
/// @param windows windows an epoch
record LanguageModel(String name, int vocabulary, int windows) implements Workload {
    private static final int STREAMS = 20;
    private static final int WINDOW = 20;
    private static final int UNITS = 200;

    @Override
    public String description() {
        return "Embedding(%d, %d), LSTM(%d) x 2, Dense(%d), T=%d".formatted(vocabulary, UNITS, UNITS, vocabulary,
                WINDOW);
    }

    private Sequential model() {
        return Sequential.of(Signature.tokens(), Embedding.of(vocabulary, UNITS), Lstm.of(UNITS).returnSequences(),
                Lstm.of(UNITS).returnSequences(), Dense.of(vocabulary).activation(Activation.SOFTMAX));
    }

    private Dataset data() {
        return Dataset.stream(new RandomData(1).zipf(1, STREAMS * windows * WINDOW + 1, vocabulary)[0], STREAMS,
                WINDOW);
    }

    @Override
    public Speed steady(int threads, double seconds) {
        Sequential network = model();
        EpochWatch watch = new EpochWatch(seconds);
        fit(network, threads, Fit.epochs(EpochWatch.MOST).listener(watch));
        return Speed.rate(work(network), watch.seconds(), watch.bytesPerStep());
    }

    @Override
    public Work once(int threads) {
        Sequential network = model();
        fit(network, threads, Fit.epochs(1));
        return work(network);
    }

    @Override
    public Optional<Step> step() {
        return Optional.of(
                new Step(model(), STREAMS, WINDOW, 2, true, 0, true, Step.words(data().inputs(), STREAMS)));
    }

    /// Trains until a listener stops it.
    void train(int threads, Listener listener) {
        fit(model(), threads, Fit.epochs(EpochWatch.MOST).listener(listener));
    }

    private void fit(Sequential network, int threads, Fit fit) {
        Trainer.of(network).loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY).optimizer(Sgd.of(1))
                .clipping(Clipping.globalNorm(5)).threads(threads)
                .fit(data(), fit.batchSize(STREAMS).stateful());
    }

    private Work work(Sequential network) {
        return new Work(Unit.TOKENS, (double) windows * STREAMS * WINDOW,
                windows * STREAMS * Arithmetic.training(network, WINDOW));
    }
}
