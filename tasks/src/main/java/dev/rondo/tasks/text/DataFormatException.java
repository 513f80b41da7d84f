package dev.rondo.tasks.text;

/// A data file that cannot be used as it is; the message is one line that names the file, the place and the remedy.
///
/// Unchecked, because rows are read inside loops, streams and lambdas, and because no program can mend the file while
/// it runs: the message travels up to whoever talks to the person that can.
public final class DataFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Makes the exception.
    ///
    /// @param message one line: file, place, what was expected and found, what to do
    public DataFormatException(String message) {
        super(message);
    }

    /// Makes the exception with the error that revealed the fault.
    ///
    /// @param message one line: file, place, what was expected and found, what to do
    /// @param cause   the error below
    public DataFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
