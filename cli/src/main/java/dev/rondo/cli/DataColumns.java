package dev.rondo.cli;

import dev.rondo.tasks.text.LabelledTexts;
import picocli.CommandLine.Option;

/// The options `--text-column` and `--label-column`.
final class DataColumns {
    @Option(names = "--text-column", paramLabel = "NAME", defaultValue = "text", description = "Column with the texts; ${DEFAULT-VALUE} by default.")
    private String text = "text";

    @Option(names = "--label-column", paramLabel = "NAME", defaultValue = "label", description = "Column with the labels; ${DEFAULT-VALUE} by default.")
    private String label = "label";

    /// Reads a file, and shows what was odd in it.
    LabelledTexts read(String file, Console console) {
        if (console.columns() > 0) {
            console.draw("reading " + file + " ...");
        }
        LabelledTexts texts;
        try {
            texts = LabelledTexts.read(file, text, label);
        } finally {
            console.erase();
        }
        texts.warnings().forEach(warning -> console.note("rondo: warning: " + warning));
        return texts;
    }
}
