package dev.rondo.bench;

/// Where the numbers of a piece of work lie, by their size: what bandwidth it has. A JVM does not tell the sizes of caches; the
/// borders are those of the servers of 2017 to 2025, which have 32 to 48 KiB and 1 to 2 MiB a core.
public enum Level {
    /// The first-level cache of a core.
    L1(16 << 10, 48 << 10),
    /// The second-level cache of a core.
    L2(512 << 10, 2 << 20),
    /// The cache that cores share.
    SHARED(32 << 20, 64 << 20),
    /// Main memory, or the rest of a very large cache.
    MEMORY(256 << 20, Double.POSITIVE_INFINITY);

    private final int sample;
    private final double limit;

    Level(int sample, double limit) {
        this.sample = sample;
        this.limit = limit;
    }

    /// The bytes that a thread goes over and over to measure the bandwidth, if there are so many threads: of what they share, each
    /// has its part.
    int sample(int threads) {
        return this == L1 || this == L2 ? sample : Math.max(sample / threads, 4 << 20);
    }

    /// The share of a working set that lies here if every level is filled before the next.
    ///
    /// @param set its bytes, more than 0
    double share(double set) {
        double nearer = this == L1 ? 0 : values()[ordinal() - 1].limit;
        return (Math.min(set, limit) - Math.min(set, nearer)) / set;
    }
}
