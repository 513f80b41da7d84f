package dev.rondo.train;

/// Training cannot go on: the loss or its gradient is no longer a number. The message says where and what to do.
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param message one line
    public TrainingException(String message) {
        super(message);
    }
}
