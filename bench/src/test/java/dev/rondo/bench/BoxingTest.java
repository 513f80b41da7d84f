package dev.rondo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoxingTest {
    @Test
    void moreBytesThanWantedAreBoxed() {
        assertFalse(found(0).boxed());
        assertFalse(found(1000).boxed());
        assertTrue(found(1000.5).boxed());
        // What was not measured has not passed.
        assertTrue(found(Double.NaN).boxed());
        assertTrue(found(Double.POSITIVE_INFINITY).boxed());
        assertEquals("S9 (one layer) allocates 1,234,568 bytes a step; at most 1,000 are wanted",
                found(1_234_567.8).toString());
    }

    private static Boxing.Found found(double bytes) {
        return new Boxing.Found("S9", "one layer", bytes, 1000);
    }

    @Test
    void aKernelThatIsCompiledLateIsWaitedFor() {
        List<Double> asked = new ArrayList<>();
        double bytes = Boxing.settled(1000, seconds -> {
            asked.add(seconds);
            return asked.size() < 3 ? 1e6 : 900;
        });
        assertEquals(900, bytes);
        assertEquals(3, asked.size());
        assertTrue(asked.get(0) < asked.get(1) && asked.get(1) < asked.get(2));
    }

    @Test
    void aKernelThatStaysBoxedIsNotWaitedForTooLong() {
        List<Double> asked = new ArrayList<>();
        assertEquals(1e6, Boxing.settled(1000, seconds -> {
            asked.add(seconds);
            return 1e6;
        }));
        assertTrue(asked.stream().mapToDouble(s -> s).sum() < 15);
    }

    @Test
    void casesHaveNamesOfTheirOwn() {
        List<String> names = Boxing.CASES.stream().map(c -> c.workload().name()).toList();
        assertEquals(names.size(), names.stream().distinct().count());
        assertTrue(Boxing.CASES.stream().allMatch(c -> c.most() > 0));
    }

    @Test
    void aProcessThatFailsSaysWhy() {
        String message = assertThrows(IllegalStateException.class,
                () -> FreshProcess.ask(FreshProcess.class, "S9", "1")).getMessage();
        assertTrue(message.startsWith("S9: the fresh process ended with status 1"), message);
    }
}
