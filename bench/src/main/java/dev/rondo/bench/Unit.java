package dev.rondo.bench;

/// What a speed is counted in.
public enum Unit {
    /// Sequences trained on, or predicted for.
    SAMPLES,
    /// Tokens of running text.
    TOKENS,
    /// Calls that answer one request; their times count, not their number.
    CALLS,
    /// Programs from start to end.
    RUNS
}
