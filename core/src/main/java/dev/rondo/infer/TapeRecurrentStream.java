package dev.rondo.infer;

import dev.rondo.infer.Signal.Flow;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.State;
import dev.rondo.op.Direction;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A recurrent layer in a stream that is not one plain cell, such as stacked cells: each step runs on a tape, which allocates.
final class TapeRecurrentStream implements Streaming {
    private static final Steps ONE = Steps.dense(1, 1);

    private final RecurrentModule module;
    private final Signal input;
    /// What the state starts from; empty for zero.
    private final List<Signal> initial;
    private final List<Signal> outputs;
    private final Workspace workspace = new Workspace();
    private List<float[]> state = List.of();

    TapeRecurrentStream(RecurrentModule module, Signal input, List<Signal> initial) {
        this.module = module;
        this.input = input;
        this.initial = List.copyOf(initial);
        boolean sequences = module.layer().returnsSequences();
        List<Signal> gives = new ArrayList<>();
        gives.add(new Signal(sequences ? Flow.STEP : Flow.SO_FAR, new float[module.layer().width()], null, null,
                sequences ? input.real() : null));
        if (module.layer().returnsState()) {
            module.layer().stateSizes().forEach(size -> gives.add(new Signal(Flow.SO_FAR, new float[size])));
        }
        outputs = List.copyOf(gives);
    }

    @Override
    public void step(int before) {
        float[] y = output().values();
        if (isTaken()) {
            advance(y);
        } else if (module.layer().options().zeroOutputForMask()) {
            Arrays.fill(y, 0f);
        } else if (!state.isEmpty()) {
            System.arraycopy(state.get(module.layer().outputPart()), 0, y, 0, y.length);
        }
        List<float[]> now = state.isEmpty() ? initial.stream().map(Signal::values).toList() : state;
        for (int part = 1; part < outputs.size(); part++) {
            float[] gives = outputs.get(part).values();
            if (now.isEmpty()) {
                Arrays.fill(gives, 0f);
            } else {
                System.arraycopy(now.get(part - 1), 0, gives, 0, gives.length);
            }
        }
    }

    /// Whether the present step is run: masked ones are too where the layer is told so and has a state to start from.
    private boolean isTaken() {
        return input.isReal() || !initial.isEmpty() && !module.layer().options().masksGivenState();
    }

    private void advance(float[] y) {
        List<float[]> from = state.isEmpty() ? initial.stream().map(Signal::values).toList() : state;
        try (Tape tape = Tape.inference(workspace)) {
            State start = from.isEmpty() ? null
                    : new State(from.stream().map(part -> tape.constant(part, 1, part.length, null)).toList());
            Var x = tape.constant(input.values(), 1, input.values().length, ONE);
            var run = module.run(x, start, Direction.FORWARD);
            System.arraycopy(run.outputs().data(), 0, y, 0, y.length);
            state = run.last().parts().stream().map(part -> part.tensor().data()).toList();
        }
    }

    @Override
    public Signal output() {
        return outputs.getFirst();
    }

    @Override
    public List<Signal> outputs() {
        return outputs;
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
        Arrays.fill(output().values(), 0f);
    }
}
