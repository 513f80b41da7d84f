package dev.rondo.train;

import dev.rondo.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One training run: how long, in what portions, watched by whom.
///
/// @param epochs passes over the data, at least 1
/// @param batchSize samples a step of the optimizer, at least 1; 32 by default
/// @param shuffle whether each epoch takes the samples in a new order, true by default
/// @param carriesState whether recurrent layers go on from batch to batch, false by default; see [#stateful()]
/// @param validation data to measure after each epoch, or null
/// @param earlyStopping when to stop before the last epoch, or null; needs validation data
/// @param keepsBest whether to end with the weights of the epoch with the lowest validation loss, false by default
/// @param schedule how the learning rate goes, constant by default
/// @param listeners who is told about progress
public record Fit(
        int epochs,
        int batchSize,
        boolean shuffle,
        boolean carriesState,
        @Nullable Dataset validation,
        @Nullable EarlyStopping earlyStopping,
        boolean keepsBest,
        Schedule schedule,
        List<Listener> listeners) {
    /// @throws IllegalArgumentException if a number is less than 1, or something that needs validation data has none
    public Fit {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs is " + epochs + "; it must be at least 1");
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch size is " + batchSize + "; it must be at least 1");
        }
        if (validation == null && (earlyStopping != null || keepsBest)) {
            throw new IllegalArgumentException(
                    "early stopping and keeping the best weights need validation data; give validation(...)");
        }
        if (carriesState && shuffle) {
            throw new IllegalArgumentException(
                    "stateful training takes the samples in their own order; do not shuffle");
        }
        listeners = List.copyOf(listeners);
    }

    /// A run of so many epochs in batches of 32.
    public static Fit epochs(int epochs) {
        return new Fit(epochs, 32, true, false, null, null, false, Schedule.constant(), List.of());
    }

    /// This run with another batch size.
    public Fit batchSize(int batchSize) {
        return new Fit(epochs, batchSize, shuffle, carriesState, validation, earlyStopping, keepsBest, schedule,
                listeners);
    }

    /// This run with the samples in their own order.
    public Fit inOrder() {
        return new Fit(epochs, batchSize, false, carriesState, validation, earlyStopping, keepsBest, schedule,
                listeners);
    }

    /// This run with the samples in their own order, and with recurrent layers that go on from batch to batch instead of starting from
    /// zero, as Keras's `stateful`: sample i of a batch goes on where sample i of the batch before ended. States are zero at the start
    /// of each epoch; gradients end where a batch begins (truncated back-propagation through time).
    ///
    /// The number of samples must be a multiple of the batch size, which is the number of streams:
    ///
    /// ```java
    /// trainer.fit(Dataset.stream(ids, 20, 35), Fit.epochs(13).batchSize(20).stateful());
    /// ```
    public Fit stateful() {
        return new Fit(epochs, batchSize, false, true, validation, earlyStopping, keepsBest, schedule, listeners);
    }

    /// This run measured on other data after each epoch.
    public Fit validation(Dataset validation) {
        return new Fit(epochs, batchSize, shuffle, carriesState, validation, earlyStopping, keepsBest, schedule,
                listeners);
    }

    /// This run stopped when the validation loss has not become better for `patience` epochs, ending with the best weights.
    public Fit earlyStopping(int patience) {
        return new Fit(epochs, batchSize, shuffle, carriesState, validation, new EarlyStopping(patience), true,
                schedule,
                listeners);
    }

    /// This run ending with the weights of the epoch with the lowest validation loss.
    public Fit keepBest() {
        return new Fit(epochs, batchSize, shuffle, carriesState, validation, earlyStopping, true, schedule, listeners);
    }

    /// This run with a schedule of the learning rate.
    public Fit schedule(Schedule schedule) {
        return new Fit(epochs, batchSize, shuffle, carriesState, validation, earlyStopping, keepsBest, schedule,
                listeners);
    }

    /// This run watched by one more listener.
    public Fit listener(Listener listener) {
        List<Listener> more = new ArrayList<>(listeners);
        more.add(listener);
        return new Fit(epochs, batchSize, shuffle, carriesState, validation, earlyStopping, keepsBest, schedule, more);
    }
}
