package dev.rondo.bench;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Something to time: a model, data, and what is done with them. [Workloads] lists them.
///
/// Implementations are immutable; models and data are made anew for each run, from fixed seeds.
public sealed interface Workload permits Training, LanguageModel, WholeFit, Latency, Throughput {
    /// The name on the command line, such as `S1`.
    String name();

    /// The model and the data in words.
    String description();

    /// Measures the workload at full speed, once the JIT and the buffers are warm.
    ///
    /// @param threads worker threads, at least 1
    /// @param seconds about how long to measure, after a shorter warm-up
    Speed steady(int threads, double seconds);

    /// What a program does that runs the workload once: an epoch of training, or one prediction.
    ///
    /// @param threads worker threads, at least 1
    /// @return the work, for the figures of a cold start
    Work once(int threads);

    /// The number of threads that work when so many are allowed: a single stream has one.
    default int threadsOf(int allowed) {
        return allowed;
    }

    /// What it does over and over, for its [Roofline]; none where a whole program is timed.
    Optional<Step> step();

    /// How much was done.
    ///
    /// @param unit what is counted
    /// @param units how many of them
    /// @param flops floating-point operations of the model's matrix products, by [Arithmetic]
    record Work(Unit unit, double units, double flops) {}

    /// The workload of that name, in either case.
    ///
    /// @throws IllegalArgumentException if there is none; the message lists all
    static Workload of(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        return Workloads.ALL.stream().filter(w -> w.name().equals(wanted)).findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no workload '%s'; there are %s".formatted(name,
                                Workloads.ALL.stream().map(Workload::name).collect(Collectors.joining(", ")))));
    }
}
