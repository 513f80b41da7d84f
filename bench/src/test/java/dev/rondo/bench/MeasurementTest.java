package dev.rondo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    @Test
    void namesAreUniqueAndFoundInEitherCase() {
        List<String> names = Workloads.ALL.stream().map(Workload::name).toList();
        assertEquals(names.size(), names.stream().distinct().count());
        assertEquals("S0T", Workload.of("s0t").name());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Workload.of("S9")).getMessage().contains("S0,"));
    }

    @Test
    void aStreamHasOneThreadAndTwoQuantiles() {
        Measurement measured = Measurement.steady(Workload.of("I2"), 2, 0.05);
        assertEquals(1, measured.threads());
        assertEquals(List.of("latency_us_p50", "latency_us_p99"), List.copyOf(measured.speed().figures().keySet()));
        double median = measured.speed().figures().getOrDefault("latency_us_p50", 0.0);
        assertTrue(median > 0);
        // 2 * (32 + 100) * 400 operations of the one step.
        assertEquals(105_600 / (median * 1e-6), measured.speed().flopsPerSecond(), 1e-3 * 105_600 / (median * 1e-6));
        assertTrue(measured.peakFraction() > 0);
    }

    @Test
    void aFreshProcessIsTimedFromItsStart() {
        Measurement measured = Measurement.cold(Workload.of("I2"), 1);
        assertTrue(measured.cold());
        // No JVM starts in a hundredth of a second.
        assertTrue(measured.speed().figures().getOrDefault("seconds", 0.0) > 0.01);
        assertFalse(measured.speed().bytesPerStep() >= 0);
    }
}
