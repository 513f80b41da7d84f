package dev.rondo.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The most multiply-adds that this machine makes: fused multiply-adds on twelve independent accumulators in registers, no memory.
///
/// A multiply-add has a latency of about four cycles and a core starts up to two a cycle, so that eight chains already keep it
/// busy; twelve, with the two operands, still fit in the sixteen registers of AVX2.
final class PeakKernel {
    private static final int CHAINS = 12;
    /// So many that what calls this is seldom compiled: where C2 puts the loop into its caller it runs at half the speed.
    private static final int TURNS = 1 << 19;
    private static final double WINDOW = 0.06;
    private static final int WINDOWS = 4;
    private static final boolean HAS_VECTORS = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    private static final DoubleAdder SINK = new DoubleAdder();

    private PeakKernel() {}

    /// Floating-point operations a second of so many threads together, in the best of a few short windows. With the Vector API in
    /// its widest form, without it in plain Java.
    ///
    /// @param threads at least 1
    static double flopsPerSecond(int threads) {
        double best = 0;
        for (int i = 0; i < WINDOWS; i++) {
            best = Math.max(best, window(threads));
        }
        return best;
    }

    private static double window(int threads) {
        var ops = new AtomicLong();
        Thread[] workers = new Thread[threads - 1];
        long start = System.nanoTime();
        for (int i = 0; i < workers.length; i++) {
            workers[i] = Thread.ofPlatform().daemon().name("rondo-peak-" + (i + 1)).start(() -> work(start, ops));
        }
        work(start, ops);
        for (Thread worker : workers) {
            join(worker);
        }
        return ops.get() / ((System.nanoTime() - start) * 1e-9);
    }

    private static void work(long start, AtomicLong ops) {
        long done = 0;
        while (System.nanoTime() - start < WINDOW * 1e9) {
            done += stretch();
        }
        ops.addAndGet(done);
    }

    /// Works for about a millisecond on this thread.
    ///
    /// @return the operations
    static long stretch() {
        if (HAS_VECTORS) {
            SINK.add(Wide.run(TURNS));
            return 2L * CHAINS * TURNS * Wide.LANES;
        }
        SINK.add(plain(TURNS));
        return 2L * CHAINS * TURNS;
    }

    private static void join(Thread worker) {
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the peak was measured", e);
        }
    }

    /// A class of its own, since a JVM without the Vector API cannot load it.
    private static final class Wide {
        private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
        private static final int LANES = SPECIES.length();

        /// Every accumulator tends to 1, so none becomes infinite or subnormal.
        static float run(int turns) {
            FloatVector x = FloatVector.broadcast(SPECIES, 0.75f);
            FloatVector y = FloatVector.broadcast(SPECIES, 0.25f);
            FloatVector a = x;
            FloatVector b = y;
            FloatVector c = x.add(0.01f);
            FloatVector d = x.add(0.02f);
            FloatVector e = x.add(0.03f);
            FloatVector f = x.add(0.04f);
            FloatVector g = x.add(0.05f);
            FloatVector h = x.add(0.06f);
            FloatVector i = x.add(0.07f);
            FloatVector j = x.add(0.08f);
            FloatVector k = x.add(0.09f);
            FloatVector l = x.add(0.10f);
            for (int turn = 0; turn < turns; turn++) {
                a = a.fma(x, y);
                b = b.fma(x, y);
                c = c.fma(x, y);
                d = d.fma(x, y);
                e = e.fma(x, y);
                f = f.fma(x, y);
                g = g.fma(x, y);
                h = h.fma(x, y);
                i = i.fma(x, y);
                j = j.fma(x, y);
                k = k.fma(x, y);
                l = l.fma(x, y);
            }
            return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l)
                    .reduceLanes(VectorOperators.ADD);
        }
    }

    private static float plain(int turns) {
        float x = 0.75f;
        float y = 0.25f;
        float a = 0f;
        float b = 0.1f;
        float c = 0.2f;
        float d = 0.3f;
        float e = 0.4f;
        float f = 0.5f;
        float g = 0.6f;
        float h = 0.7f;
        float i = 0.8f;
        float j = 0.9f;
        float k = 1.1f;
        float l = 1.2f;
        for (int turn = 0; turn < turns; turn++) {
            a = Math.fma(a, x, y);
            b = Math.fma(b, x, y);
            c = Math.fma(c, x, y);
            d = Math.fma(d, x, y);
            e = Math.fma(e, x, y);
            f = Math.fma(f, x, y);
            g = Math.fma(g, x, y);
            h = Math.fma(h, x, y);
            i = Math.fma(i, x, y);
            j = Math.fma(j, x, y);
            k = Math.fma(k, x, y);
            l = Math.fma(l, x, y);
        }
        return a + b + c + d + e + f + g + h + i + j + k + l;
    }
}
