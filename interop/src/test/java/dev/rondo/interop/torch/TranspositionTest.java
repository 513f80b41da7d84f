package dev.rondo.interop.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.rondo.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Matrices are transposed with gates swapped, in memory of their own or in place.
class TranspositionTest {
    /// Rows with and without a divisor that makes bands, more columns than the buffer has room for several rows of, single ones.
    private static final int[][] SIZES = {{1, 1}, {1, 7}, {7, 1}, {3, 5}, {6, 4}, {130, 3}, {131, 9}, {254, 33},
            {768, 40}, {5, 300_000}, {1009, 2}};

    @Test
    void putsEachNumberWhereItBelongs() {
        for (int[] size : SIZES) {
            check(size[0], size[1], 0);
        }
        check(3 * 64, 10, 1, 0, 2);
        check(3, 4, 1, 0, 2);
        check(3 * 50, 70, 1, 0, 2);
        check(4 * 50, 70, 0, 1, 2, 3);
    }

    private static void check(int rows, int columns, int... order) {
        float[] from = new float[rows * columns];
        for (int i = 0; i < from.length; i++) {
            from[i] = i;
        }
        float[] expected = new float[from.length];
        int units = rows / order.length;
        for (int row = 0; row < rows; row++) {
            int old = order[row / units] * units + row % units;
            for (int column = 0; column < columns; column++) {
                expected[column * rows + row] = old * columns + column;
            }
        }
        Tensor weight = Tensor.of(from.clone(), rows, columns);
        Tensor copy = Transposition.COPYING.of(weight, order);
        assertArrayEquals(from, weight.data());
        assertNotSame(weight.data(), copy.data());
        assertArrayEquals(expected, copy.data());
        assertArrayEquals(new int[] {columns, rows}, copy.shape());
        Tensor same = Transposition.IN_PLACE.of(weight, order);
        assertSame(weight.data(), same.data());
        assertArrayEquals(expected, same.data());
        assertEquals(copy.dim(0), same.dim(0));
    }
}
