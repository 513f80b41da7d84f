package dev.rondo.train;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happened in a training run.
///
/// @param epochs the finished epochs, first to last
/// @param bestEpoch number of the epoch whose weights the model has, from 1; the last one unless the best were kept
/// @param stopped whether a listener stopped the run before its end
public record History(List<Epoch> epochs, int bestEpoch, boolean stopped) {
    /// Copies the list.
    public History {
        epochs = List.copyOf(epochs);
    }

    /// One epoch.
    ///
    /// @param number from 1
    /// @param training loss and metrics over the epoch's batches, each measured before its step, with dropout
    /// @param validation loss and metrics on the validation data after the epoch, or null
    /// @param seconds time for training, without validation
    /// @param steps real time steps
    public record Epoch(int number, Evaluation training, @Nullable Evaluation validation, double seconds, long steps) {
        /// Real time steps a second.
        public double stepsPerSecond() {
            return steps / Math.max(seconds, 1e-9);
        }
    }

    /// The last finished epoch.
    ///
    /// @throws IllegalStateException if the run was stopped during the first
    public Epoch last() {
        if (epochs.isEmpty()) {
            throw new IllegalStateException("training was stopped before the first epoch ended");
        }
        return epochs.getLast();
    }
}
