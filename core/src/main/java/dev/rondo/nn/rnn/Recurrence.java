package dev.rondo.nn.rnn;

import dev.rondo.nn.Signature;
import dev.rondo.op.CellStep;
import dev.rondo.op.Direction;
import dev.rondo.tape.CarriedState;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RecurrentOps;
import dev.rondo.tape.RowOps;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Compaction;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A recurrent layer with its weights: what all cells have in common. Masked steps are taken out before the cell runs and put back after.
///
/// @param step the arithmetic of one step, of which the first two parameters are the weights; null for what is not one plain cell
/// @param cells the cell or cells over whole sequences
record Recurrence(RecurrentLayer layer, List<Signature> outputs, List<Parameter> parameters,
        @Nullable Supplier<CellStep> step, Cell cells) implements RecurrentModule {
    /// A cell over whole sequences without a mask.
    @FunctionalInterface
    interface Cell {
        /// @param x `[N, F]` with steps
        /// @param initial the parts of the state to start from, empty for zero
        Run run(Var x, List<Var> initial, Direction direction);
    }

    @Override
    public List<Var> apply(List<Var> inputs) {
        boolean backwards = layer.goesBackwards();
        List<Var> outputs = apply(inputs, backwards ? Direction.BACKWARD : Direction.FORWARD);
        if (!backwards || !layer.returnsSequences()) {
            return outputs;
        }
        List<Var> turned = new ArrayList<>(outputs);
        // As in Keras, the mask stays in the order of the input.
        turned.set(0, Ops.reverse(outputs.getFirst()).withMask(outputs.getFirst().mask()));
        return turned;
    }

    @Override
    public @Nullable CellStep cell() {
        return step == null ? null : step.get();
    }

    @Override
    public List<Var> apply(List<Var> inputs, Direction direction) {
        Mask mask = inputs.getFirst().mask();
        if (mask != null && inputs.size() > 1 && !layer.options().masksGivenState()) {
            List<Var> plain = new ArrayList<>(inputs);
            plain.set(0, inputs.getFirst().withMask(null));
            List<Var> outputs = new ArrayList<>(apply(plain, direction));
            if (layer.returnsSequences()) {
                outputs.set(0, outputs.getFirst().withMask(mask));
            }
            return outputs;
        }
        CarriedState.Part carried = inputs.getFirst().tape().carried();
        if (carried != null && inputs.size() == 1) {
            return wanted(goOn(inputs.getFirst(), direction, carried), mask, direction);
        }
        if (step != null && !inputs.getFirst().tape().isRecording() && inputs.size() == 1 && !layer.returnsState()
                && (mask == null || layer.returnsSequences() || !layer.options().zeroOutputForMask())) {
            return List.of(infer(inputs.getFirst(), mask, direction, step.get()));
        }
        State initial = inputs.size() == 1 ? null : new State(inputs.subList(1, inputs.size()));
        return wanted(run(inputs.getFirst(), initial, direction), mask, direction);
    }

    /// Goes on from the state that the tape carries.
    private Run goOn(Var x, Direction direction, CarriedState.Part carried) {
        if (direction == Direction.BACKWARD) {
            throw new IllegalArgumentException("a " + layer.kind() + " that reads backwards needs whole sequences, but "
                    + "the state is carried from window to window; use a forward layer, or do without stateful()");
        }
        Run run = run(x, new State(carried.take(x.tape(), layer.stateSizes())), direction);
        carried.keep(run.last().parts());
        return run;
    }

    private List<Var> wanted(Run run, @Nullable Mask mask, Direction direction) {
        Var first = layer.returnsSequences() ? run.outputs() : last(run, mask, direction);
        if (!layer.returnsState()) {
            return List.of(first);
        }
        List<Var> all = new ArrayList<>();
        all.add(first);
        all.addAll(run.last().parts());
        return all;
    }

    /// The output from a zero state where nothing else is wanted, without keeping what backward would need.
    private Var infer(Var x, @Nullable Mask mask, Direction direction, CellStep cell) {
        Parameter kernel = parameters.get(0);
        Parameter recurrent = parameters.get(1);
        boolean sequences = layer.returnsSequences();
        if (mask == null || mask.isFull()) {
            Var y = RecurrentOps.infer(layer.kind(), x, direction, kernel, recurrent, cell, sequences);
            return sequences ? y.withMask(mask) : y;
        }
        Compaction real = mask.compaction();
        Var y = RecurrentOps.infer(layer.kind(), Ops.pick(x, real.rows(), real.steps()), direction, kernel, recurrent,
                cell,
                sequences);
        return sequences ? Ops.pick(y, places(mask, direction), mask.steps()).withMask(mask)
                : Ops.pick(y, real.places(), null);
    }

    /// For each row under a mask, the packed row that is its output.
    private int[] places(Mask mask, Direction direction) {
        Compaction real = mask.compaction();
        return layer.options().zeroOutputForMask() ? real.packed()
                : real.repeats(mask.steps(), direction == Direction.BACKWARD);
    }

    /// The output of the step visited last; under a mask that may be a repeated one.
    private Var last(Run run, @Nullable Mask mask, Direction direction) {
        if (mask == null) {
            return run.last().parts().get(layer.outputPart());
        }
        Steps steps = mask.steps();
        int[] rows = new int[steps.batch()];
        for (int b = 0; b < rows.length; b++) {
            int length = steps.length(b);
            rows[b] = length == 0 ? -1 : steps.row(direction == Direction.FORWARD ? length - 1 : 0, b);
        }
        return Ops.pick(run.outputs(), rows, null);
    }

    @Override
    public Run run(Var input, @Nullable State initial, Direction direction) {
        List<Var> start = initial == null ? List.of() : initial.parts();
        Var x = dropped(input);
        Mask mask = input.mask();
        if (mask == null) {
            return cells.run(x, start, direction);
        }
        if (mask.isFull()) {
            Run run = cells.run(x, start, direction);
            return new Run(run.outputs().withMask(mask), run.last());
        }
        Compaction real = mask.compaction();
        Run run = cells.run(Ops.pick(x, real.rows(), real.steps()),
                start.stream().map(part -> Ops.pick(part, real.order(), null)).toList(), direction);
        return new Run(Ops.pick(run.outputs(), places(mask, direction), mask.steps()).withMask(mask),
                new State(run.last().parts().stream().map(part -> Ops.pick(part, real.places(), null)).toList()));
    }

    private Var dropped(Var x) {
        double rate = layer.options().dropout();
        if (rate == 0 || !x.tape().isRecording()) {
            return x;
        }
        return RowOps.timesEachStep(x, RowOps.dropoutMask(x.tape(), x.steps().batch(), x.columns(), rate));
    }
}
