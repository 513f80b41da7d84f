package dev.rondo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BenchTest {
    private static final String QUICK = "--seconds=0.05";

    @Test
    void jsonHasEveryKey() {
        String out = Rondo.run("bench", "i2", "--json", QUICK).done().out();
        JsonNode line = Json.mapper().readTree(out);
        assertEquals(List.of("workload", "cold", "latency_us_p50", "latency_us_p99", "gflops", "peak_gflops",
                "peak_fraction", "bytes_per_step", "threads", "kernels"), List.copyOf(line.propertyNames()));
        assertEquals("I2", line.get("workload").stringValue());
        assertTrue(line.get("latency_us_p99").doubleValue() >= line.get("latency_us_p50").doubleValue());
    }

    @Test
    void coldIsTimedInSecondsWithoutAllocations() {
        String out = Rondo.run("bench", "I2", "--json", "--cold").done().out();
        JsonNode line = Json.mapper().readTree(out);
        assertTrue(line.get("cold").booleanValue());
        assertTrue(line.get("seconds").doubleValue() > 0);
        assertTrue(line.get("bytes_per_step").isNull());
    }

    @Test
    void theTableHasALineForEachWorkload() {
        List<String> lines = Rondo.run("bench", "I2", "I2", QUICK).done().out().lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(1).matches("I2 .* us, p99 .* us .*LSTM\\(100\\).*"), lines.get(1));
    }

    @Test
    void timesMustBePositive() {
        Rondo.run("bench", "--seconds", "0").failed(2, "--seconds 0.0", "more than 0");
    }

    @Test
    void theRooflineHasBoundsAndParts() {
        String out = Rondo.run("bench", "--roofline", "i2", "--json", QUICK).done().out();
        JsonNode line = Json.mapper().readTree(out);
        assertEquals(2 * (32 + 100) * 400 * 1e-9, line.get("gflop").doubleValue(), 1e-12);
        assertTrue(line.get("bound_ms").doubleValue() > 0);
        assertTrue(line.get("recurrent_ms").doubleValue() > 0);
        assertTrue(line.get("measured_ms").doubleValue() > 0);
    }

    @Test
    void aWholeProgramHasNoRoofline() {
        Rondo.run("bench", "--roofline", "S2").failed(2, "S2 is a whole program");
        Rondo.run("bench", "--roofline", "--cold").failed(2, "--roofline", "--cold");
    }

    @Test
    void runsBelongToTheGuard() {
        Rondo.run("bench", "--runs", "3").failed(2, "--runs goes with --guard");
        Rondo.run("bench", "--guard", "--runs", "0").failed(2, "--runs 0", "1 to 1000");
    }
}
