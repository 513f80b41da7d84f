package dev.rondo.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What the kernel tests share: the implementations that this JVM can run, sizes, numbers and comparisons.
final class KernelsUnderTest {
    /// Unit roundoff of float.
    static final double U = 0x1p-24;
    /// Below, around and above every vector width and tile, with primes so that tails always run.
    static final int[] SIZES = {1, 2, 3, 7, 13, 31, 33, 64, 100, 207, 1021};
    /// The value around an output that nothing may touch.
    static final float GUARD = 12345.75f;

    private KernelsUnderTest() {}

    /// The scalar kernels, and the vector ones with their early stand-ins where the JVM was started with their module.
    static List<Kernels> all() {
        List<Kernels> all = new ArrayList<>();
        all.add(new ScalarKernels());
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            var vectors = new VectorKernels();
            all.add(vectors);
            all.add(new EarlyKernels(vectors, Long.MAX_VALUE, Long.MAX_VALUE));
        }
        return all;
    }

    static float[] random(Random random, int n, float scale) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (random.nextFloat() * 2f - 1f) * scale;
        }
        return x;
    }

    /// `n` random numbers at offset `at`, with guards before and `after` guards behind.
    static float[] guarded(Random random, int at, int n, int after, float scale) {
        float[] x = new float[at + n + after];
        java.util.Arrays.fill(x, GUARD);
        System.arraycopy(random(random, n, scale), 0, x, at, n);
        return x;
    }

    static void assertGuards(String what, float[] x, int at, int n) {
        for (int i = 0; i < x.length; i++) {
            if ((i < at || i >= at + n) && x[i] != GUARD) {
                throw new AssertionError(
                        what + ": element " + i + " outside [" + at + ", " + (at + n) + ") became " + x[i]);
            }
        }
    }

    static void assertClose(String what, double expected, float actual, double tolerance) {
        if (!(Math.abs(actual - expected) <= tolerance)) {
            throw new AssertionError(what + ": expected " + expected + " but was " + actual + ", off by "
                    + Math.abs(actual - expected) + " > " + tolerance);
        }
    }
}
