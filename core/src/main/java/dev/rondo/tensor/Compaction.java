package dev.rondo.tensor;

import java.util.Arrays;

/// The rows of a masked sequence value that count, without the others: shorter sequences, sorted again by length.
///
/// ```text
/// a0 a1 a2      mask  1 0 1      packed   b0 b1 b2      order   1 0
/// b0 b1 b2            1 1 1               a0 a2
/// ```
///
/// Arrays are shared and only read.
///
/// @param steps the layout of the packed rows
/// @param rows for each packed row, the row it comes from
/// @param order for each packed sequence, the sequence it comes from
/// @param places for each sequence, its place among the packed ones: the inverse of `order`
/// @param packed for each row, the packed row that it became, -1 if it does not count
public record Compaction(Steps steps, int[] rows, int[] order, int[] places, int[] packed) {
    static Compaction of(Mask mask) {
        Steps from = mask.steps();
        int batch = from.batch();
        int[] counts = new int[batch];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < from.length(b); t++) {
                counts[b] += mask.counts(from.row(t, b)) ? 1 : 0;
            }
        }
        int[] order = longestFirst(counts);
        int[] places = new int[batch];
        int[] lengths = new int[batch];
        for (int p = 0; p < batch; p++) {
            places[order[p]] = p;
            lengths[p] = counts[order[p]];
        }
        Steps to = Steps.of(lengths);
        int[] rows = new int[to.total()];
        int[] packed = new int[from.total()];
        Arrays.fill(packed, -1);
        for (int p = 0; p < batch; p++) {
            int b = order[p];
            int s = 0;
            for (int t = 0; t < from.length(b); t++) {
                int row = from.row(t, b);
                if (mask.counts(row)) {
                    packed[row] = to.row(s++, p);
                    rows[packed[row]] = row;
                }
            }
        }
        return new Compaction(to, rows, order, places, packed);
    }

    /// A stable order by count.
    private static int[] longestFirst(int[] counts) {
        long[] keys = new long[counts.length];
        for (int b = 0; b < keys.length; b++) {
            keys[b] = (long) -counts[b] << 32 | b;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int p = 0; p < order.length; p++) {
            order[p] = (int) keys[p];
        }
        return order;
    }

    /// For each row of the masked layout, the packed row whose output it repeats: its own, or that of the last one before it that
    /// counts (after it, for a walk backwards); -1 where there is none.
    ///
    /// @param layout the layout of the mask
    /// @param backward whether sequences are visited from their end
    public int[] repeats(Steps layout, boolean backward) {
        int[] repeats = packed.clone();
        for (int b = 0; b < layout.batch(); b++) {
            int length = layout.length(b);
            int held = -1;
            for (int i = 0; i < length; i++) {
                int row = layout.row(backward ? length - 1 - i : i, b);
                held = packed[row] >= 0 ? packed[row] : held;
                repeats[row] = held;
            }
        }
        return repeats;
    }
}
