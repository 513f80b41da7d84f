package dev.rondo.bench;

import dev.rondo.op.Backend;

/// What one workload measured, beside what the machine can do at most.
///
/// @param workload what ran
/// @param cold whether it was a fresh process, timed from its start to the end of the first epoch or prediction
/// @param speed how fast it was
/// @param peakFlopsPerSecond multiply-adds (as two operations) a second of the same threads in the same run, in registers
/// @param threads number of threads that worked
/// @param kernels name of the kernels, such as `vector-512`
public record Measurement(Workload workload, boolean cold, Speed speed, double peakFlopsPerSecond, int threads,
        String kernels) {
    /// Measures a workload at full speed.
    ///
    /// @param threads worker threads allowed
    /// @param seconds about how long to measure
    public static Measurement steady(Workload workload, int threads, double seconds) {
        return between(workload, workload instanceof WholeFit, threads, n -> workload.steady(n, seconds));
    }

    /// Measures a workload in a process of its own, from its start to the end of the first epoch or prediction.
    ///
    /// @param threads worker threads allowed
    public static Measurement cold(Workload workload, int threads) {
        return between(workload, true, threads, n -> FreshProcess.run(workload, n));
    }

    private interface Timing {
        Speed of(int threads);
    }

    /// The peak is measured before and after, and the higher one counts: a fraction must not rise because the machine was disturbed.
    private static Measurement between(Workload workload, boolean cold, int allowed, Timing timing) {
        int threads = workload.threadsOf(allowed);
        double before = PeakKernel.flopsPerSecond(threads);
        Speed speed = timing.of(threads);
        double peak = Math.max(before, PeakKernel.flopsPerSecond(threads));
        return new Measurement(workload, cold, speed, peak, threads, Backend.name());
    }

    /// The share of the peak that the model's matrix products reach over the whole time.
    public double peakFraction() {
        return speed.flopsPerSecond() / peakFlopsPerSecond;
    }
}
