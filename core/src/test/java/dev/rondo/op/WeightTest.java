package dev.rondo.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WeightTest {
    private static final Kernels K = Kernels.best();

    @Test
    void copiesThatAChangeLeavesBehindAreMadeByTasks() {
        Weight weight = random();
        assertTrue(weight.packing(K).isEmpty(), "nobody has asked for a copy");
        weight.packed(K);
        weight.packedTransposed(K);
        weight.packedColumns(K, 3, 20);
        List<Runnable> tasks = weight.packing(K);
        assertEquals(3, tasks.size());
        weight.values()[5] = 42f;
        weight.changed();
        assertTrue(weight.packing(K).isEmpty(), "what nobody has used since the change need not be made for the next");
        tasks.parallelStream().forEach(Runnable::run);
        assertEquals(3, weight.packing(K).size(), "all copies are up to date again");
        Weight fresh = new Weight(weight.values().clone(), weight.rows(), weight.columns());
        assertSameNumbers(fresh.packed(K), weight.packed(K));
        assertSameNumbers(fresh.packedTransposed(K), weight.packedTransposed(K));
        assertSameNumbers(fresh.packedColumns(K, 3, 20), weight.packedColumns(K, 3, 20));
    }

    @Test
    void aTaskIsDoneOnceIfSomebodyHasNeededTheCopyMeanwhile() {
        Weight weight = random();
        PackedMatrix before = weight.packed(K);
        List<Runnable> tasks = weight.packing(K);
        weight.changed();
        PackedMatrix after = weight.packed(K);
        assertNotSame(before, after);
        tasks.forEach(Runnable::run);
        assertSame(after, weight.packed(K));
    }

    private static Weight random() {
        var random = new Random(1);
        float[] values = new float[7 * 33];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return new Weight(values, 7, 33);
    }

    private static void assertSameNumbers(PackedMatrix expected, PackedMatrix actual) {
        assertEquals(expected.k(), actual.k());
        assertEquals(expected.n(), actual.n());
        assertArrayEquals(expected.data(), actual.data());
    }
}
