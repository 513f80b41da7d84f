package dev.rondo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// The file that a command shall write, checked before the work begins.
final class TargetFile {
    private TargetFile() {}

    /// Checks that a file can be written and is not one of those that are read.
    ///
    /// @param option the option that named it
    /// @param name what the user typed
    /// @param inputs files that are read
    /// @return its path
    static Path check(String option, String name, String... inputs) {
        if (name.isEmpty()) {
            throw new Failure("%s is empty; give a file name".formatted(option));
        }
        Path file = path(name);
        if (name.endsWith("/") || Files.isDirectory(file)) {
            throw new Failure("%s %s: is a directory; add the name of a file to it".formatted(option, name));
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.exists(folder)) {
            throw new Failure(
                    "%s %s: the directory %s does not exist; create it first".formatted(option, name, folder));
        }
        if (!Files.isDirectory(folder)) {
            throw new Failure("%s %s: %s is not a directory".formatted(option, name, folder));
        }
        if (!Files.isWritable(folder)) {
            throw new Failure("%s %s: no permission to write in %s; choose another directory"
                    .formatted(option, name, folder));
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new Failure("%s %s: is not a regular file; name another".formatted(option, name));
        }
        for (String input : inputs) {
            if (isSame(file, path(input))) {
                throw new Failure("%s %s: is the file that is read; name another, or it would be lost"
                        .formatted(option, name));
            }
        }
        return file;
    }

    /// A path from the command line.
    static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new Failure("%s: cannot be the name of a file: %s".formatted(name, e.getReason()));
        }
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // what is wrong with it will be said when it is read
        }
    }
}
