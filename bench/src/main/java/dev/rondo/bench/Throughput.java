package dev.rondo.bench;

import dev.rondo.data.Inputs;
import dev.rondo.nn.Sequential;
import dev.rondo.train.Trainer;
import java.util.Optional;
import java.util.function.Supplier;

/// Predictions for many samples at once, in batches of 256. The speed is that of the fastest pass over the data.
///
/// @param model makes the model
/// @param inputs makes the samples, all of the same length
record Throughput(String name, String description, Supplier<Sequential> model, Supplier<Inputs> inputs)
        implements
            Workload {
    private static final int BATCH = 256;
    private static final int FEWEST = 4;

    @Override
    public Speed steady(int threads, double seconds) {
        Sequential network = model.get();
        Inputs samples = inputs.get();
        Trainer trainer = Trainer.of(network).threads(threads);
        double best = Double.POSITIVE_INFINITY;
        double fewestBytes = Double.POSITIVE_INFINITY;
        long begin = System.nanoTime();
        for (int i = 0; i < FEWEST || (System.nanoTime() - begin) * 1e-9 < seconds; i++) {
            long allocated = Allocation.bytes();
            long start = System.nanoTime();
            trainer.predict(samples);
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
            fewestBytes = Math.min(fewestBytes,
                    (Allocation.bytes() - allocated) / (double) Math.ceilDiv(samples.size(), BATCH));
        }
        return Speed.rate(work(network, samples), best, fewestBytes);
    }

    @Override
    public Work once(int threads) {
        Sequential network = model.get();
        Inputs samples = inputs.get();
        Trainer.of(network).threads(threads).predict(samples);
        return work(network, samples);
    }

    /// Two of the batches that the trainer makes.
    @Override
    public Optional<Step> step() {
        return Optional.of(Step.prediction(model.get(), BATCH, inputs.get().length(0), 2));
    }

    private static Work work(Sequential network, Inputs samples) {
        return new Work(Unit.SAMPLES, samples.size(),
                samples.size() * Arithmetic.forward(network, samples.length(0)));
    }
}
