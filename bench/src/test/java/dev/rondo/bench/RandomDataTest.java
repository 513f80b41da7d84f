package dev.rondo.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomDataTest {
    @Test
    void reviewsHaveTheirMeanAndALongTail() {
        int[] lengths = new RandomData(1).reviewLengths(2048, 230);
        double mean = Arrays.stream(lengths).average().orElseThrow();
        // The mean of 2,048 lengths of standard deviation 200 strays by 4.4; three times that.
        assertEquals(230, mean, 14);
        assertTrue(Arrays.stream(lengths).max().orElseThrow() > 2000);
        assertArrayEquals(lengths, new RandomData(1).reviewLengths(2048, 230));
    }

    @Test
    void tokensFallOffAsWordsDo() {
        int[] ids = new RandomData(1).zipf(1, 20_000, 1000)[0];
        long ones = Arrays.stream(ids).filter(id -> id == 1).count();
        // P(1) = 1 / zeta(1.3) = 0.254 with a standard deviation of 0.003.
        assertEquals(0.254, ones / 20_000.0, 0.01);
        assertTrue(Arrays.stream(ids).allMatch(id -> id >= 1 && id < 1000));
    }
}
