package dev.rondo.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// A failure that a command has put into words, and the words for all others.
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param message one line: what, where, what to do
    Failure(String message) {
        super(message);
    }

    /// The one line about a failure.
    static String line(Throwable failure) {
        String message = switch (failure) {
            case OutOfMemoryError _ -> memory();
            case StackOverflowError _ -> "nested too deeply; give it more stack with RONDO_OPTS=-Xss16m";
            case UncheckedIOException e when e.getCause() != null -> line(e.getCause());
            case NoSuchFileException e -> e.getFile() + ": no such file; check the name";
            case AccessDeniedException e -> e.getFile() + ": no permission; check the file's permissions";
            case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
            case EOFException e -> said(e, "the data ends too early");
            case IOException e -> said(e, "reading or writing failed");
            case IllegalArgumentException e -> said(e, "a value is wrong");
            case Failure e -> said(e, "");
            default -> failure.getClass().getPackageName().startsWith("dev.rondo") && failure.getMessage() != null
                    ? failure.getMessage() : foreign(failure);
        };
        return message.replaceAll("\\s*\\R\\s*", " ");
    }

    private static String said(Exception e, String otherwise) {
        return e.getMessage() == null ? otherwise + " (" + e.getClass().getSimpleName() + ")" : e.getMessage();
    }

    /// A failure inside a library: of a disk, or of rondo.
    private static String foreign(Throwable failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException e) {
                return "reading or writing failed: " + line(e) + "; temporary files go to "
                        + System.getProperty("java.io.tmpdir") + ": is that disk full?";
            }
        }
        return "unexpected " + failure + "; this is a defect of rondo: set RONDO_DEBUG=1 to see where, and report it";
    }

    static String memory() {
        return ("out of memory: Java may use %d MB; allow more, as in RONDO_OPTS=-Xmx4g rondo ..., or need less: "
                + "in training, fewer texts, a smaller --batch-size or --max-length, or a --model with fewer units or a "
                + "smaller vocabulary; in prediction, shorter texts")
                .formatted(Runtime.getRuntime().maxMemory() >> 20);
    }
}
