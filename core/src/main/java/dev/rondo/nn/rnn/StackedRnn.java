package dev.rondo.nn.rnn;

import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.ArrayList;
import java.util.List;

/// Several recurrent cells as one layer: at each step the output of one is the input of the next, and the state is that of all.
///
/// @param cells the cells, first to last; of their options only the dropout counts
/// @param options what the layer does with sequences and state; its dropout must be zero, as cells have their own
public record StackedRnn(List<RecurrentLayer> cells, RecurrentOptions options) implements RecurrentLayer {
    /// @throws IllegalArgumentException if there is no cell, or the options have dropout
    public StackedRnn {
        cells = List.copyOf(cells);
        if (cells.isEmpty()) {
            throw new IllegalArgumentException("rnn: there is no cell; give at least one");
        }
        if (options.dropout() > 0 || options.recurrentDropout() > 0) {
            throw new IllegalArgumentException("rnn: the layer has dropout; give it to the cells");
        }
    }

    /// Those cells with Keras's defaults.
    public static StackedRnn of(RecurrentLayer... cells) {
        return new StackedRnn(List.of(cells), RecurrentOptions.of());
    }

    @Override
    public StackedRnn returnSequences() {
        return options(options.withSequences());
    }

    @Override
    public StackedRnn returnState() {
        return options(options.withState());
    }

    @Override
    public StackedRnn goBackwards() {
        return options(options.backwards());
    }

    @Override
    public StackedRnn withoutBias() {
        return new StackedRnn(cells.stream().map(RecurrentLayer::withoutBias).toList(), options);
    }

    @Override
    public StackedRnn options(RecurrentOptions options) {
        return new StackedRnn(cells, options);
    }

    @Override
    public String kind() {
        return "rnn";
    }

    @Override
    public int units() {
        return cells.getLast().units();
    }

    @Override
    public int width() {
        return cells.getLast().width();
    }

    @Override
    public int outputPart() {
        return stateSizes().size() - cells.getLast().stateSizes().size() + cells.getLast().outputPart();
    }

    @Override
    public List<Integer> stateSizes() {
        return cells.stream().flatMap(cell -> cell.stateSizes().stream()).toList();
    }

    @Override
    public RecurrentModule build(String name, List<Signature> inputs, WeightSource weights) {
        RecurrentLayer.checkInputs("rnn \"" + name + "\"", inputs, stateSizes());
        List<RecurrentModule> modules = new ArrayList<>();
        Signature flowing = inputs.getFirst();
        for (int i = 0; i < cells.size(); i++) {
            modules.add(cells.get(i).build(name + "/cell_" + i, flowing, weights));
            flowing = flowing.features(cells.get(i).width());
        }
        List<Parameter> parameters = modules.stream().flatMap(module -> module.parameters().stream()).toList();
        return new Recurrence(this, outputs(inputs.getFirst()), parameters, null, (x, initial, direction) -> {
            Var flow = x;
            List<Var> last = new ArrayList<>();
            for (RecurrentModule module : modules) {
                int from = last.size();
                int to = from + module.layer().stateSizes().size();
                State start = initial.isEmpty() ? null : new State(initial.subList(from, to));
                var run = module.run(flow, start, direction);
                flow = run.outputs();
                last.addAll(run.last().parts());
            }
            return new RecurrentModule.Run(flow, new State(last));
        });
    }
}
