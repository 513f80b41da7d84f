package dev.rondo.infer;

import dev.rondo.nn.Module;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;

/// A layer without memory that has no stream of its own: applied to each step on a tape, which allocates.
final class TapeStream implements Streaming {
    private static final Steps ONE = Steps.dense(1, 1);

    private final Module module;
    private final Signal input;
    private final Signal output;
    private final Workspace workspace = new Workspace();

    TapeStream(Module module, Signal input) {
        this.module = module;
        this.input = input;
        output = new Signal(new float[module.output().features()], null, null, input.real());
    }

    @Override
    public void step(int before) {
        float[] out = output.values();
        try (Tape tape = Tape.inference(workspace)) {
            int[] token = input.token();
            float[] x = input.values();
            var y = module.apply(x.length == 0 && token != null
                    ? tape.tokens(token, ONE) : tape.constant(x, 1, x.length, ONE));
            System.arraycopy(y.data(), 0, out, 0, out.length);
        }
    }

    @Override
    public Signal output() {
        return output;
    }
}
