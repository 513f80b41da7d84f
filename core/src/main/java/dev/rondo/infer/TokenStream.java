package dev.rondo.infer;

import dev.rondo.nn.Embedding;
import dev.rondo.nn.Module;
import dev.rondo.op.EmbeddingOp;
import dev.rondo.tape.Parameter;

/// An embedding in a stream.
final class TokenStream implements Streaming {
    private final Parameter table;
    private final int[] token;
    private final Signal output;

    TokenStream(Embedding layer, Module module, Signal input) {
        int[] ids = input.token();
        if (ids == null) {
            throw new IllegalStateException("an embedding needs token ids, but its input is numbers");
        }
        token = ids;
        table = module.parameters().getFirst();
        output = new Signal(Signal.Flow.STEP, new float[module.output().features()], ids, table,
                layer.masksZero() ? new boolean[1] : null);
    }

    @Override
    public void read() {
        EmbeddingOp.forward(1, token, table.rows(token, 1), output.values());
    }

    @Override
    public void step(int before) {
        boolean[] real = output.real();
        if (real != null) {
            real[0] = token[0] != 0;
        }
    }

    @Override
    public Signal output() {
        return output;
    }
}
