package dev.rondo.tape;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rondo.nn.RandomWeights;
import dev.rondo.nn.Signature;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.Attention.ScoreMode;
import dev.rondo.tensor.Steps;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The memory of attention grows with the number of sequences, not with its square.
class AttentionMemoryTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void dropoutTakesAsMuchForEachSequence() {
        long few = bytes(16);
        long many = bytes(128);
        assertTrue(many < 2 * 8 * few, "16 sequences take " + few + " bytes, 128 " + many);
    }

    private static long bytes(int batch) {
        int steps = 64;
        var layer = new Attention(false, ScoreMode.DOT, 0.5, false)
                .build("a", List.of(Signature.sequence(2), Signature.sequence(2)), RandomWeights.seed(1));
        try (Tape tape = Tape.recording()) {
            Var x = tape.input(new float[steps * batch * 2], steps * batch, 2, Steps.dense(steps, batch), true);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            Var y = layer.apply(List.of(x, x)).getFirst();
            tape.backward(LossOps.squaredError(y, new float[y.size()], 1));
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }
    }
}
