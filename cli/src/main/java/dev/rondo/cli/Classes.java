package dev.rondo.cli;

import dev.rondo.tasks.text.LabelledTexts;

/// The classes of a file in words.
final class Classes {
    private static final int MOST = 6;

    private Classes() {}

    /// A name from a file, with what would break the line or steer the terminal escaped.
    static String visible(String name) {
        return name.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").replaceAll("\\p{C}", "?");
    }

    /// The classes with the number of their texts: `neg (12,500), pos (12,500)`.
    static String counts(LabelledTexts texts) {
        int[] counts = texts.classCounts();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(counts.length, MOST); i++) {
            line.append(i == 0 ? "" : ", ").append("%s (%,d)".formatted(visible(texts.classes().get(i)), counts[i]));
        }
        return counts.length > MOST ? line.append(" and %,d more".formatted(counts.length - MOST)).toString()
                : line.toString();
    }
}
