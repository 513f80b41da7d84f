package dev.rondo.bench;

import dev.rondo.data.Dataset;
import dev.rondo.train.Fit;
import dev.rondo.train.History;
import dev.rondo.train.Listener;
import dev.rondo.train.Trainer;
import java.util.Optional;

/// A training run so short that it is over while a program starts: timed as a fresh process, from its start to the end of `fit`.
///
/// @param training what is trained
/// @param epochs passes over the data
record WholeFit(Training training, int epochs) implements Workload {
    private static final int WARM_RUNS = 10;

    @Override
    public String name() {
        return training.name();
    }

    @Override
    public String description() {
        return training.description();
    }

    /// The fastest of the processes that fit into the time, at least three. Allocations are those of a run in this process, repeated
    /// until it is warm.
    @Override
    public Speed steady(int threads, double seconds) {
        long start = System.nanoTime();
        Speed best = FreshProcess.run(this, threads);
        for (int i = 1; i < 3 || (System.nanoTime() - start) * 1e-9 < seconds; i++) {
            Speed next = FreshProcess.run(this, threads);
            best = next.flopsPerSecond() > best.flopsPerSecond() ? next : best;
        }
        return new Speed(best.figures(), best.flopsPerSecond(), bytesPerStep(threads));
    }

    @Override
    public Optional<Step> step() {
        return Optional.empty();
    }

    private double bytesPerStep(int threads) {
        double fewest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < WARM_RUNS; i++) {
            long[] between = new long[2];
            fit(threads, Fit.epochs(epochs).listener(new Listener() {
                @Override
                public Signal onEpoch(History.Epoch epoch) {
                    if (epoch.number() == epochs / 2) {
                        between[0] = Allocation.bytes();
                    } else if (epoch.number() == epochs) {
                        between[1] = Allocation.bytes();
                    }
                    return Signal.CONTINUE;
                }
            }));
            fewest = Math.min(fewest, (between[1] - between[0]) / (double) (epochs - epochs / 2));
        }
        return fewest;
    }

    @Override
    public Work once(int threads) {
        return fit(threads, Fit.epochs(epochs));
    }

    private Work fit(int threads, Fit fit) {
        var network = training.model().get();
        Dataset samples = training.data().get();
        Trainer.of(network).loss(training.loss()).optimizer(training.optimizer()).threads(threads)
                .fit(samples, fit.batchSize(training.batchSize()));
        return new Work(Unit.RUNS, 1, Training.work(network, samples, epochs).flops());
    }
}
