package dev.rondo.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TensorTest {

    @Test
    void keepsTheArrayAndCopiesTheShape() {
        float[] data = {1, 2, 3, 4, 5, 6};
        int[] shape = {2, 3};
        Tensor tensor = Tensor.of(data, shape);
        shape[0] = 9;
        assertSame(data, tensor.data());
        assertArrayEquals(new int[] {2, 3}, tensor.shape());
        assertNotSame(tensor.shape(), tensor.shape());
        assertEquals(6, tensor.size());
        assertEquals(2, tensor.rank());
        assertEquals(3, tensor.dim(1));
        assertEquals("Tensor[2, 3]", tensor.toString());
        assertEquals("IntTensor[0]", IntTensor.of(new int[0], 0).toString());
    }

    @Test
    void aScalarHasNoAxesAndOneNumber() {
        assertEquals(1, Tensor.of(new float[] {7}).size());
        assertEquals(0, IntTensor.zeros().rank());
        assertEquals(1, IntTensor.zeros().size());
    }

    @Test
    void anEmptyAxisMakesAnEmptyTensorHoweverLargeTheOthersAre() {
        int large = Integer.MAX_VALUE;
        assertEquals(0, Tensor.of(new float[0], large, large, large, 0).size());
        assertEquals(0, Tensor.zeros(0, large, large, large).size());
    }

    @Test
    void mismatchNamesBothValues() {
        assertEquals("shape [2, 3] holds 6 numbers, but the array has 5",
                assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[5], 2, 3)).getMessage());
        assertEquals("shape [] holds 1 numbers, but the array has 0",
                assertThrows(IllegalArgumentException.class, () -> IntTensor.of(new int[0])).getMessage());
    }

    @Test
    void overflowAndNegativeAxesAreRefused() {
        String overflow = assertThrows(IllegalArgumentException.class,
                () -> Tensor.of(new float[0], 65536, 65536)).getMessage();
        assertTrue(overflow.contains("[65536, 65536]") && overflow.contains("2147483647"), overflow);
        assertThrows(IllegalArgumentException.class,
                () -> Tensor.zeros(1 << 30, 1 << 30, 1 << 30, 1 << 30));
        String negative = assertThrows(IllegalArgumentException.class,
                () -> IntTensor.of(new int[1], -1, -1)).getMessage();
        assertTrue(negative.contains("axis 0") && negative.contains("[-1, -1]"), negative);
        String noAxis = assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(2).dim(1)).getMessage();
        assertTrue(noAxis.contains("no axis 1 in shape [2]"), noAxis);
    }

    @Test
    void equalityIsByBits() {
        float quiet = Float.intBitsToFloat(0x7fc00000);
        float payload = Float.intBitsToFloat(0x7fc00001);
        assertEquals(Tensor.of(new float[] {payload}, 1), Tensor.of(new float[] {payload}, 1));
        assertEquals(Tensor.of(new float[] {payload}, 1).hashCode(), Tensor.of(new float[] {payload}, 1).hashCode());
        assertNotEquals(Tensor.of(new float[] {quiet}, 1), Tensor.of(new float[] {payload}, 1));
        assertNotEquals(Tensor.of(new float[] {0f}, 1), Tensor.of(new float[] {-0f}, 1));
        assertNotEquals(Tensor.of(new float[] {1f}, 1), Tensor.of(new float[] {1f}, 1, 1));
        assertNotEquals(Tensor.of(new float[] {1f}, 1), Tensor.of(new float[] {1f, 1f}, 2));
        assertEquals(IntTensor.of(new int[] {4, 5}, 2), IntTensor.of(new int[] {4, 5}, 2));
        assertEquals(IntTensor.of(new int[] {4, 5}, 2).hashCode(), IntTensor.of(new int[] {4, 5}, 2).hashCode());
        assertNotEquals(IntTensor.of(new int[] {4, 5}, 2), IntTensor.of(new int[] {4, 6}, 2));
    }
}
