package dev.rondo.cli;

import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextColumns;
import dev.rondo.tasks.text.TextRows;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options `--text-column` and `--label-column`.
final class DataColumns {
    @Option(names = "--text-column", paramLabel = "NAME", description = "Column with the texts; otherwise that of training, which is 'text' unless named.")
    private @Nullable String text;

    @Option(names = "--label-column", paramLabel = "NAME", description = "Column with the labels; otherwise that of training, which is 'label' unless named.")
    private @Nullable String label;

    /// The columns that were named.
    ///
    /// @param otherwise for those that were not
    TextColumns or(TextColumns otherwise) {
        return new TextColumns(text == null ? otherwise.text() : text, label == null ? otherwise.label() : label);
    }

    /// Reads a file, shows what was odd in it, and refuses one without any text.
    static LabelledTexts read(String file, TextColumns columns, Console console) {
        LabelledTexts texts = texts(file, columns, console);
        warn(texts, console);
        return texts;
    }

    /// Reads a file to learn from, as [#read(String, TextColumns, Console)] does, and refuses one with a single class.
    static LabelledTexts readToTrain(String file, TextColumns columns, Console console) {
        LabelledTexts texts = texts(file, columns, console).requireTwoClasses();
        warn(texts, console);
        return texts;
    }

    private static LabelledTexts texts(String file, TextColumns columns, Console console) {
        if (console.columns() > 0) {
            console.draw("reading " + file + " ...");
        }
        LabelledTexts texts;
        try (TextRows rows = TextRows.open(file, columns)) {
            texts = LabelledTexts.read(rows);
        } finally {
            console.erase();
        }
        if (texts.texts().stream().allMatch(String::isBlank)) {
            throw new Failure("%s: all %,d texts are empty; is '%s' the column with the texts?"
                    .formatted(file, texts.size(), columns.text()));
        }
        return texts;
    }

    private static void warn(LabelledTexts texts, Console console) {
        texts.warnings().forEach(warning -> console.note("rondo: warning: " + warning));
    }
}
