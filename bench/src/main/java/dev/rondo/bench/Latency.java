package dev.rondo.bench;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;

/// One request after another: how long an answer takes.
///
/// @param mostThreads how many threads an answer can use
/// @param stream makes what answers with so many threads
record Latency(String name, String description, int mostThreads, IntFunction<Stream> stream) implements Workload {
    private static final int MOST_CALLS = 1_000_000;
    private static final int FEWEST_CALLS = 500;

    /// Answers requests, with a state or without. Asked by one thread.
    interface Stream extends AutoCloseable {
        /// Answers request number i.
        void call(int i);

        /// What an answer takes.
        Step step();

        /// Ends threads that it started.
        @Override
        default void close() {}
    }

    @Override
    public int threadsOf(int allowed) {
        return Math.min(allowed, mostThreads);
    }

    /// Warms up for half of the time, then times each call; allocations are counted in between, where no clock is read.
    @Override
    public Speed steady(int threads, double seconds) {
        try (Stream warm = stream.apply(threads)) {
            return steady(warm, seconds);
        }
    }

    private static Speed steady(Stream warm, double seconds) {
        int number = 0;
        for (long end = after(seconds / 2); number < FEWEST_CALLS || System.nanoTime() < end; number++) {
            warm.call(number);
        }
        long allocated = Allocation.bytes();
        int counted = Math.min(number, 1000);
        for (int i = 0; i < counted; i++) {
            warm.call(number++);
        }
        double bytes = (Allocation.bytes() - allocated) / (double) counted;
        long[] nanos = new long[MOST_CALLS];
        int calls = 0;
        long end = after(seconds);
        for (long now = System.nanoTime(); calls < MOST_CALLS && (calls < FEWEST_CALLS || now < end); calls++) {
            warm.call(number++);
            long then = System.nanoTime();
            nanos[calls] = then - now;
            now = then;
        }
        long[] sorted = Arrays.copyOf(nanos, calls);
        Arrays.sort(sorted);
        return Speed.latency(sorted, warm.step().flops(), bytes);
    }

    private static long after(double seconds) {
        return System.nanoTime() + (long) (seconds * 1e9);
    }

    @Override
    public Optional<Step> step() {
        try (Stream one = stream.apply(1)) {
            return Optional.of(one.step());
        }
    }

    @Override
    public Work once(int threads) {
        try (Stream fresh = stream.apply(threads)) {
            fresh.call(0);
            return new Work(Unit.CALLS, 1, fresh.step().flops());
        }
    }
}
