package dev.rondo.tasks.text;

import java.util.Locale;

/// How rows of text are laid out in a file.
public enum TextFormat {
    /// Comma-separated with a header, RFC 4180: quoted fields may hold commas, doubled quotes and line ends.
    CSV,
    /// Like [#CSV], with tabs between the fields.
    TSV,
    /// One text a line, no header, no labels; an empty line is an empty text.
    LINES;

    /// The format that a file's name tells: `.csv`, `.tsv` or `.txt`, each also with `.gz` behind.
    ///
    /// @param location the file's path
    /// @return the format
    /// @throws DataFormatException if the name ends otherwise
    public static TextFormat of(String location) {
        String name = location.toLowerCase(Locale.ROOT);
        if (name.endsWith(".gz")) {
            name = name.substring(0, name.length() - 3);
        }
        if (name.endsWith(".csv")) {
            return CSV;
        }
        if (name.endsWith(".tsv")) {
            return TSV;
        }
        if (name.endsWith(".txt")) {
            return LINES;
        }
        throw new DataFormatException(location
                + ": the file's name does not tell its format; expected .csv, .tsv or .txt, also with .gz: rename the file");
    }

    char separator() {
        return this == TSV ? '\t' : ',';
    }
}
