package dev.rondo.bench.jmh;

import dev.rondo.internal.kernel.Kernels;
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

/// Exponential, tanh and Adam on arrays.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ElementwiseBenchmark {
    private static final float ALPHA = 1e-3f;
    private static final float C1 = 0.1f;
    private static final float C2 = 1e-3f;
    private static final float EPSILON = 1e-7f;

    /// Numbers in a call.
    @Param({"1600", "262144"})
    int n;

    private final Kernels kernels = Kernels.best();
    private float[] x = {};
    private float[] y = {};
    private float[] weights = {};
    private float[] m = {};
    private float[] v = {};

    /// Compares one call of each with the mathematics in double precision.
    @Setup
    public void prepare() {
        x = Close.numbers(n, 1);
        y = new float[n];
        weights = Close.numbers(n, 2);
        m = new float[n];
        v = new float[n];
        float[] before = weights.clone();
        adam();
        for (int i = 0; i < n; i++) {
            double step = ALPHA * (C1 * x[i]) / (Math.sqrt(C2 * (double) x[i] * x[i]) + EPSILON);
            // The roundings of m, v, the root, the quotient and the difference, the last of which is of the weight.
            Close.check("weight " + i, before[i] - step, weights[i], 1e-6);
        }
        exp();
        for (int i = 0; i < n; i++) {
            Close.check("exp " + x[i], Math.exp(x[i]), y[i], 2e-7);
        }
        tanh();
        for (int i = 0; i < n; i++) {
            Close.check("tanh " + x[i], Math.tanh(x[i]), y[i], 4e-7);
        }
    }

    /// `y = e^x`
    @Benchmark
    public float[] exp() {
        kernels.exp(n, x, 0, y, 0);
        return y;
    }

    /// `y = tanh x`
    @Benchmark
    public float[] tanh() {
        kernels.tanh(n, x, 0, y, 0);
        return y;
    }

    /// One step of Adam.
    @Benchmark
    public float[] adam() {
        kernels.adam(n, weights, 0, x, 0, m, v, 0, ALPHA, C1, C2, EPSILON, 0f);
        return weights;
    }
}
