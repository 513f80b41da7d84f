package dev.rondo.tasks.text;

import java.util.Arrays;

/// Sequences of one length, as Keras's `pad_sequences` makes them.
///
/// Rondo's layers need no padding; this is for programs that want to repeat what a padded model does. Safe for use by
/// several threads.
public final class PadSequences {

    private PadSequences() {}

    /// Pads before and truncates before, up to the longest sequence: Keras's defaults.
    ///
    /// @param sequences ids, any lengths
    /// @return new arrays, all of the length of the longest
    public static int[][] padSequences(int[][] sequences) {
        int longest = Arrays.stream(sequences).mapToInt(s -> s.length).max().orElse(0);
        return padSequences(sequences, longest, Padding.PRE, Truncation.PRE, Vocabulary.PADDING_ID);
    }

    /// Pads before and truncates before: Keras's defaults.
    ///
    /// @param sequences ids, any lengths
    /// @param maxLength the length of every result, at least 0
    /// @return new arrays of that length
    /// @throws IllegalArgumentException if maxLength is negative
    public static int[][] padSequences(int[][] sequences, int maxLength) {
        return padSequences(sequences, maxLength, Padding.PRE, Truncation.PRE, Vocabulary.PADDING_ID);
    }

    /// Pads with zeros and truncates at the given ends.
    ///
    /// @param sequences  ids, any lengths
    /// @param maxLength  the length of every result, at least 0
    /// @param padding    where padding goes
    /// @param truncation what is cut away
    /// @return new arrays of that length
    /// @throws IllegalArgumentException if maxLength is negative
    public static int[][] padSequences(int[][] sequences, int maxLength, Padding padding, Truncation truncation) {
        return padSequences(sequences, maxLength, padding, truncation, Vocabulary.PADDING_ID);
    }

    /// Pads with a value and truncates at the given ends.
    ///
    /// @param sequences  ids, any lengths
    /// @param maxLength  the length of every result, at least 0
    /// @param padding    where padding goes
    /// @param truncation what is cut away
    /// @param value      the padding
    /// @return new arrays of that length
    /// @throws IllegalArgumentException if maxLength is negative
    public static int[][] padSequences(int[][] sequences, int maxLength, Padding padding, Truncation truncation,
            int value) {
        if (maxLength < 0) {
            throw new IllegalArgumentException("maxLength is %d; expected 0 or more".formatted(maxLength));
        }
        int[][] padded = new int[sequences.length][];
        for (int i = 0; i < sequences.length; i++) {
            padded[i] = pad(sequences[i], maxLength, padding, truncation, value);
        }
        return padded;
    }

    static int[] pad(int[] sequence, int maxLength, Padding padding, Truncation truncation, int value) {
        int[] kept = truncation.cut(sequence, maxLength);
        int[] padded = new int[maxLength];
        Arrays.fill(padded, value);
        System.arraycopy(kept, 0, padded, padding == Padding.PRE ? maxLength - kept.length : 0, kept.length);
        return padded;
    }
}
