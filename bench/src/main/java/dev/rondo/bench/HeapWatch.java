package dev.rondo.bench;

import dev.rondo.train.History;
import dev.rondo.train.Listener;
import java.lang.management.ManagementFactory;

/// Measures what training keeps on the heap beside model and data: buffers, moments of the optimizer. For one run.
final class HeapWatch implements Listener {
    private final long before = live();
    private long bytes;

    /// Bytes that are in use after a full collection.
    static long live() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public Signal onEpoch(History.Epoch epoch) {
        if (epoch.number() == 2) {
            bytes = live() - before;
        }
        return Signal.CONTINUE;
    }

    /// The bytes found after the second epoch.
    long bytes() {
        return bytes;
    }
}
