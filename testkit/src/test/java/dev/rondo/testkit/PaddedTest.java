package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PaddedTest {
    private static final int[] LENGTHS = {1, 3, 0, 3};

    @Test
    void rowsAreSortedByLengthAndGroupedByStep() {
        Padded padded = Padded.after(4, LENGTHS);
        assertEquals(Steps.of(3, 3, 1, 0), padded.layout());
        IntTensor ids = IntTensor.of(new int[] {10, -1, -1, -1, 20, 21, 22, -1, -1, -1, -1, -1, 40, 41, 42, -1}, 4, 4);
        assertArrayEquals(new int[] {20, 40, 10, 21, 41, 22, 42}, padded.pack(ids));
    }

    @Test
    void paddingMayStandBefore() {
        Padded padded = Padded.before(4, LENGTHS);
        assertEquals(Steps.of(3, 3, 1, 0), padded.layout());
        IntTensor ids = IntTensor.of(new int[] {-1, -1, -1, 10, -1, 20, 21, 22, -1, -1, -1, -1, -1, 40, 41, 42}, 4, 4);
        assertArrayEquals(new int[] {20, 40, 10, 21, 41, 22, 42}, padded.pack(ids));
    }

    @Test
    void featuresStayTogether() {
        Tensor features = Tensor.of(new float[] {1, 2, -1, -1, 3, 4, 5, 6}, 2, 2, 2);
        assertArrayEquals(new float[] {3, 4, 1, 2, 5, 6}, Padded.after(2, 1, 2).pack(features));
        assertArrayEquals(new float[] {3, 4, 1, 2},
                Padded.after(2, 1, 2).sort(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Padded.after(2, 1, 3));
        Padded padded = Padded.after(2, 1, 2);
        assertThrows(IllegalArgumentException.class, () -> padded.pack(Tensor.zeros(2, 3, 1)));
        assertThrows(IllegalArgumentException.class, () -> padded.pack(IntTensor.zeros(3, 2)));
        assertThrows(IllegalArgumentException.class, () -> padded.sort(Tensor.zeros(3, 2)));
    }
}
