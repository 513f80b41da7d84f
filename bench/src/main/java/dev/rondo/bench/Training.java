package dev.rondo.bench;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Sequential;
import dev.rondo.optim.Adam;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.RmsProp;
import dev.rondo.train.Fit;
import dev.rondo.train.Listener;
import dev.rondo.train.Trainer;
import java.util.Optional;
import java.util.function.Supplier;

/// Training in epochs over a data set in memory. The speed is that of the fastest epoch, as in the rivals' scripts.
///
/// @param batchSize samples a step of the optimizer
/// @param model makes the model with its initial weights
/// @param data makes the data
record Training(String name, String description, int batchSize, Supplier<Sequential> model, Supplier<Dataset> data,
        Loss loss, Optimizer optimizer) implements Workload {
    @Override
    public Speed steady(int threads, double seconds) {
        Sequential network = model.get();
        Dataset samples = data.get();
        EpochWatch watch = new EpochWatch(seconds);
        trainer(network, threads).fit(samples,
                Fit.epochs(EpochWatch.MOST).batchSize(batchSize).listener(watch));
        return Speed.rate(work(network, samples, 1), watch.seconds(), watch.bytesPerStep());
    }

    @Override
    public Work once(int threads) {
        Sequential network = model.get();
        Dataset samples = data.get();
        trainer(network, threads).fit(samples, Fit.epochs(1).batchSize(batchSize));
        return work(network, samples, 1);
    }

    @Override
    public Optional<Step> step() {
        Inputs inputs = data.get().inputs();
        int moments = switch (optimizer) {
            case Adam _ -> 2;
            case RmsProp _ -> 1;
            default -> throw new IllegalStateException("the moments of " + optimizer + " are not known; add them here");
        };
        return Optional.of(new Step(model.get(), batchSize, inputs.length(0), 2, true, moments, false,
                Step.words(inputs, batchSize)));
    }

    /// Trains until a listener stops it.
    void train(int threads, Listener listener) {
        trainer(model.get(), threads).fit(data.get(),
                Fit.epochs(EpochWatch.MOST).batchSize(batchSize).listener(listener));
    }

    private Trainer trainer(Sequential network, int threads) {
        return Trainer.of(network).loss(loss).optimizer(optimizer).threads(threads);
    }

    static Work work(Sequential network, Dataset samples, int epochs) {
        double flops = 0;
        for (int i = 0; i < samples.size(); i++) {
            flops += Arithmetic.training(network, samples.inputs().length(i));
        }
        return new Work(Unit.SAMPLES, (double) samples.size() * epochs, flops * epochs);
    }
}
