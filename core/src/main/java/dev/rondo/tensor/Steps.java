package dev.rondo.tensor;

import java.util.Arrays;

/// Says which sequences of a batch are still running at each time step: the lengths of a ragged batch, without padding.
///
/// A sequence value of Rondo is a matrix with one row for each *real* time step. Rows are grouped by step ("packed
/// time-major"), and the sequences of a batch are sorted by length, longest first, so that the sequences which still run
/// at step `t` are exactly the first `rows(t)` ones:
///
/// ```text
/// lengths 3 2 1      rows(0) = 3   rows(1) = 2   rows(2) = 1
/// matrix rows        a0 b0 c0      a1 b1         a2            N = 6 = offset(3)
/// ```
///
/// For a dense batch (all lengths equal) this is the ordinary contiguous `[T, B, F]` layout. Sequences of length zero are
/// allowed; they stand at the end and own no row. Immutable and safe for use by several threads.
public final class Steps {
    private final int[] lengths;
    private final int[] offsets;

    private Steps(int[] lengths) {
        this.lengths = lengths;
        int steps = lengths.length == 0 ? 0 : lengths[0];
        offsets = new int[steps + 1];
        int running = lengths.length;
        long total = 0;
        for (int t = 0; t < steps; t++) {
            while (lengths[running - 1] <= t) {
                running--;
            }
            total += running;
            if (total > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "a batch of " + lengths.length + " sequences, the longest of " + steps
                                + " steps, has more than 2^31 steps in all; use a smaller batch or cut the sequences");
            }
            offsets[t + 1] = (int) total;
        }
    }

    /// The layout of a batch of ragged sequences.
    ///
    /// @param lengths the number of steps of each sequence, each at least 0, in descending order; copied
    /// @throws IllegalArgumentException if a length is negative or the lengths are not in descending order
    public static Steps of(int... lengths) {
        for (int b = 0; b < lengths.length; b++) {
            if (lengths[b] < 0) {
                throw new IllegalArgumentException(
                        "length of sequence " + b + " is " + lengths[b] + "; lengths are 0 or more");
            }
            if (b > 0 && lengths[b] > lengths[b - 1]) {
                throw new IllegalArgumentException("sequence " + b + " has " + lengths[b] + " steps, more than the "
                        + lengths[b - 1] + " of the one before; sort the batch by length, longest first");
            }
        }
        return new Steps(lengths.clone());
    }

    /// The layout of sequences that are not sorted by length: each is filled up to the length of the longest after it. What then is not
    /// there, [Mask#filling] says.
    ///
    /// @param lengths the number of steps of each sequence, each at least 0, in any order; copied
    /// @throws IllegalArgumentException if a length is negative
    public static Steps filled(int... lengths) {
        int[] longest = lengths.clone();
        for (int b = longest.length - 2; b >= 0; b--) {
            longest[b] = Math.max(longest[b], longest[b + 1]);
        }
        return of(longest);
    }

    /// The layout of a dense batch.
    ///
    /// @param steps number of time steps T of every sequence, at least 0
    /// @param batch number of sequences B, at least 0
    public static Steps dense(int steps, int batch) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, steps);
        return of(lengths);
    }

    /// The number of sequences, B (those of length zero included).
    public int batch() {
        return lengths.length;
    }

    /// The number of time steps of the longest sequence, T.
    public int steps() {
        return offsets.length - 1;
    }

    /// The number of real time steps of all sequences, N: the rows of the matrix.
    public int total() {
        return offsets[offsets.length - 1];
    }

    /// The number of sequences that still run at step `t`.
    public int rows(int t) {
        return offsets[t + 1] - offsets[t];
    }

    /// The matrix row at which step `t` starts; `offset(steps())` is `total()`.
    public int offset(int t) {
        return offsets[t];
    }

    /// The number of steps of sequence `b`.
    public int length(int b) {
        return lengths[b];
    }

    /// A copy of the lengths of all sequences, longest first.
    public int[] lengths() {
        return lengths.clone();
    }

    /// The matrix row of step `t` of sequence `b`.
    public int row(int t, int b) {
        return offsets[t] + b;
    }

    /// Whether all sequences have the same length, so that rows are `[T, B]`.
    public boolean isDense() {
        return total() == (long) steps() * batch();
    }

    /// The layout of some of the sequences: `from` (inclusive) to `to` (exclusive).
    public Steps slice(int from, int to) {
        return new Steps(Arrays.copyOfRange(lengths, from, to));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Steps s && Arrays.equals(lengths, s.lengths);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lengths);
    }

    @Override
    public String toString() {
        return isDense() ? "[T=" + steps() + ", B=" + batch() + "]"
                : "[T<=" + steps() + ", B=" + batch() + ", N=" + total() + "]";
    }
}
