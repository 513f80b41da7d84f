package dev.rondo.tasks.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Texts with the index of their class, in memory, and where they came from.
///
/// @param texts    the texts, in the order of the file
/// @param labels   for each text the index of its class
/// @param classes  the names of the classes; those of a file are in alphabetical order
/// @param source   name, rows and digest of the file
/// @param warnings what was odd but not wrong, each one line
public record LabelledTexts(List<String> texts, int[] labels, List<String> classes, DataSource source,
        List<String> warnings) {

    /// Checks that every text has a class.
    ///
    /// @throws IllegalArgumentException if the counts differ or a label is not the index of a class
    public LabelledTexts {
        texts = List.copyOf(texts);
        classes = List.copyOf(classes);
        warnings = List.copyOf(warnings);
        if (texts.size() != labels.length) {
            throw new IllegalArgumentException(
                    "%d texts but %d labels; expected one label for each text".formatted(texts.size(), labels.length));
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes.size()) {
                throw new IllegalArgumentException("label %d of text %d; expected 0 to %d, an index into the classes"
                        .formatted(labels[i], i, classes.size() - 1));
            }
        }
    }

    /// Reads a CSV or TSV file, as [TextRows#open(String, TextColumns)] does.
    ///
    /// @param location    the file's path
    /// @param textColumn  the column with the texts
    /// @param labelColumn the column with the labels
    /// @return the texts; classes in alphabetical order
    /// @throws DataFormatException if the file cannot be used; one line says why and what to do
    public static LabelledTexts read(String location, String textColumn, String labelColumn) {
        try (var rows = TextRows.open(location, TextColumns.of(textColumn, labelColumn))) {
            return read(rows);
        }
    }

    /// Texts that a program made or fetched itself.
    ///
    /// @param name   what to call them in errors and in a model's provenance, such as `tickets of 2026`
    /// @param texts  the texts
    /// @param labels for each text the name of its class, not empty
    /// @return the texts; classes in alphabetical order; the digest is of the lines `label TAB text` in UTF-8
    /// @throws IllegalArgumentException if the counts differ, or a label is empty
    public static LabelledTexts of(String name, List<String> texts, List<String> labels) {
        if (texts.size() != labels.size()) {
            throw new IllegalArgumentException("%d texts but %d labels; expected one label for each text"
                    .formatted(texts.size(), labels.size()));
        }
        MessageDigest digest = DataBytes.sha256();
        for (int i = 0; i < texts.size(); i++) {
            if (labels.get(i).isBlank()) {
                throw new IllegalArgumentException(
                        "the label of text %d is empty; give the name of a class".formatted(i));
            }
            digest.update((labels.get(i) + "\t" + texts.get(i) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        var source = new DataSource(name, texts.size(), HexFormat.of().formatHex(digest.digest()));
        return named(texts, labels, source, List.of());
    }

    /// Reads the rows that are left.
    ///
    /// @param rows opened with a label column; left open
    /// @return the texts; classes in alphabetical order
    /// @throws DataFormatException if a row cannot be used
    public static LabelledTexts read(TextRows rows) {
        var texts = new ArrayList<String>();
        var names = new ArrayList<String>();
        while (rows.next()) {
            texts.add(rows.text());
            names.add(rows.label());
        }
        return named(texts, names, rows.source(), rows.warnings());
    }

    private static LabelledTexts named(List<String> texts, List<String> names, DataSource source,
            List<String> oddities) {
        List<String> classes = List.copyOf(new TreeSet<>(names));
        int[] labels = names.stream().mapToInt(n -> Collections.binarySearch(classes, n)).toArray();
        var warnings = new ArrayList<>(oddities);
        if (texts.size() >= 20 && classes.size() * 2 > texts.size()) {
            warnings.add("%s: %,d different labels in %,d records; is this the label column?"
                    .formatted(source.name(), classes.size(), texts.size()));
        }
        return new LabelledTexts(texts, labels, classes, source, warnings);
    }

    /// The number of texts.
    ///
    /// @return the size
    public int size() {
        return texts.size();
    }

    /// How many texts each class has.
    ///
    /// @return for each class its count
    public int[] classCounts() {
        int[] counts = new int[classes.size()];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /// Checks that there is something to tell apart.
    ///
    /// @return this
    /// @throws DataFormatException if all texts have one class
    public LabelledTexts requireTwoClasses() {
        if (classes.size() < 2) {
            throw new DataFormatException(
                    "%s: only one class '%s' in %,d %s; training needs at least two: is this the label column, and the whole file?"
                            .formatted(source.name(), classes.getFirst(), texts.size(),
                                    texts.size() == 1 ? "record" : "records"));
        }
        return this;
    }

    /// These texts with their labels as indexes into the classes of a model, for evaluation.
    ///
    /// @param known the model's classes
    /// @return the same texts, other indexes
    /// @throws DataFormatException if a text has a class that the model does not know
    public LabelledTexts withClasses(List<String> known) {
        int[] map = classes.stream().mapToInt(known::indexOf).toArray();
        for (int i = 0; i < labels.length; i++) {
            if (map[labels[i]] < 0) {
                throw new DataFormatException(
                        "%s: record %d: label '%s' is none of the model's classes %s; correct the label or train with it"
                                .formatted(source.name(), i + 1, classes.get(labels[i]),
                                        known.stream().map(c -> "'" + c + "'").collect(Collectors.joining(", "))));
            }
        }
        return new LabelledTexts(texts, Arrays.stream(labels).map(l -> map[l]).toArray(), known, source, warnings);
    }
}
