package dev.rondo.cli;

import dev.rondo.tasks.demo.Review;
import dev.rondo.tasks.demo.ReviewGrammar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// Files to train on, and a network small enough for a test.
final class Texts {
    private static final String NETWORK = """
            {
              "layers": [
                {"class_name": "Embedding", "config": {"output_dim": 4}},
                {"class_name": "LSTM", "config": {"units": 3}},
                {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}
              ],
              "training": {"epochs": 2, "batch_size": 8, "validation_share": 0.0}
            }
            """;

    private Texts() {}

    /// Writes a CSV file of so many reviews and returns its name.
    static String reviews(Path file, int count) throws IOException {
        String rows = ReviewGrammar.of(1).reviews(count).stream().map(Texts::row).collect(Collectors.joining("\n"));
        return Files.writeString(file, "text,label\n" + rows + "\n").toString();
    }

    private static String row(Review review) {
        return "\"" + review.text() + "\"," + (review.positive() ? "pos" : "neg");
    }

    /// Writes the description of a tiny network and returns its name.
    static String network(Path file) throws IOException {
        return Files.writeString(file, NETWORK).toString();
    }
}
