package dev.rondo.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Goes once over an array of numbers and does as little with them as possible: what is left is the way to the cache or memory.
final class BandwidthKernel {
    private static final boolean HAS_VECTORS = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    /// Keeps the JIT from leaving out sums that nobody reads.
    private static volatile float sink;

    /// Compiled, a call over so few numbers takes less than a microsecond.
    private static final int FEW = 1024;
    private static final long COMPILED = 1000;
    private static final long PATIENCE = 4_000_000_000L;

    private BandwidthKernel() {}

    /// Runs until the JIT has compiled it: before, each vector is an object and all of this a hundred times slower.
    static void warmUp() {
        float[] few = new float[FEW];
        long end = System.nanoTime() + PATIENCE;
        for (long start = System.nanoTime(), slower = Long.MAX_VALUE; slower > COMPILED && start < end;) {
            run(few, false);
            long between = System.nanoTime();
            run(few, true);
            long last = System.nanoTime();
            slower = Math.max(between - start, last - between);
            start = last;
        }
    }

    /// Adds the numbers up, or moves each halfway to 1. With the Vector API in its widest form, without it in plain Java.
    ///
    /// @param x a multiple of 128 numbers
    static void run(float[] x, boolean changing) {
        if (changing && HAS_VECTORS) {
            Wide.change(x);
        } else if (changing) {
            for (int i = 0; i < x.length; i++) {
                x[i] = x[i] * 0.5f + 0.5f;
            }
        } else {
            sink = HAS_VECTORS ? Wide.sum(x) : sum(x);
        }
    }

    private static float sum(float[] x) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = 0; i < x.length; i += 4) {
            a += x[i];
            b += x[i + 1];
            c += x[i + 2];
            d += x[i + 3];
        }
        return a + b + c + d;
    }

    /// A class of its own, since a JVM without the Vector API cannot load it.
    private static final class Wide {
        private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
        private static final int LANES = SPECIES.length();

        /// Four sums, as an addition takes up to four cycles; eight were no faster.
        static float sum(float[] x) {
            FloatVector a = FloatVector.zero(SPECIES);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int i = 0; i < x.length; i += 4 * LANES) {
                a = a.add(FloatVector.fromArray(SPECIES, x, i));
                b = b.add(FloatVector.fromArray(SPECIES, x, i + LANES));
                c = c.add(FloatVector.fromArray(SPECIES, x, i + 2 * LANES));
                d = d.add(FloatVector.fromArray(SPECIES, x, i + 3 * LANES));
            }
            return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD);
        }

        static void change(float[] x) {
            FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
            for (int i = 0; i < x.length; i += 4 * LANES) {
                FloatVector.fromArray(SPECIES, x, i).fma(half, half).intoArray(x, i);
                FloatVector.fromArray(SPECIES, x, i + LANES).fma(half, half).intoArray(x, i + LANES);
                FloatVector.fromArray(SPECIES, x, i + 2 * LANES).fma(half, half).intoArray(x, i + 2 * LANES);
                FloatVector.fromArray(SPECIES, x, i + 3 * LANES).fma(half, half).intoArray(x, i + 3 * LANES);
            }
        }
    }
}
