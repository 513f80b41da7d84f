package dev.rondo.train;

/// Stops training when the validation loss has not become better for some epochs; the best weights stay.
///
/// @param patience epochs without improvement to wait for, at least 1
public record EarlyStopping(int patience) {
    /// @throws IllegalArgumentException if patience is less than 1
    public EarlyStopping {
        if (patience < 1) {
            throw new IllegalArgumentException("early stopping: patience is " + patience + "; it must be at least 1");
        }
    }
}
