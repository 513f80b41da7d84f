package dev.rondo.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The errors of a file that cannot be read at all, in one line.
public final class InputFile {

    private InputFile() {}

    /// Throws unless there is a file to read.
    ///
    /// @throws IOException if there is none, or it is a folder; the message is one line
    public static void require(Path file) throws IOException {
        Objects.requireNonNull(file, "file is null");
        if (Files.isDirectory(file)) {
            throw failure(file, "it is a folder; give the name of a file", null);
        }
        if (!Files.exists(file)) {
            throw failure(file, "no such file; check the name", null);
        }
    }

    /// Throws unless there is a file that can be read from any place on, which a pipe cannot: whoever waits for one that nobody writes to
    /// waits for ever.
    ///
    /// @throws IOException if there is none, or it is a folder, a pipe or a device; the message is one line
    public static void requireRegular(Path file) throws IOException {
        require(file);
        if (!Files.isRegularFile(file)) {
            throw failure(file, "it is a pipe or a device; save what comes out of it as a file, and give its name",
                    null);
        }
    }

    /// {@return what to throw for a failure while a file was read: one line that names the file}
    ///
    /// @param file the file
    /// @param e the failure; a [ModelFormatException] is returned as it is
    public static IOException explain(Path file, IOException e) {
        return switch (e) {
            case ModelFormatException known -> known;
            case AccessDeniedException _ -> failure(file, "no permission; change its permissions", e);
            default -> failure(file, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
        };
    }

    private static IOException failure(Path file, String problem, @Nullable IOException e) {
        return new IOException(ModelFormatException.oneLine("cannot read " + file + ": " + problem), e);
    }
}
