package dev.rondo.bench.lab;

import com.sun.management.ThreadMXBean;
import dev.rondo.internal.kernel.CellActivation;
import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Times the kernels on the shapes of recurrent layers and shows what a call allocates, which must be nothing.
///
/// ```text
/// java --add-modules jdk.incubator.vector -cp ... dev.rondo.bench.lab.KernelLab [SECONDS]
/// ```
///
/// All cases take turns until the time is over, and the best turn of each counts: other work on the machine only ever makes
/// a turn slower. Run it in several fresh JVMs: what the JIT makes of a kernel may differ from one to the next, and a kernel
/// that allocates is one whose vectors it boxes.
public final class KernelLab {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Kernels kernels = Kernels.best();
    private final Random random = new Random(1);
    private final List<Case> cases = new ArrayList<>();

    private KernelLab() {}

    /// Something to time: `work` counts what a call does, in floating-point operations or units.
    private static final class Case {
        private final String name;
        private final double work;
        private final Runnable before;
        private final Runnable call;
        private double seconds = Double.POSITIVE_INFINITY;
        private long bytes;

        Case(String name, double work, Runnable before, Runnable call) {
            this.name = name;
            this.work = work;
            this.before = before;
            this.call = call;
        }

        void turn() {
            before.run();
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            call.run();
            seconds = Math.min(seconds, (System.nanoTime() - start) * 1e-9);
            bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        }
    }

    public static void main(String[] args) {
        double limit = args.length > 0 ? Double.parseDouble(args[0]) : 10;
        var lab = new KernelLab();
        lab.products();
        int gemms = lab.cases.size();
        for (int units : new int[] {50, 100, 512}) {
            lab.gates(units);
        }
        long end = System.nanoTime() + (long) (limit * 1e9);
        while (System.nanoTime() < end) {
            lab.cases.forEach(Case::turn);
        }
        System.out.println(lab.kernels.name());
        for (int i = 0; i < lab.cases.size(); i++) {
            Case c = lab.cases.get(i);
            String speed = i < gemms
                    ? "%7.1f GFLOP/s".formatted(c.work / c.seconds * 1e-9)
                    : "%7.2f ns a unit".formatted(c.seconds / c.work * 1e9);
            System.out.printf("%-24s %s %s%n", c.name, speed, c.bytes > 0 ? c.bytes + " bytes a call" : "");
        }
    }

    private float[] numbers(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextFloat() * 2f - 1f;
        }
        return x;
    }

    private void products() {
        int[][] shapes = {{1, 200, 50}, {1, 400, 100}, {16, 128, 32}, {32, 200, 50}, {32, 50, 200}, {32, 400, 100},
                {64, 256, 64}, {64, 400, 200}, {64, 2048, 512}};
        for (int[] s : shapes) {
            product(s[0], s[1], s[2], false);
        }
        product(100, 400, 640, true);
        product(50, 200, 1280, true);
    }

    private void product(int m, int n, int k, boolean transposed) {
        float[] a = numbers(m * k);
        float[] c = new float[m * n];
        float[] data = new float[kernels.packedLength(k, n)];
        kernels.pack(k, n, numbers(k * n), 0, n, 1, data);
        var b = new PackedMatrix(k, n, data);
        int rowStride = transposed ? 1 : k;
        int columnStride = transposed ? m : 1;
        String name = "gemm " + m + " x " + n + " x " + k + (transposed ? " A^T" : "");
        cases.add(new Case(name, 2.0 * m * n * k, () -> {},
                () -> kernels.gemm(m, 0, k, a, 0, rowStride, columnStride, b, c, 0, n)));
    }

    private void gates(int units) {
        int rows = 32;
        int n = rows * units;
        float[] source = numbers(4 * n);
        float[] gates = new float[4 * n];
        float[] rec = numbers(3 * n);
        float[] state = numbers(n);
        float[] tc = numbers(n);
        float[] out = new float[n];
        float[] gradient = new float[n];
        Runnable fill = () -> {
            System.arraycopy(source, 0, gates, 0, 4 * n);
            System.arraycopy(source, 0, out, 0, n);
            System.arraycopy(source, 0, gradient, 0, n);
        };
        String h = " H = " + units;
        float[] c = new float[n];
        cases.add(new Case("lstmForward" + h, n, fill,
                () -> kernels.lstmForward(CellActivation.TANH, rows, units, gates, 0, state, 0, c, 0, tc, 0, out, 0)));
        cases.add(new Case("lstmBackward" + h, n, fill,
                () -> kernels.lstmBackward(CellActivation.TANH, rows, units, gates, 0, state, 0, tc, 0, out, 0,
                        gradient, 0)));
        cases.add(new Case("gruForward" + h, n, fill,
                () -> kernels.gruForward(rows, units, gates, 0, rec, 0, c, 0, state, 0, out, 0)));
        cases.add(new Case("gruBackward" + h, n, fill,
                () -> kernels.gruBackward(rows, units, gates, 0, out, 0, state, 0, gradient, 0)));
        cases.add(new Case("tanh n = " + n, n, fill, () -> kernels.tanh(n, source, 0, out, 0)));
        cases.add(new Case("sigmoid n = " + n, n, fill, () -> kernels.sigmoid(n, source, 0, out, 0)));
    }
}
