package dev.rondo.infer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A warm step of a stream takes no memory from the heap.
class StepWithoutAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /// How long the JIT may take to compile what a step calls, on a busy machine: before that the Vector API allocates its vectors.
    private static final long PATIENCE = 60_000_000_000L;
    private static final int STEPS = 2_000;
    /// The bean's own results, in a round of 2000 steps: less than a byte a step.
    private static final long FEW = STEPS;

    @Test
    void featuresNeedNone() {
        for (Layer recurrent : List.of(Lstm.of(20), Gru.of(20), Gru.of(20).resetBefore(), SimpleRnn.of(20),
                Lstm.of(20).activation(Activation.RELU))) {
            Session session = Session.open(Sequential.of(Signature.sequence(7), recurrent,
                    Dropout.of(0.5), Dense.of(3).activation(Activation.SIGMOID)));
            float[] x = {1f, -1f, 0.5f, 2f, 0f, -0.25f, 1f};
            float[] out = new float[3];
            assertNoAllocation(recurrent.toString(), () -> session.step(x, out));
        }
    }

    @Test
    void tokensAndPoolingsNeedNone() {
        for (Layer pooling : List.of(GlobalMaxPooling.of(), GlobalMeanPooling.of())) {
            Session session = Session.open(Sequential.of(Signature.tokens(), Embedding.of(30, 5),
                    Lstm.of(9).returnSequences(), pooling, Dense.of(1)));
            float[] out = new float[1];
            assertNoAllocation(pooling.toString(), () -> session.step(17, out));
        }
    }

    private static void assertNoAllocation(String what, Runnable step) {
        long least = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (least >= FEW && System.nanoTime() - start < PATIENCE) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < STEPS; i++) {
                step.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least < FEW, what + ": " + least + " bytes in " + STEPS + " steps");
    }
}
