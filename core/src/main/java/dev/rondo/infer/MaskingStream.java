package dev.rondo.infer;

import dev.rondo.nn.Masking;

/// A masking layer in a stream: says which steps count.
final class MaskingStream implements Streaming {
    private final float value;
    private final Signal input;
    private final boolean[] real = new boolean[1];
    private final Signal output;

    MaskingStream(Masking layer, Signal input) {
        value = layer.value();
        this.input = input;
        output = new Signal(Signal.Flow.STEP, new float[input.values().length], null, null, real);
    }

    @Override
    public void step(int before) {
        float[] x = input.values();
        float[] y = output.values();
        boolean any = false;
        for (float number : x) {
            any |= number != value;
        }
        real[0] = any && input.isReal();
        for (int j = 0; j < x.length; j++) {
            y[j] = any ? x[j] : 0f;
        }
    }

    @Override
    public Signal output() {
        return output;
    }
}
