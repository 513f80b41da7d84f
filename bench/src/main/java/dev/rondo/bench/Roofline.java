package dev.rondo.bench;

import dev.rondo.bench.Part.Kind;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// The least time that a step of a workload could take on this machine, beside the time that it takes (Williams et al. 2009).
///
/// A part takes at least operations / peak and bytes / bandwidth of the level that they lie in; the parts follow each other. When
/// one sequence runs on several threads, layers run at the same time, and the slowest counts.
///
/// @param workload what ran
/// @param threads number of threads that worked
/// @param flops operations of the products
/// @param bytes bytes that must move at least, by where they lie
/// @param seconds least time of each kind of part, by the peak
/// @param bound least time of a step, by the peak
/// @param kernelBound the same with each product at the rate that the kernel reaches alone at its shape
/// @param measured what a step took
public record Roofline(Workload workload, int threads, double flops, Map<Level, Double> bytes,
        Map<String, Double> seconds, double bound, double kernelBound, double measured) {
    /// Runs a workload, then measures what the machine can do.
    ///
    /// @param threads worker threads allowed
    /// @param seconds about how long to run the workload
    /// @throws IllegalArgumentException if the workload is a whole program
    public static Roofline measure(Workload workload, int threads, double seconds) {
        Step step = workload.step().orElseThrow(() -> new IllegalArgumentException(
                workload.name() + " is a whole program, which has no roofline; name another workload"));
        Measurement run = Measurement.steady(workload, threads, seconds);
        Rates rates = new MachineRates(run.threads(), run.peakFlopsPerSecond());
        return of(workload, step, rates, run.threads(), step.flops() / run.speed().flopsPerSecond());
    }

    static Roofline of(Workload workload, Step step, Rates rates, int threads, double measured) {
        List<Part> parts = Parts.of(step);
        Map<Level, Double> bytes = new EnumMap<>(Level.class);
        Map<Kind, Double> kinds = new EnumMap<>(Kind.class);
        double flops = 0;
        for (Part part : parts) {
            flops += part.flops();
            for (Level level : Level.values()) {
                bytes.merge(level, part.bytes(level), Double::sum);
            }
            kinds.merge(part.kind(), part.seconds(rates, threads, false), Double::sum);
        }
        Map<String, Double> named = new LinkedHashMap<>();
        kinds.forEach((kind, time) -> named.put(kind.name().toLowerCase(Locale.ROOT), time));
        return new Roofline(workload, threads, flops, bytes, named,
                least(step, parts, threads, part -> part.seconds(rates, threads, false)),
                least(step, parts, threads, part -> part.seconds(rates, threads, true)), measured);
    }

    private static double least(Step step, List<Part> parts, int threads, ToDoubleFunction<Part> time) {
        Map<Integer, Double> layers = new TreeMap<>();
        parts.forEach(part -> layers.merge(part.layer(), time.applyAsDouble(part), Double::sum));
        double sum = layers.values().stream().mapToDouble(Double::doubleValue).sum();
        double longest = layers.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
        return step.sequences() > 1 ? sum : Math.max(longest, sum / threads);
    }
}
