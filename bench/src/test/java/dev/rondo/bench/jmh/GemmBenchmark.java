package dev.rondo.bench.jmh;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The matrix product on the shapes of recurrent layers: `rows x columns x depth` of `C += A * B`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class GemmBenchmark {
    @Param({"1x400x100", "32x200x50", "32x400x100", "64x2048x512", "100x400x640 A^T"})
    String shape = "";

    private final Kernels kernels = Kernels.best();
    private int m;
    private int n;
    private int k;
    private int rowStride;
    private int columnStride;
    private float[] a = {};
    private float[] c = {};
    private PackedMatrix b = new PackedMatrix(0, 0, new float[0]);

    /// Makes the matrices and compares one product with a plain one in double precision.
    @Setup
    public void prepare() {
        String[] sizes = shape.split("[x ]");
        m = Integer.parseInt(sizes[0]);
        n = Integer.parseInt(sizes[1]);
        k = Integer.parseInt(sizes[2]);
        boolean transposed = sizes.length > 3;
        rowStride = transposed ? 1 : k;
        columnStride = transposed ? m : 1;
        a = Close.numbers(m * k, 1);
        c = new float[m * n];
        float[] plain = Close.numbers(k * n, 2);
        float[] packed = new float[kernels.packedLength(k, n)];
        kernels.pack(k, n, plain, 0, n, 1, packed);
        b = new PackedMatrix(k, n, packed);
        product();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int p = 0; p < k; p++) {
                    sum += (double) a[i * rowStride + p * columnStride] * plain[p * n + j];
                }
                // k roundings of partial sums of about sqrt(k) / 3, each half of 2^-23.
                Close.check("C[" + i + ", " + j + "]", sum, c[i * n + j], 6e-8 * k);
            }
        }
    }

    /// `C += A * B`. C grows with every call, linearly, and stays finite.
    @Benchmark
    public float[] product() {
        kernels.gemm(m, 0, k, a, 0, rowStride, columnStride, b, c, 0, n);
        return c;
    }
}
