package dev.rondo.tasks.text;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The names of the columns to read, as the header of the file spells them.
///
/// @param text  the column with the texts
/// @param label the column with the labels; null to read texts alone
public record TextColumns(String text, @Nullable String label) {

    /// Checks the names.
    ///
    /// @throws IllegalArgumentException if both are the same
    public TextColumns {
        Objects.requireNonNull(text, "text is null");
        if (text.equals(label)) {
            throw new IllegalArgumentException(
                    "text column and label column are both '%s'; name two columns".formatted(text));
        }
    }

    /// The columns `text` and `label`.
    public static TextColumns defaults() {
        return of("text", "label");
    }

    /// Texts with labels.
    ///
    /// @param text  the column with the texts
    /// @param label the column with the labels
    /// @return the names
    public static TextColumns of(String text, String label) {
        return new TextColumns(text, label);
    }

    /// Texts alone.
    ///
    /// @param text the column with the texts
    /// @return the name
    public static TextColumns of(String text) {
        return new TextColumns(text, null);
    }
}
