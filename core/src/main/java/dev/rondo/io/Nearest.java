package dev.rondo.io;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds the name that somebody may have meant.
final class Nearest {
    private static final int LONGEST = 64;

    private Nearest() {}

    /// {@return the known name with the fewest edits from `name`, letter case aside, if these are few enough to be slips}
    static Optional<String> to(String name, Collection<String> known) {
        if (name.length() > LONGEST) {
            return Optional.empty();
        }
        String best = null;
        int fewest = Math.min(name.length(), 1 + Math.max(2, name.length() / 3));
        for (String candidate : known) {
            int edits = edits(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (edits < fewest) {
                fewest = edits;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /// {@return what to do about an unknown name, as the end of a message: `; did you mean 'x'? Use x, y`}
    static String advice(String name, Collection<String> known) {
        String all = String.join(", ", known);
        return to(name, known).map(best -> "; did you mean '" + best + "'? Use " + all).orElse("; use " + all);
    }

    /// Counts insertions, deletions and replacements of characters (Levenshtein 1966), row by row.
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
