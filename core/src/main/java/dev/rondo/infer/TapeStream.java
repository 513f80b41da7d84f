package dev.rondo.infer;

import dev.rondo.infer.Signal.Flow;
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

    /// @throws IllegalStateException if rows of a sequence meet a vector that another sequence has not made yet
    TapeStream(Module module, List<Signal> inputs) {
        this.module = module;
        this.inputs = List.copyOf(inputs);
        boolean masked = inputs.stream().anyMatch(input -> input.real() != null);
        output = new Signal(flow(inputs), new float[module.output().features()], null, null,
                masked ? new boolean[1] : null);
    }

    private static Flow flow(List<Signal> inputs) {
        boolean step = inputs.stream().anyMatch(input -> input.flow() == Flow.STEP);
        boolean soFar = inputs.stream().anyMatch(input -> input.flow() == Flow.SO_FAR);
        if (step && soFar) {
            throw new IllegalStateException(
                    "it takes the steps of a sequence together with a vector made of one, which has "
                            + "no end while it is taken step by step; use predict with whole sequences");
        }
        return step ? Flow.STEP : soFar ? Flow.SO_FAR : Flow.GIVEN;
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
        Var value = x.length == 0 && token != null ? tape.tokens(token, ONE)
                : tape.constant(x, 1, x.length, input.flow() == Flow.STEP ? ONE : null);
        return input.real() == null ? value : value.withMask(Mask.of(ONE, input.real()));
    }

    @Override
    public Signal output() {
        return output;
    }
}
