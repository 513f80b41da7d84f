package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.MultiModule;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Direction;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Runs a recurrent layer over each sequence both ways, with weights of its own for each (Schuster and Paliwal 1997).
///
/// With sequences, the outputs of both directions at a step are merged; without, those after the last visited step of each. Further
/// inputs are the parts of the initial state, forward ones first; with `returnsState` further outputs are those of the last state.
///
/// Outputs of steps that a mask leaves out are zero.
///
/// @param layer the layer for the forward direction
/// @param mergeMode how the two outputs become one, concatenation by default
/// @param backward the layer for the backward direction, by default the same; given like a forward one, not going backwards
public record Bidirectional(RecurrentLayer layer, MergeMode mergeMode, RecurrentLayer backward) implements MultiLayer {
    /// How the outputs of two directions become one.
    public enum MergeMode {
        /// Side by side: 2H columns.
        CONCAT,
        /// `a + b`
        SUM,
        /// `a * b`
        MUL,
        /// `(a + b) / 2`
        AVE,
        /// Not at all: two outputs, forward first.
        NONE
    }

    /// @throws IllegalArgumentException if a layer goes backwards by itself, or the two do not give the same
    public Bidirectional {
        for (RecurrentLayer each : List.of(layer, backward)) {
            if (each.goesBackwards()) {
                throw new IllegalArgumentException(
                        "bidirectional: the " + each.kind() + " goes backwards already; give the forward layer");
            }
        }
        if (layer.returnsSequences() != backward.returnsSequences()
                || layer.returnsState() != backward.returnsState()) {
            throw new IllegalArgumentException("bidirectional: one layer returns "
                    + (layer.returnsSequences() != backward.returnsSequences() ? "sequences" : "its state")
                    + " and the other does not; let both or neither");
        }
        if (mergeMode != MergeMode.CONCAT && mergeMode != MergeMode.NONE && layer.width() != backward.width()) {
            throw new IllegalArgumentException("bidirectional: outputs of " + layer.width() + " and " + backward.width()
                    + " columns can only be concatenated; use merge mode concat, or layers of the same units");
        }
    }

    /// The layer both ways.
    public Bidirectional(RecurrentLayer layer, MergeMode mergeMode) {
        this(layer, mergeMode, layer);
    }

    /// The layer both ways, outputs side by side.
    public static Bidirectional of(RecurrentLayer layer) {
        return new Bidirectional(layer, MergeMode.CONCAT);
    }

    /// This layer with another merge mode.
    public Bidirectional mergeMode(MergeMode mergeMode) {
        return new Bidirectional(layer, mergeMode, backward);
    }

    /// This layer with another one for the backward direction.
    public Bidirectional backward(RecurrentLayer backward) {
        return new Bidirectional(layer, mergeMode, backward);
    }

    @Override
    public String kind() {
        return "bidirectional";
    }

    @Override
    public MultiModule build(String name, List<Signature> inputs, WeightSource weights) {
        List<Integer> sizes = Stream.concat(layer.stateSizes().stream(), backward.stateSizes().stream()).toList();
        RecurrentLayer.checkInputs("bidirectional \"" + name + "\"", inputs, sizes);
        Signature input = inputs.getFirst();
        RecurrentModule there = ofBoth(layer).build(name + "/forward", input, weights);
        RecurrentModule back = ofBoth(backward).build(name + "/backward", input, weights);
        List<Signature> outputs = new ArrayList<>();
        Signature first = there.output();
        switch (mergeMode) {
            case CONCAT -> outputs.add(first.features(
                    Checks.sum("bidirectional \"" + name + "\"", layer.width(), backward.width())));
            case NONE -> outputs.addAll(List.of(first, back.output()));
            default -> outputs.add(first);
        }
        outputs.addAll(there.outputs().subList(1, there.outputs().size()));
        outputs.addAll(back.outputs().subList(1, back.outputs().size()));
        return new Both(there, back, mergeMode, outputs);
    }

    /// A layer as one of both directions: as in Keras, its outputs of masked steps are zero, whatever the layer says.
    private static RecurrentLayer ofBoth(RecurrentLayer layer) {
        return layer.options(layer.options().zeroOutputForMask(layer.returnsSequences()));
    }

    private record Both(RecurrentModule forward, RecurrentModule backward, MergeMode mergeMode,
            List<Signature> outputs) implements MultiModule {
        @Override
        public List<Parameter> parameters() {
            return Stream.concat(forward.parameters().stream(), backward.parameters().stream()).toList();
        }

        @Override
        public List<Var> apply(List<Var> inputs) {
            int half = inputs.size() == 1 ? 1 : 1 + forward.layer().stateSizes().size();
            List<Var> fromEnd = new ArrayList<>(List.of(inputs.getFirst()));
            fromEnd.addAll(inputs.subList(half, inputs.size()));
            List<Var> there = forward.apply(inputs.subList(0, half), Direction.FORWARD);
            List<Var> back = backward.apply(fromEnd, Direction.BACKWARD);
            Var a = there.getFirst();
            Var b = back.getFirst();
            List<Var> outputs = new ArrayList<>(switch (mergeMode) {
                case CONCAT -> List.of(Ops.concat(a, b));
                case SUM -> List.of(Ops.sum(a, b, 1f));
                case MUL -> List.of(Ops.product(a, b));
                case AVE -> List.of(Ops.sum(a, b, 0.5f));
                case NONE -> List.of(a, b);
            });
            outputs.addAll(there.subList(1, there.size()));
            outputs.addAll(back.subList(1, back.size()));
            return outputs;
        }
    }
}
