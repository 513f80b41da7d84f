package dev.rondo.tasks.text;

import java.util.Arrays;

/// The end of a sequence that is cut away when it is too long.
public enum Truncation {
    /// The beginning is cut away and the end kept, Keras's default.
    PRE,
    /// The end is cut away and the beginning kept.
    POST;

    /// Cuts a sequence.
    ///
    /// @param sequence  the ids; not changed
    /// @param maxLength the largest length, at least 0
    /// @return the sequence itself where it is short enough, else a shorter copy
    int[] cut(int[] sequence, int maxLength) {
        if (sequence.length <= maxLength) {
            return sequence;
        }
        int from = this == PRE ? sequence.length - maxLength : 0;
        return Arrays.copyOfRange(sequence, from, from + maxLength);
    }
}
