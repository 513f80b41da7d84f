package dev.rondo.tasks.text;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The first record of a file, in which columns are found by name.
record Header(String name, TextFormat format, List<String> columns) {

    /// The index of a column.
    ///
    /// @param role   what the column is for, `text` or `label`; for the error
    /// @param column its name
    int index(String role, String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new DataFormatException("%s: no %s column '%s'; the columns are %s; %s".formatted(
                    name, role, column, list(), remedy(role, column)));
        }
        if (columns.lastIndexOf(column) != index) {
            throw new DataFormatException(
                    "%s: the %s column '%s' is there twice (columns %d and %d); rename one of them"
                            .formatted(name, role, column, index + 1, columns.lastIndexOf(column) + 1));
        }
        return index;
    }

    private String list() {
        String shown = columns.stream().limit(20).map(c -> "'" + c.replaceAll("\\s+", " ") + "'")
                .collect(Collectors.joining(", "));
        return columns.size() > 20 ? shown + " and %d more".formatted(columns.size() - 20) : shown;
    }

    private String remedy(String role, String column) {
        if (columns.size() == 1) {
            for (char other : new char[] {'\t', ';', ',', '|'}) {
                if (other != format.separator() && columns.getFirst().indexOf(other) >= 0) {
                    return "its fields seem to be separated by %s: use %s".formatted(
                            other == '\t' ? "tabs" : "'" + other + "'",
                            other == '\t' ? "the name .tsv"
                                    : other == ',' ? "the name .csv" : "commas (.csv) or tabs (.tsv)");
                }
            }
        }
        String nearest = columns.stream().min(Comparator.comparingInt(c -> distance(c, column))).orElseThrow();
        return distance(nearest, column) <= Math.max(1, column.length() / 3)
                ? "did you mean '%s'?".formatted(nearest)
                : "name one of them as the %1$s column (on the command line --%1$s-column)".formatted(role);
    }

    /// Levenshtein distance, blind to case and surrounding space.
    private static int distance(String a, String b) {
        String s = a.strip().toLowerCase(Locale.ROOT);
        String t = b.strip().toLowerCase(Locale.ROOT);
        int[] row = new int[t.length() + 1];
        for (int j = 0; j <= t.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= s.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= t.length(); j++) {
                int replaced = diagonal + (s.charAt(i - 1) == t.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[t.length()];
    }
}
