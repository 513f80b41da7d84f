package dev.rondo.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Programs begin with [EarlyKernels] and go on with [VectorKernels] at a moment that depends on threads: the bits must be the same.
class EarlyKernelsTest {
    private static final int[] SIZES = {1, 3, 15, 16, 17, 31, 40, 50, 64, 100, 207};
    private final Random random = new Random(41);
    private VectorKernels vectors;
    private EarlyKernels early;

    @BeforeEach
    void makeKernels() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "runs without the Vector API");
        vectors = new VectorKernels();
        early = new EarlyKernels(vectors, Long.MAX_VALUE, 1_000_000);
    }

    /// Work on some arrays.
    private interface Work {
        void run(Kernels kernels, float[][] arrays);
    }

    private void assertSameBits(String what, float[][] arrays, Work work) {
        float[][] other = Arrays.stream(arrays).map(float[]::clone).toArray(float[][]::new);
        work.run(vectors, arrays);
        work.run(early, other);
        for (int i = 0; i < arrays.length; i++) {
            assertArrayEquals(bits(arrays[i]), bits(other[i]), what + ", array " + i);
        }
    }

    private static int[] bits(float[] x) {
        int[] bits = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            bits[i] = Float.floatToIntBits(x[i]);
        }
        return bits;
    }

    private float[] random(int n, float scale) {
        return KernelsUnderTest.random(random, n, scale);
    }

    /// Numbers of all sizes, with those at which the functions change and those that are no numbers.
    private float[] special(int n) {
        float[] x = random(n, 100f);
        float[] limits = {0f, -0f, 87f, -87f, 88f, -88.5f, 90f, 7.9f, -7.95f, Float.NaN, Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY, Float.MIN_VALUE, 1e-20f, 1e-24f, -1e-25f};
        for (int i = 0; i < n; i += 2) {
            x[i] = limits[random.nextInt(limits.length)];
        }
        return x;
    }

    @Test
    void functions() {
        List<Work> works = List.of((k, a) -> k.exp(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.tanh(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.sigmoid(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.relu(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.flushTiny(a[0].length, a[0], 0),
                (k, a) -> k.reluBackward(a[0].length, a[0], 0, a[1], 0));
        for (int n : SIZES) {
            for (int w = 0; w < works.size(); w++) {
                assertSameBits("function " + w + " of " + n, new float[][] {special(n), random(n, 1f)}, works.get(w));
                assertSameBits("function " + w + " of " + n, new float[][] {random(n, 3f), random(n, 1f)},
                        works.get(w));
            }
        }
    }

    @Test
    void loopsOverElements() {
        List<Work> works = List.of((k, a) -> k.tanhBackward(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.sigmoidBackward(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.add(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.axpy(a[0].length, 0.37f, a[0], 0, a[1], 0),
                (k, a) -> k.scale(a[0].length, 0.37f, a[0], 0),
                (k, a) -> k.multiply(a[0].length, a[0], 0, a[1], 0),
                (k, a) -> k.multiplyAdd(a[0].length, a[0], 0, a[1], 0, a[2], 0),
                (k, a) -> k.addColumnSums(1, a[0].length, a[0], 0, 0, a[1], 0),
                (k, a) -> k.dropoutMask(0x123456789abcdefL, 1 << 22, 2f, a[0].length, a[0]),
                (k, a) -> k.momentum(a[0].length, a[0], 0, a[1], 0, a[2], 0, 0.1f, 0.9f, 0.7f, 0.3f),
                (k, a) -> k.adam(a[0].length, a[0], 0, a[1], 0, a[2], a[3], 0, 0.01f, 0.1f, 0.001f, 1e-7f, 0.01f),
                (k, a) -> k.adamAtRest(a[0].length, a[0], 0, a[2], a[3], 0, 0.01f, 1e-7f, 0.01f, 0.9f, 0.99f),
                (k, a) -> k.rmsprop(a[0].length, a[0], 0, a[1], 0, a[3], 0, 0.01f, 0.1f, 1e-7f));
        for (int n : SIZES) {
            for (int w = 0; w < works.size(); w++) {
                float[] positive = random(n, 1f);
                for (int i = 0; i < n; i++) {
                    positive[i] = Math.abs(positive[i]);
                }
                assertSameBits("loop " + w + " over " + n,
                        new float[][] {random(n, 1f), random(n, 1f), random(n, 1f), positive}, works.get(w));
            }
        }
    }

    @Test
    void products() {
        for (int n : SIZES) {
            for (int m : new int[] {1, 3, 8, 13}) {
                int k = 2 + random.nextInt(200);
                float[] b = random(k * n, 1f);
                float[] packed = new float[vectors.packedLength(k, n)];
                vectors.pack(k, n, b, 0, n, 1, packed);
                var matrix = new PackedMatrix(k, n, packed);
                float[][] arrays = {random(m * k, 1f), random(m * n, 1f), random(n, 1f)};
                String what = m + " x " + k + " x " + n;
                assertSameBits(what, arrays, (kernels, a) -> kernels.gemm(m, 0, k, a[0], 0, k, 1, matrix, a[1], 0, n));
                assertSameBits(what + " turned", arrays,
                        (kernels, a) -> kernels.gemm(m, 1, k - 1, a[0], 0, 1, m, matrix, a[1], 0, n));
                assertSameBits(what + " affine", arrays,
                        (kernels, a) -> kernels.affine(m, k, a[0], 0, k, 1, matrix, a[2], 0, a[1], 0, n));
                assertSameBits(what + " affine turned", arrays,
                        (kernels, a) -> kernels.affine(m, k, a[0], 0, 1, m, matrix, a[2], 0, a[1], 0, n));
            }
        }
    }

    @Test
    void gatePasses() {
        for (int units : SIZES) {
            int rows = 3;
            int n = rows * units;
            float[][] arrays = {random(4 * n, 5f), random(n, 1f), random(n, 1f), random(n, 1f), random(n, 1f),
                    random(4 * n, 5f)};
            for (CellActivation activation : CellActivation.values()) {
                assertSameBits("LSTM " + activation + " " + units, arrays, (k, a) -> k.lstmForward(activation, rows,
                        units, a[0], 0, a[1], 0, a[2], 0, a[3], 0, a[4], 0));
                assertSameBits("LSTM backward " + activation + " " + units, arrays, (k, a) -> k.lstmBackward(activation,
                        rows, units, a[0], 0, a[1], 0, a[3], 0, a[4], 0, a[2], 0));
            }
            assertSameBits("LSTM cell backward " + units, arrays,
                    (k, a) -> k.lstmCellBackward(rows, units, a[0], 0, a[1], 0, a[2], 0));
            assertSameBits("LSTM output backward " + units, arrays,
                    (k, a) -> k.lstmOutputBackward(rows, units, a[0], 0, a[1], 0, a[2], 0, a[3], 0));
            assertSameBits("GRU " + units, arrays,
                    (k, a) -> k.gruForward(rows, units, a[0], 0, a[5], 0, a[1], 0, a[2], 0, a[3], 0));
            assertSameBits("GRU backward " + units, arrays,
                    (k, a) -> k.gruBackward(rows, units, a[0], 0, a[1], 0, a[2], 0, a[3], 0));
        }
    }

    @Test
    void aLargeProductOrManySmallOnesEndThem() {
        float[] packed = new float[vectors.packedLength(100, 100)];
        vectors.pack(100, 100, random(10_000, 1f), 0, 100, 1, packed);
        var matrix = new PackedMatrix(100, 100, packed);
        float[] a = random(200 * 100, 1f);
        float[] c = new float[200 * 100];
        var few = new EarlyKernels(vectors, 25_000, 25_000);
        few.gemm(1, 0, 100, a, 0, 100, 1, matrix, c, 0, 100);
        few.gemm(1, 0, 100, a, 0, 100, 1, matrix, c, 0, 100);
        assertFalse(few.isOver());
        few.gemm(1, 0, 100, a, 0, 100, 1, matrix, c, 0, 100);
        assertTrue(few.isOver());
        assertFalse(early.isOver());
        early.gemm(200, 0, 100, a, 0, 100, 1, matrix, c, 0, 100);
        assertTrue(early.isOver());
        assertEquals(vectors.name(), early.name());
    }
}
