package dev.rondo.cli;

import dev.rondo.tasks.TextClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Saves what training has made: that may have taken long, so a full disk shall not be the end of it.
final class ModelOutput {
    private ModelOutput() {}

    /// Saves a model. A stop waits until it is written.
    ///
    /// @throws IOException if it can be saved neither there nor among the temporary files
    static void save(TextClassifier classifier, Path file, Console console) throws IOException {
        console.beginSaving("after " + file + " was saved");
        try {
            classifier.save(file);
        } catch (IOException e) {
            Path elsewhere = rescue(classifier, e);
            throw new Failure("%s (the model was saved as %s instead)".formatted(e.getMessage(), elsewhere));
        } finally {
            console.endSaving();
        }
    }

    private static Path rescue(TextClassifier classifier, IOException why) throws IOException {
        Path file = null;
        try {
            file = Files.createTempFile("rondo-", ".rondo");
            classifier.save(file);
            return file;
        } catch (IOException e) {
            if (file != null) {
                Files.deleteIfExists(file);
            }
            why.addSuppressed(e);
            throw why;
        }
    }
}
