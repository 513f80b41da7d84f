package dev.rondo.cli;

import dev.rondo.bench.Level;
import dev.rondo.bench.Roofline;
import dev.rondo.io.Json;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What `rondo bench --roofline` prints: two lines for a workload, or a JSON object.
final class RooflineTable {
    private static final String HEADER = "%-8s %9s %8s %8s %8s %8s %11s %11s %11s %7s %8s".formatted("workload",
            "GFLOP",
            "MB L1", "L2", "shared", "memory", "bound ms", "kernels ms", "measured ms", "bound", "kernels");

    private RooflineTable() {}

    static String header() {
        return HEADER;
    }

    /// The bounds in milliseconds, and what share of the measured time they are; below, the parts of the first.
    static String lines(Roofline r) {
        String row = "%-8s %9.5f %8.2f %8.2f %8.2f %8.2f %11.4f %11.4f %11.4f %7.2f %8.2f".formatted(
                r.workload().name(),
                r.flops() * 1e-9, megabytes(r, Level.L1), megabytes(r, Level.L2), megabytes(r, Level.SHARED),
                megabytes(r, Level.MEMORY), r.bound() * 1e3, r.kernelBound() * 1e3, r.measured() * 1e3,
                r.bound() / r.measured(), r.kernelBound() / r.measured());
        return row + "\n         " + r.seconds().entrySet().stream()
                .map(part -> "%s %.4f".formatted(part.getKey(), part.getValue() * 1e3))
                .collect(Collectors.joining(", "));
    }

    static ObjectNode object(Roofline r) {
        ObjectNode node = Json.mapper().createObjectNode().put("workload", r.workload().name())
                .put("threads", r.threads()).put("gflop", r.flops() * 1e-9);
        for (Level level : Level.values()) {
            node.put("mb_" + level.name().toLowerCase(Locale.ROOT), megabytes(r, level));
        }
        node.put("bound_ms", r.bound() * 1e3).put("kernel_bound_ms", r.kernelBound() * 1e3)
                .put("measured_ms", r.measured() * 1e3);
        for (Map.Entry<String, Double> part : r.seconds().entrySet()) {
            node.put(part.getKey() + "_ms", part.getValue() * 1e3);
        }
        return node;
    }

    private static double megabytes(Roofline r, Level level) {
        return r.bytes().getOrDefault(level, 0.0) * 1e-6;
    }
}
