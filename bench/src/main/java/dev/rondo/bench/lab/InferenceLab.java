package dev.rondo.bench.lab;

import com.sun.management.ThreadMXBean;
import dev.rondo.data.Inputs;
import dev.rondo.infer.Session;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.train.Trainer;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/// Times inference: one sample at a time (I1), one streamed step (I2), batches (I3).
///
/// ```text
/// java --add-modules jdk.incubator.vector -cp ... dev.rondo.bench.lab.InferenceLab [SECONDS EACH]
/// ```
public final class InferenceLab {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int SAMPLES = 4096;
    private static final int STEPS = 50;
    private static final int VOCABULARY = 10_000;

    private InferenceLab() {}

    public static void main(String[] args) {
        double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 3;
        Sequential model = Sequential.of(Signature.tokens(), Embedding.of(VOCABULARY, 100),
                Lstm.of(100).returnSequences(), Lstm.of(50), Dense.of(1).activation(Activation.SIGMOID));
        Random random = new Random(1);
        int[][] ids = new int[SAMPLES][];
        for (int i = 0; i < SAMPLES; i++) {
            ids[i] = random.ints(STEPS, 0, VOCABULARY).toArray();
        }
        Session one = Session.open(model);
        int[] next = {0};
        latencies("I1", seconds, 500, () -> one.predict(ids[next[0]++ % SAMPLES]));
        Session stream = Session.open(Sequential.of(Signature.sequence(32), Lstm.of(100)));
        float[] x = new float[32];
        Arrays.fill(x, 0.1f);
        float[] out = new float[100];
        latencies("I2", seconds, 3000, () -> stream.step(x, out));
        Trainer trainer = Trainer.of(model).threads(2);
        Inputs inputs = Inputs.tokens(ids);
        double best = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            trainer.predict(inputs);
            best = Math.max(best, SAMPLES * 1e9 / (System.nanoTime() - start));
        }
        System.out.printf("I3 %.0f samples/s%n", best);
    }

    /// Repeats rounds of calls and prints the last round's median and 99th percentile, and what a call allocated in it.
    private static void latencies(String name, double seconds, int calls, Runnable call) {
        double[] times = new double[calls];
        long bytes = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                long start = System.nanoTime();
                call.run();
                times[i] = (System.nanoTime() - start) * 1e-3;
            }
            bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / calls;
        } while (System.nanoTime() < end);
        Arrays.sort(times);
        System.out.printf("%s p50 %.2f us, p99 %.2f us, %d bytes a call%n", name, times[calls / 2],
                times[calls - 1 - calls / 100], bytes);
    }
}
