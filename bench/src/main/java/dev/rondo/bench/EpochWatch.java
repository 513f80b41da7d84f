package dev.rondo.bench;

import dev.rondo.train.History;
import dev.rondo.train.Listener;

/// Times the epochs of a training run and stops it after the third or later, when the time is over. For one run.
final class EpochWatch implements Listener {
    /// More epochs than a run makes.
    static final int MOST = 1_000_000;
    private static final int FEWEST = 3;

    private final double limit;
    private double total;
    private double best = Double.POSITIVE_INFINITY;
    private double fewestBytes = Double.POSITIVE_INFINITY;
    private long bytesAtFirst;

    /// @param limit seconds after which the run ends
    EpochWatch(double limit) {
        this.limit = limit;
    }

    /// Counts what the steps between the first and the last of an epoch allocate: making the order of an epoch is no step.
    @Override
    public Signal onBatch(Progress progress) {
        if (progress.batch() == 1) {
            bytesAtFirst = Allocation.bytes();
        } else if (progress.batch() == progress.batches()) {
            fewestBytes = Math.min(fewestBytes,
                    (Allocation.bytes() - bytesAtFirst) / (double) (progress.batches() - 1));
        }
        return Signal.CONTINUE;
    }

    @Override
    public Signal onEpoch(History.Epoch epoch) {
        best = Math.min(best, epoch.seconds());
        total += epoch.seconds();
        return epoch.number() >= FEWEST && total >= limit ? Signal.STOP : Signal.CONTINUE;
    }

    /// The time of the fastest epoch.
    double seconds() {
        return best;
    }

    /// Heap bytes of a step in the epoch that allocated least; of a run with one step an epoch, infinite.
    double bytesPerStep() {
        return fewestBytes;
    }
}
