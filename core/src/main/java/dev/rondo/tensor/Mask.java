package dev.rondo.tensor;

import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;

/// Says which rows of a sequence value count: a layer that heeds it treats the others as if they were not there.
///
/// Rows are those of a [Steps] layout, so a mask may leave out the start, the end, or any steps between. Rows that merely fill sequences
/// up in a layout sorted by others ([#filling]) are left out too; layers that pay no heed to masks do not see these either. Immutable and
/// safe for use by several threads.
public final class Mask {
    private final Steps steps;
    private final boolean[] rows;
    /// The steps of each sequence that are there; null where none fills a sequence up.
    private final int @Nullable [] lengths;
    private final int count;
    private volatile @Nullable Compaction compaction;

    private Mask(Steps steps, boolean[] rows, int @Nullable [] lengths) {
        this.steps = steps;
        this.rows = rows;
        this.lengths = lengths;
        int real = 0;
        for (boolean row : rows) {
            real += row ? 1 : 0;
        }
        count = real;
    }

    /// A mask.
    ///
    /// @param steps the layout of the rows
    /// @param rows true for each row that counts; copied
    /// @throws IllegalArgumentException if there are not as many rows as the layout has
    public static Mask of(Steps steps, boolean[] rows) {
        if (rows.length != steps.total()) {
            throw new IllegalArgumentException(
                    "a mask of steps " + steps + " needs " + steps.total() + " rows, not " + rows.length);
        }
        return new Mask(steps, rows.clone(), null);
    }

    /// The mask that leaves out the steps after the end of each sequence.
    ///
    /// @param steps a layout in which sequences are as long as they are, or longer
    /// @param lengths the steps of each sequence that are there; copied
    /// @return null if all are
    /// @throws IllegalArgumentException if a sequence has more steps than the layout
    public static @Nullable Mask filling(Steps steps, int... lengths) {
        if (Arrays.equals(lengths, steps.lengths())) {
            return null;
        }
        boolean[] rows = new boolean[steps.total()];
        for (int b = 0; b < lengths.length; b++) {
            if (lengths[b] > steps.length(b)) {
                throw new IllegalArgumentException(
                        "sequence " + b + " has " + lengths[b] + " steps, but the layout " + steps.length(b));
            }
            for (int t = 0; t < lengths[b]; t++) {
                rows[steps.row(t, b)] = true;
            }
        }
        return new Mask(steps, rows, lengths.clone());
    }

    /// The number of steps of a sequence that are there, whether they count or not.
    public int length(int b) {
        return lengths == null ? steps.length(b) : lengths[b];
    }

    /// The mask of the steps that are there, whether they count or not; null if all are.
    public @Nullable Mask there() {
        return lengths == null ? null : filling(steps, lengths);
    }

    /// The layout of the rows.
    public Steps steps() {
        return steps;
    }

    /// Whether a row counts.
    public boolean counts(int row) {
        return rows[row];
    }

    /// The number of rows that count.
    public int count() {
        return count;
    }

    /// The rows that count, in ascending order.
    public int[] rows() {
        int[] those = new int[count];
        int n = 0;
        for (int row = 0; row < rows.length; row++) {
            if (rows[row]) {
                those[n++] = row;
            }
        }
        return those;
    }

    /// Whether all rows count, which is as good as no mask.
    public boolean isFull() {
        return count == rows.length;
    }

    /// Whether the row of a step of a sequence is there and counts.
    public boolean counts(int t, int b) {
        return t < steps.length(b) && rows[steps.row(t, b)];
    }

    /// The rows that count in both masks.
    ///
    /// @throws IllegalArgumentException if the other mask has another layout
    public Mask and(Mask other) {
        if (!steps.equals(other.steps)) {
            throw new IllegalArgumentException("masks of " + steps + " and " + other.steps + " do not go together");
        }
        boolean[] both = rows.clone();
        for (int row = 0; row < both.length; row++) {
            both[row] &= other.rows[row];
        }
        return new Mask(steps, both, lengths == null ? other.lengths : other.lengths == null ? lengths
                : lengths(other, Math::min));
    }

    /// The rows that count in at least one of both masks.
    ///
    /// @throws IllegalArgumentException if the other mask has another layout
    public Mask or(Mask other) {
        if (!steps.equals(other.steps)) {
            throw new IllegalArgumentException("masks of " + steps + " and " + other.steps + " do not go together");
        }
        boolean[] either = rows.clone();
        for (int row = 0; row < either.length; row++) {
            either[row] |= other.rows[row];
        }
        return new Mask(steps, either, lengths == null || other.lengths == null ? null : lengths(other, Math::max));
    }

    private int[] lengths(Mask other, IntBinaryOperator choice) {
        int[] chosen = new int[steps.batch()];
        Arrays.setAll(chosen, b -> choice.applyAsInt(length(b), other.length(b)));
        return chosen;
    }

    /// The rows that count in both of two optional masks, null if there is neither.
    public static @Nullable Mask and(@Nullable Mask a, @Nullable Mask b) {
        if (a == null) {
            return b;
        }
        return b == null || a == b ? a : a.and(b);
    }

    /// The rows that count, packed into a layout of their own. Made once.
    public Compaction compaction() {
        Compaction made = compaction;
        if (made == null) {
            made = Compaction.of(this);
            compaction = made;
        }
        return made;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mask mask && steps.equals(mask.steps) && Arrays.equals(rows, mask.rows)
                && Arrays.equals(lengths, mask.lengths);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(rows);
    }

    @Override
    public String toString() {
        return count + " of " + rows.length + " rows of " + steps;
    }
}
