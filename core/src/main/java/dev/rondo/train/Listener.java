package dev.rondo.train;

/// Is told how a training run goes, on the thread that called [Trainer#fit].
public interface Listener {
    /// What to do next.
    enum Signal {
        /// Go on.
        CONTINUE,
        /// Stop after this batch; the weights stay as they are, or become the best where the run keeps those.
        STOP
    }

    /// After each step of the optimizer.
    default Signal onBatch(Progress progress) {
        return Signal.CONTINUE;
    }

    /// After each epoch.
    default Signal onEpoch(History.Epoch epoch) {
        return Signal.CONTINUE;
    }

    /// Where a run stands.
    ///
    /// @param epoch number of the epoch, from 1
    /// @param epochs epochs of the run
    /// @param batch number of the batch in the epoch, from 1
    /// @param batches batches of an epoch
    /// @param loss mean loss of the epoch so far
    /// @param steps real time steps of the epoch so far
    /// @param seconds time since the epoch began
    record Progress(int epoch, int epochs, int batch, int batches, double loss, long steps, double seconds) {}
}
