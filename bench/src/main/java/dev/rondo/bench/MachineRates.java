package dev.rondo.bench;

import dev.rondo.bench.Part.Pass;
import dev.rondo.bench.Part.Product;
import dev.rondo.internal.kernel.CellActivation;
import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.internal.parallel.Team;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Measures rates when they are first asked for, on all threads at the same time. Of the calls in a short window the fastest counts,
/// as a bound must not rise because something else ran. For one thread.
final class MachineRates implements Rates {
    private static final double WINDOW = 0.06;
    /// Larger matrices are measured at this size, where the rate no longer depends on it.
    private static final int LARGEST = 2048;
    private static final int DEEPEST = 512;
    private static final int FEWEST_CALLS = 3;

    private final int threads;
    private final double peak;
    private final Kernels kernels = Kernels.best();
    private final Map<Object, Double> known = new HashMap<>();

    private record Bandwidth(Level level, boolean changing) {}

    /// Something to time; what `prepare` does is not timed.
    private interface Call {
        void run();

        default void prepare() {}
    }

    /// @param peak operations a second in registers, as measured before with as many threads; measured again here like all else
    MachineRates(int threads, double peak) {
        this.threads = threads;
        BandwidthKernel.warmUp();
        this.peak = Math.max(peak, measure(PeakKernel.stretch(), () -> PeakKernel::stretch));
    }

    @Override
    public double peak() {
        return peak;
    }

    @Override
    public double read(Level level) {
        return bandwidth(new Bandwidth(level, false));
    }

    @Override
    public double change(Level level) {
        return bandwidth(new Bandwidth(level, true));
    }

    private double bandwidth(Bandwidth wanted) {
        int bytes = wanted.level.sample(threads);
        int rounds = Math.max(1, (1 << 20) / bytes);
        return rate(wanted, (double) bytes * rounds, () -> {
            float[] x = new float[bytes / Float.BYTES];
            return () -> {
                for (int i = 0; i < rounds; i++) {
                    BandwidthKernel.run(x, wanted.changing);
                }
            };
        });
    }

    @Override
    public double product(Product product) {
        int m = Math.min(product.m(), LARGEST);
        int n = Math.min(product.n(), LARGEST);
        int k = Math.min(product.k(), DEEPEST);
        Product measured = new Product(1, m, n, k);
        return rate(measured, measured.flops(), () -> {
            float[] packed = new float[kernels.packedLength(k, n)];
            kernels.pack(k, n, numbers(k * n), 0, n, 1, packed);
            float[] a = numbers(m * k);
            float[] c = new float[m * n];
            PackedMatrix b = new PackedMatrix(k, n, packed);
            return () -> kernels.gemm(m, 0, k, a, 0, k, 1, b, c, 0, n);
        });
    }

    @Override
    public double pass(Pass pass) {
        Pass once = new Pass(pass.work(), pass.backward(), 1, pass.rows(), Math.min(pass.units(), LARGEST));
        return rate(once, once.numbers(), () -> new PassCall(kernels, once));
    }

    private static float[] numbers(int n) {
        return new RandomData(1).normal(n, 0.5f);
    }

    private double rate(Object what, double work, Supplier<Call> call) {
        return known.computeIfAbsent(what, _ -> measure(work, call));
    }

    private double measure(double work, Supplier<Call> call) {
        double[] rates = new double[threads];
        try (Team team = new Team(threads)) {
            Call[] calls = new Call[threads];
            Arrays.setAll(calls, _ -> call.get());
            team.run(threads, i -> rates[i] = work / best(calls[i]));
        }
        return Arrays.stream(rates).sum();
    }

    private static double best(Call call) {
        long best = Long.MAX_VALUE;
        long end = System.nanoTime() + (long) (WINDOW * 1e9);
        for (int i = 0; i < FEWEST_CALLS || System.nanoTime() < end; i++) {
            call.prepare();
            long start = System.nanoTime();
            call.run();
            best = Math.min(best, System.nanoTime() - start);
        }
        return best * 1e-9;
    }

    /// A pass writes over its numbers, which are put back before each call.
    private static final class PassCall implements Call {
        private final Kernels k;
        private final Pass pass;
        private final float[] source;
        private final float[] gates;
        private final float[] state;
        private final float[] other;
        private final float[] gradient;

        PassCall(Kernels kernels, Pass pass) {
            k = kernels;
            this.pass = pass;
            int n = pass.rows() * pass.units();
            source = numbers(4 * n);
            gates = source.clone();
            state = numbers(4 * n);
            other = new float[n];
            gradient = new float[n];
        }

        @Override
        public void prepare() {
            System.arraycopy(source, 0, gates, 0, gates.length);
            System.arraycopy(source, 0, gradient, 0, gradient.length);
            System.arraycopy(source, 0, other, 0, other.length);
        }

        @Override
        public void run() {
            int rows = pass.rows();
            int units = pass.units();
            int n = rows * units;
            switch (pass.work()) {
                case LSTM_TANH -> lstm(CellActivation.TANH, rows, units);
                case LSTM_RELU -> lstm(CellActivation.RELU, rows, units);
                case GRU -> {
                    if (pass.backward()) {
                        k.gruBackward(rows, units, gates, 0, other, 0, state, 0, gradient, 0);
                    } else {
                        k.gruForward(rows, units, gates, 0, state, 0, other, 0, source, 0, gradient, 0);
                    }
                }
                case TANH -> {
                    if (pass.backward()) {
                        k.tanhBackward(n, state, 0, gradient, 0);
                    } else {
                        k.tanh(n, source, 0, gates, 0);
                    }
                }
                case RELU -> {
                    if (pass.backward()) {
                        k.reluBackward(n, state, 0, gradient, 0);
                    } else {
                        k.relu(n, source, 0, gates, 0);
                    }
                }
                case EXPONENTIAL -> {
                    for (int row = 0; row < rows; row++) {
                        k.expOfRow(units, source, row * units, 4f, gates, row * units);
                    }
                }
            }
        }

        private void lstm(CellActivation activation, int rows, int units) {
            if (pass.backward()) {
                k.lstmBackward(activation, rows, units, gates, 0, state, 0, other, 0, source, 0, gradient, 0);
            } else {
                k.lstmForward(activation, rows, units, gates, 0, state, 0, other, 0, gradient, 0, other, 0);
            }
        }
    }
}
