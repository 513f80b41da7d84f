package dev.rondo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The file that a command shall write, checked before the work begins.
final class TargetFile {
    /// Endings by which other programs know what is in a file.
    private static final Set<String> KNOWN = Set.of("keras", "h5", "hdf5", "pt", "pth", "onnx", "safetensors", "npy",
            "npz", "csv",
            "json", "txt");

    private TargetFile() {}

    /// Checks as [#check] does, and that the name does not promise other contents than it will get.
    ///
    /// @param ending the ending of such files, without the dot
    /// @param contents what will be in it, such as "a model of Rondo"
    static Path check(String option, String name, String ending, String contents, List<String> inputs) {
        Path file = check(option, name, inputs.toArray(String[]::new));
        String given = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (!given.equals(ending) && KNOWN.contains(given)) {
            throw new Failure("%s %s: %s is written, not what .%s files hold; give it the ending .%s".formatted(option,
                    name, contents, given, ending));
        }
        return file;
    }

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
