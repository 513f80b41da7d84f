package dev.rondo.interop.torch;

import dev.rondo.tensor.Tensor;
import java.util.BitSet;

/// Turns matrices of PyTorch, `[G*H, F]`, into Rondo's, `[F, G*H]`, with the blocks of the gates in another order.
enum Transposition {
    /// Makes a new tensor and leaves the old one as it is.
    COPYING {
        @Override
        float[] target(float[] weight) {
            return weight.clone();
        }
    },
    /// Overwrites the old tensor, so that a model can be converted that fills most of the memory.
    IN_PLACE {
        @Override
        float[] target(float[] weight) {
            return weight;
        }
    };

    /// Most numbers beside the matrix, and most rows that move together.
    private static final int BUFFER = 1 << 20;
    private static final int MOST_ROWS = 128;

    /// The array that ends up with the numbers, with those of the weight in it.
    abstract float[] target(float[] weight);

    /// {@return the transposed matrix}
    ///
    /// @param order for each of the gates the old one whose block it gets; may swap blocks, but not send them round
    final Tensor of(Tensor weight, int... order) {
        int gates = order.length;
        int rows = weight.dim(0);
        int columns = weight.dim(1);
        float[] data = target(weight.data());
        int block = rows / gates * columns;
        for (int gate = 0; gate < gates; gate++) {
            if (order[gate] > gate) {
                swap(data, gate * block, order[gate] * block, block);
            }
        }
        transpose(data, rows, columns);
        return Tensor.of(data, columns, rows);
    }

    private static void swap(float[] data, int a, int b, int count) {
        for (int i = 0; i < count; i++) {
            float kept = data[a + i];
            data[a + i] = data[b + i];
            data[b + i] = kept;
        }
    }

    /// Transposes bands of rows one by one, which makes every band's part of a column a run of numbers; then moves the runs.
    private static void transpose(float[] data, int rows, int columns) {
        int band = band(rows, columns);
        int bands = rows / band;
        float[] buffer = new float[band * columns];
        for (int b = 0; b < bands; b++) {
            int start = b * band * columns;
            for (int row = 0; row < band; row++) {
                for (int column = 0; column < columns; column++) {
                    buffer[column * band + row] = data[start + row * columns + column];
                }
            }
            System.arraycopy(buffer, 0, data, start, buffer.length);
        }
        if (bands > 1) {
            moveRuns(data, bands, columns, band);
        }
    }

    /// The most rows, of which there is a whole number of bands, that fit into the buffer.
    private static int band(int rows, int columns) {
        int band = Math.clamp(BUFFER / Math.max(1, columns), 1, MOST_ROWS);
        while (rows % band != 0) {
            band--;
        }
        return band;
    }

    /// Transposes a matrix `[bands, columns]` of runs of numbers, one cycle of places after the other.
    private static void moveRuns(float[] data, int bands, int columns, int run) {
        BitSet done = new BitSet(bands * columns);
        float[] first = new float[run];
        for (int start = 0; start < bands * columns; start = done.nextClearBit(start + 1)) {
            System.arraycopy(data, start * run, first, 0, run);
            int place = start;
            int from = source(place, bands, columns);
            while (from != start) {
                System.arraycopy(data, from * run, data, place * run, run);
                done.set(place);
                place = from;
                from = source(place, bands, columns);
            }
            System.arraycopy(first, 0, data, place * run, run);
            done.set(place);
        }
    }

    private static int source(int place, int bands, int columns) {
        return place % bands * columns + place / bands;
    }
}
