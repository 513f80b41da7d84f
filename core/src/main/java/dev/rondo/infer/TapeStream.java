package dev.rondo.infer;

import dev.rondo.nn.Module;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.List;

/// A layer without memory that has no stream of its own: applied to each step on a tape, which allocates.
final class TapeStream implements Streaming {
    private static final Steps ONE = Steps.dense(1, 1);

    private final Module module;
    private final List<Signal> inputs;
    private final Signal output;
    private final Workspace workspace = new Workspace();

    TapeStream(Module module, Signal input) {
        this(module, List.of(input));
    }

    TapeStream(Module module, List<Signal> inputs) {
        this.module = module;
        this.inputs = List.copyOf(inputs);
        boolean masked = inputs.stream().anyMatch(input -> input.real() != null);
        output = new Signal(new float[module.output().features()], null, null, masked ? new boolean[1] : null);
    }

    @Override
    public void step(int before) {
        float[] out = output.values();
        boolean[] real = output.real();
        try (Tape tape = Tape.inference(workspace)) {
            Var y = module.apply(inputs.stream().map(input -> on(tape, input)).toList()).getFirst();
            System.arraycopy(y.data(), 0, out, 0, out.length);
            if (real != null) {
                Mask mask = y.mask();
                real[0] = mask == null || mask.counts(0);
            }
        }
    }

    private static Var on(Tape tape, Signal input) {
        int[] token = input.token();
        float[] x = input.values();
        Var value = x.length == 0 && token != null ? tape.tokens(token, ONE) : tape.constant(x, 1, x.length, ONE);
        return input.real() == null ? value : value.withMask(Mask.of(ONE, input.real()));
    }

    @Override
    public Signal output() {
        return output;
    }
}
