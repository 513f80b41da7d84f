package dev.rondo.tasks.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// The expected numbers are those of `keras.utils.pad_sequences`, Keras 3.15.
final class PadSequencesTest {

    private static final int[][] RAGGED = {{1}, {2, 3}, {4, 5, 6, 7}, {}};

    @Test
    void padsAndTruncatesAtEitherEnd() {
        assertArrayEquals(new int[][] {{0, 0, 1}, {0, 2, 3}, {5, 6, 7}, {0, 0, 0}},
                PadSequences.padSequences(RAGGED, 3, Padding.PRE, Truncation.PRE));
        assertArrayEquals(new int[][] {{0, 0, 1}, {0, 2, 3}, {4, 5, 6}, {0, 0, 0}},
                PadSequences.padSequences(RAGGED, 3, Padding.PRE, Truncation.POST));
        assertArrayEquals(new int[][] {{1, 0, 0}, {2, 3, 0}, {5, 6, 7}, {0, 0, 0}},
                PadSequences.padSequences(RAGGED, 3, Padding.POST, Truncation.PRE));
        assertArrayEquals(new int[][] {{1, 0, 0}, {2, 3, 0}, {4, 5, 6}, {0, 0, 0}},
                PadSequences.padSequences(RAGGED, 3, Padding.POST, Truncation.POST));
    }

    @Test
    void defaultsAreThoseOfKeras() {
        assertArrayEquals(new int[][] {{0, 0, 0, 1}, {0, 0, 2, 3}, {4, 5, 6, 7}, {0, 0, 0, 0}},
                PadSequences.padSequences(RAGGED));
        assertArrayEquals(new int[][] {{0, 0, 1}, {0, 2, 3}, {5, 6, 7}, {0, 0, 0}},
                PadSequences.padSequences(RAGGED, 3));
        assertArrayEquals(new int[][] {{1, 9}, {2, 3}, {4, 5}, {9, 9}},
                PadSequences.padSequences(RAGGED, 2, Padding.POST, Truncation.POST, 9));
        assertArrayEquals(new int[0][], PadSequences.padSequences(new int[0][]));
    }

    @Test
    void resultsAreNewArrays() {
        int[][] fitting = {{1, 2}};
        assertNotSame(fitting[0], PadSequences.padSequences(fitting, 2)[0]);
    }

    @Test
    void negativeLengthIsAnError() {
        assertThrows(IllegalArgumentException.class, () -> PadSequences.padSequences(RAGGED, -1));
    }
}
