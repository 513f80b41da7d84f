package dev.rondo.bench;

import dev.rondo.op.Backend;
import dev.rondo.train.Fit;
import dev.rondo.train.History;
import dev.rondo.train.Trainer;

/// What one workload measured.
///
/// @param workload its name
/// @param samplesPerSecond samples trained a second in the fastest epoch
/// @param threads number of threads
/// @param kernels name of the kernels, such as `vector-512`
public record Measurement(String workload, double samplesPerSecond, int threads, String kernels) {
    /// The shortest time over which an epoch counts as steady.
    private static final double SECONDS = 6;

    /// Trains a workload for at least three epochs and about six seconds, and takes the fastest epoch: the rivals' scripts take the
    /// fastest of theirs too.
    public static Measurement of(Workload workload, int threads) {
        var data = workload.data();
        Trainer trainer = Trainer.of(workload.model()).loss(workload.loss()).optimizer(workload.optimizer())
                .threads(threads);
        double[] best = {Double.POSITIVE_INFINITY};
        double[] total = {0};
        trainer.fit(data, Fit.epochs(1000).batchSize(workload.batchSize()).listener(new dev.rondo.train.Listener() {
            @Override
            public Signal onEpoch(History.Epoch epoch) {
                best[0] = Math.min(best[0], epoch.seconds());
                total[0] += epoch.seconds();
                return epoch.number() >= 3 && total[0] >= SECONDS ? Signal.STOP : Signal.CONTINUE;
            }
        }));
        return new Measurement(workload.name(), workload.samples() / best[0], threads,
                Backend.name());
    }
}
