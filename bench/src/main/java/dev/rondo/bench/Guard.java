package dev.rondo.bench;

/// A coarse guard against a loss of speed: a small training run must reach a share of the machine's own peak.
///
/// A share and no time, so that slow and busy machines pass; and far below what a quiet machine shows, so that only a
/// defect trips it, such as kernels that the JIT no longer compiles to vector code.
public final class Guard {
    /// The share that must be reached, of about 0.35 on a quiet machine.
    public static final double BOUND = 0.08;
    private static final double SECONDS = 3;
    private static final String WORKLOAD = "S1";

    private Guard() {}

    /// Trains on one thread, where nothing else on a busy machine gets between two threads that wait for each other.
    public static Measurement measure() {
        return Measurement.steady(Workload.of(WORKLOAD), 1, SECONDS);
    }
}
