package dev.rondo.infer;

import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.State;
import dev.rondo.op.Direction;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import java.util.List;

/// A recurrent layer in a stream that is not one plain cell, such as stacked cells: each step runs on a tape, which allocates.
final class TapeRecurrentStream implements Streaming {
    private static final Steps ONE = Steps.dense(1, 1);

    private final RecurrentModule module;
    private final Signal input;
    private final Signal output;
    private final Workspace workspace = new Workspace();
    private List<float[]> state = List.of();

    TapeRecurrentStream(RecurrentModule module, Signal input) {
        this.module = module;
        this.input = input;
        output = new Signal(new float[module.layer().width()], null, null,
                module.layer().returnsSequences() ? input.real() : null);
    }

    @Override
    public void step(int before) {
        float[] y = output.values();
        if (!input.isReal()) {
            if (module.layer().options().zeroOutputForMask()) {
                Arrays.fill(y, 0f);
            } else if (!state.isEmpty()) {
                System.arraycopy(state.get(module.layer().outputPart()), 0, y, 0, y.length);
            }
            return;
        }
        try (Tape tape = Tape.inference(workspace)) {
            State start = state.isEmpty() ? null
                    : new State(state.stream().map(part -> tape.constant(part, 1, part.length, null)).toList());
            Var x = tape.constant(input.values(), 1, input.values().length, ONE);
            var run = module.run(x, start, Direction.FORWARD);
            System.arraycopy(run.outputs().data(), 0, y, 0, y.length);
            state = run.last().parts().stream().map(part -> part.tensor().data()).toList();
        }
    }

    @Override
    public Signal output() {
        return output;
    }

    @Override
    public Memory save() {
        return state.isEmpty() ? Memory.NONE : new Memory(state);
    }

    @Override
    public void restore(Memory memory) {
        List<Integer> sizes = module.layer().stateSizes();
        List<Integer> given = memory.parts().stream().map(part -> part.length).toList();
        if (!given.isEmpty() && !given.equals(sizes)) {
            throw new IllegalArgumentException("the state of a recurrent layer has parts of " + given
                    + " numbers, but the model's layer has " + sizes + "; is it the state of another model?");
        }
        state = memory.parts();
        Arrays.fill(output.values(), 0f);
    }
}
