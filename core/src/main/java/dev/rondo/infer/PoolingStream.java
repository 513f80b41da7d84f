package dev.rondo.infer;

import java.util.Arrays;
import java.util.List;

/// A pooling in a stream: the maximum or the mean of each feature so far.
final class PoolingStream implements Streaming {
    private final Signal input;
    private final float[] x;
    private final boolean max;
    /// The maximum, or the sum.
    private final float[] memory;
    private final Signal output;
    /// The number of steps that count, where a mask may leave some out.
    private final float[] count = new float[1];
    private boolean started;

    PoolingStream(Signal input, boolean max) {
        this.max = max;
        this.input = input;
        x = input.values();
        memory = new float[x.length];
        output = new Signal(Signal.Flow.SO_FAR, max ? memory : new float[x.length]);
    }

    @Override
    public void step(int before) {
        if (max) {
            largest();
        } else {
            mean(before);
        }
    }

    private void largest() {
        if (!started) {
            System.arraycopy(x, 0, memory, 0, x.length);
        }
        for (int j = 0; j < x.length; j++) {
            // NaN stays, as it does in a batch.
            memory[j] = x[j] > memory[j] || Float.isNaN(x[j]) ? x[j] : memory[j];
        }
        started = true;
    }

    /// Written at every step: after a restore the output is still that of another one.
    private void mean(int before) {
        if (input.isReal()) {
            for (int j = 0; j < x.length; j++) {
                memory[j] += x[j];
            }
            count[0]++;
            started = true;
        }
        float steps = input.real() == null ? before + 1 : count[0];
        float scale = steps == 0 ? 0f : 1f / steps;
        for (int j = 0; j < x.length; j++) {
            output.values()[j] = memory[j] * scale;
        }
    }

    @Override
    public Signal output() {
        return output;
    }

    @Override
    public Memory save() {
        return started ? new Memory(List.of(memory.clone(), count.clone())) : Memory.NONE;
    }

    @Override
    public void restore(Memory saved) {
        started = !saved.parts().isEmpty();
        if (!started) {
            Arrays.fill(memory, 0f);
            count[0] = 0;
            return;
        }
        float[] part = saved.parts().getFirst();
        if (part.length != memory.length) {
            throw new IllegalArgumentException("the state of a pooling has " + part.length
                    + " numbers, but the model's has " + memory.length + "; is it the state of another model?");
        }
        System.arraycopy(part, 0, memory, 0, memory.length);
        count[0] = saved.parts().getLast()[0];
    }
}
