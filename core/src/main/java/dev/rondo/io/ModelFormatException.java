package dev.rondo.io;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Says that a file does not hold what it should: one line with the file, the entry in it, what was found, what was
/// expected and what to do.
public final class ModelFormatException extends IOException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 80;

    /// Makes the exception with the message `where: problem`.
    ///
    /// @param where   the file and, where there is one, the entry in it, such as `m.rondo: entry model.json`
    /// @param problem what is wrong, what was expected, and what to do
    public ModelFormatException(String where, String problem) {
        this(where, problem, null);
    }

    /// Makes the exception with the message `where: problem`.
    ///
    /// @param where   the file and, where there is one, the entry in it, such as `m.rondo: entry model.json`
    /// @param problem what is wrong, what was expected, and what to do
    /// @param cause   the failure underneath, or null
    public ModelFormatException(String where, String problem, @Nullable Throwable cause) {
        super(oneLine(Objects.requireNonNull(where, "where is null") + ": "
                + Objects.requireNonNull(problem, "problem is null")), cause);
    }

    /// {@return a name that came from a file in quotes, shortened, for use in a message}
    public static String quote(String name) {
        if (name.length() <= LONGEST_QUOTE) {
            return "'" + name + "'";
        }
        return "'" + name.substring(0, LONGEST_QUOTE) + "...' (" + name.length() + " characters)";
    }

    /// Escapes what would break a line or steer a terminal: the text may come from a hostile file.
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    line.append(String.format("\\u%04x", (int) c));
                default -> line.append(c);
            }
        }
        return line.toString();
    }
}
