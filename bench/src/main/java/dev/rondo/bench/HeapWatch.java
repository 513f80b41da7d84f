package dev.rondo.bench;

import dev.rondo.train.History;
import dev.rondo.train.Listener;
import java.lang.management.ManagementFactory;

/// Measures what training keeps on the heap beside model and data: buffers, moments of the optimizer. For one run.
final class HeapWatch implements Listener {
    private static final int MOST_COLLECTIONS = 20;
    private final long before = settled();
    private long bytes;

    /// Bytes that are in use after a full collection.
    static long live() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /// Bytes that are in use after collections that find nothing more. What a cleaner holds, or a thread that is about to end, goes only in
    /// a later one, and is more than a small model keeps.
    private static long settled() {
        long last = live();
        for (int i = 0; i < MOST_COLLECTIONS; i++) {
            long next = live();
            if (next >= last) {
                return last;
            }
            last = next;
        }
        return last;
    }

    @Override
    public Signal onEpoch(History.Epoch epoch) {
        if (epoch.number() == 2) {
            bytes = settled() - before;
        }
        return Signal.CONTINUE;
    }

    /// The bytes found after the second epoch.
    long bytes() {
        return bytes;
    }
}
