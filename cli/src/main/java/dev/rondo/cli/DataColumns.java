package dev.rondo.cli;

import dev.rondo.tasks.text.LabelledTexts;
import picocli.CommandLine.Option;

/// The options `--text-column` and `--label-column`.
final class DataColumns {
    @Option(names = "--text-column", paramLabel = "NAME", defaultValue = "text", description = "Column with the texts; ${DEFAULT-VALUE} by default.")
    private String text = "text";

    @Option(names = "--label-column", paramLabel = "NAME", defaultValue = "label", description = "Column with the labels; ${DEFAULT-VALUE} by default.")
    private String label = "label";

    /// Reads a file, shows what was odd in it, and refuses one without any text.
    LabelledTexts read(String file, Console console) {
        LabelledTexts texts = texts(file, console);
        warn(texts, console);
        return texts;
    }

    /// Reads a file to learn from, as [#read(String, Console)] does, and refuses one with a single class.
    LabelledTexts readToTrain(String file, Console console) {
        LabelledTexts texts = texts(file, console).requireTwoClasses();
        warn(texts, console);
        return texts;
    }

    private LabelledTexts texts(String file, Console console) {
        if (console.columns() > 0) {
            console.draw("reading " + file + " ...");
        }
        LabelledTexts texts;
        try {
            texts = LabelledTexts.read(file, text, label);
        } finally {
            console.erase();
        }
        if (texts.texts().stream().allMatch(String::isBlank)) {
            throw new Failure("%s: all %,d texts are empty; is '%s' the column with the texts?"
                    .formatted(file, texts.size(), text));
        }
        return texts;
    }

    private static void warn(LabelledTexts texts, Console console) {
        texts.warnings().forEach(warning -> console.note("rondo: warning: " + warning));
    }
}
