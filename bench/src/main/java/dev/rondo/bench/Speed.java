package dev.rondo.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/// How fast a workload ran.
///
/// @param figures what was measured, by its name in JSON: `samples_per_s`, `tokens_per_s`, `latency_us_p50` and
///        `latency_us_p99`, or `seconds`; the first is the one that counts
/// @param flopsPerSecond floating-point operations of the model's matrix products a second
/// @param bytesPerStep heap bytes allocated by all threads for a step of training or a call, once warm; NaN where nothing
///        gets warm
public record Speed(Map<String, Double> figures, double flopsPerSecond, double bytesPerStep) {
    /// A number of units a second.
    static Speed rate(Workload.Work work, double seconds, double bytesPerStep) {
        String key = work.unit() == Unit.TOKENS ? "tokens_per_s" : "samples_per_s";
        return new Speed(Map.of(key, work.units() / seconds), work.flops() / seconds, bytesPerStep);
    }

    /// A program from start to end, or to the end of its first epoch; with the rate where one is counted.
    static Speed run(Workload.Work work, double seconds, double bytesPerStep) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("seconds", seconds);
        if (work.unit() == Unit.SAMPLES || work.unit() == Unit.TOKENS) {
            figures.putAll(rate(work, seconds, bytesPerStep).figures);
        }
        return new Speed(figures, work.flops() / seconds, bytesPerStep);
    }

    /// Quantiles of the time that calls took.
    ///
    /// @param nanos the times, sorted
    /// @param flops operations of a call
    static Speed latency(long[] nanos, double flops, double bytesPerStep) {
        Map<String, Double> figures = new LinkedHashMap<>();
        double median = nanos[nanos.length / 2];
        figures.put("latency_us_p50", median * 1e-3);
        figures.put("latency_us_p99", nanos[(int) (nanos.length * 0.99)] * 1e-3);
        return new Speed(figures, flops / (median * 1e-9), bytesPerStep);
    }
}
