package dev.rondo.bench.jmh;

import dev.rondo.internal.kernel.CellActivation;
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

/// The gate passes of LSTM and GRU over 32 rows. Each call first copies its inputs, since the passes write over them; `copy` is
/// that alone.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class GateBenchmark {
    private static final int ROWS = 32;
    /// A few functions of relative error 4e-7, one after another.
    private static final double TOLERANCE = 3e-6;

    @Param({"50", "100", "512"})
    int units;

    private final Kernels kernels = Kernels.best();
    private float[] source = {};
    private float[] previous = {};
    private float[] gates = {};
    private float[] recurrent = {};
    private float[] c = {};
    private float[] tc = {};
    private float[] h = {};
    private float[] dh = {};
    private float[] dc = {};

    /// Compares one call of each pass with its equations in double precision.
    @Setup
    public void prepare() {
        int n = ROWS * units;
        source = Close.numbers(4 * n, 1);
        previous = Close.numbers(n, 2);
        gates = new float[4 * n];
        recurrent = Close.numbers(3 * n, 3);
        c = new float[n];
        tc = new float[n];
        h = new float[n];
        dh = new float[n];
        dc = new float[n];
        lstmForward();
        forEachUnit(this::checkLstm);
        lstmBackward();
        forEachUnit(this::checkLstmBackward);
        gruForward();
        forEachUnit(this::checkGru);
        gruBackward();
        forEachUnit((row, u) -> {
            int at = row * units + u;
            Close.check("dh of GRU", source[at] * (double) source[row * 3 * units + u], dh[at], TOLERANCE);
        });
    }

    private interface Check {
        void at(int row, int unit);
    }

    private void forEachUnit(Check check) {
        for (int row = 0; row < ROWS; row++) {
            for (int u = 0; u < units; u++) {
                check.at(row, u);
            }
        }
    }

    private void checkLstm(int row, int u) {
        int at = row * units + u;
        int z = row * 4 * units + u;
        double i = sigmoid(source[z]);
        double f = sigmoid(source[z + units]);
        double g = Math.tanh(source[z + 2 * units]);
        double o = sigmoid(source[z + 3 * units]);
        double cell = f * previous[at] + i * g;
        Close.check("c of LSTM", cell, c[at], TOLERANCE);
        Close.check("h of LSTM", o * Math.tanh(cell), h[at], TOLERANCE);
    }

    private void checkLstmBackward(int row, int u) {
        int at = row * units + u;
        int z = row * 4 * units + u;
        double dy = source[at];
        double dCell = dy + dy * source[z + 3 * units] * (1 - (double) previous[at] * previous[at]);
        Close.check("dc of LSTM", dCell * source[z + units], dc[at], TOLERANCE);
    }

    private void checkGru(int row, int u) {
        int at = row * units + u;
        int q = row * 3 * units + u;
        double z = sigmoid((double) source[q] + recurrent[q]);
        double r = sigmoid((double) source[q + units] + recurrent[q + units]);
        double candidate = Math.tanh(source[q + 2 * units] + r * recurrent[q + 2 * units]);
        Close.check("h of GRU", z * previous[at] + (1 - z) * candidate, h[at], TOLERANCE);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /// What every call does first.
    @Benchmark
    public float[] copy() {
        System.arraycopy(source, 0, gates, 0, gates.length);
        System.arraycopy(source, 0, dh, 0, dh.length);
        System.arraycopy(source, 0, dc, 0, dc.length);
        return gates;
    }

    /// LSTM forward.
    @Benchmark
    public float[] lstmForward() {
        copy();
        kernels.lstmForward(CellActivation.TANH, ROWS, units, gates, 0, previous, 0, c, 0, tc, 0, h, 0);
        return h;
    }

    /// LSTM backward, from gates and tc that are any numbers.
    @Benchmark
    public float[] lstmBackward() {
        copy();
        kernels.lstmBackward(CellActivation.TANH, ROWS, units, gates, 0, previous, 0, previous, 0, dh, 0, dc, 0);
        return dc;
    }

    /// GRU forward.
    @Benchmark
    public float[] gruForward() {
        copy();
        kernels.gruForward(ROWS, units, gates, 0, recurrent, 0, tc, 0, previous, 0, h, 0);
        return h;
    }

    /// GRU backward, from gates that are any numbers.
    @Benchmark
    public float[] gruBackward() {
        copy();
        kernels.gruBackward(ROWS, units, gates, 0, c, 0, previous, 0, dh, 0);
        return dh;
    }
}
