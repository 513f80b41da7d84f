package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Direction;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.stream.Stream;

/// Runs a recurrent layer over each sequence both ways, with weights of its own for each (Schuster and Paliwal 1997).
///
/// With sequences, the outputs of both directions at a step are merged; without, those after the last visited step of each.
///
/// @param layer the layer for the forward direction; the backward one has the same options
/// @param mergeMode how the two outputs become one, concatenation by default
public record Bidirectional(RecurrentLayer layer, MergeMode mergeMode) implements Layer {
    /// How the outputs of two directions become one.
    public enum MergeMode {
        /// Side by side: 2H columns.
        CONCAT,
        /// `a + b`
        SUM,
        /// `a * b`
        MUL,
        /// `(a + b) / 2`
        AVE
    }

    /// @throws IllegalArgumentException if the layer goes backwards by itself
    public Bidirectional {
        if (layer.goesBackwards()) {
            throw new IllegalArgumentException(
                    "bidirectional: the " + layer.kind() + " goes backwards already; give the forward layer");
        }
    }

    /// The layer both ways, outputs side by side.
    public static Bidirectional of(RecurrentLayer layer) {
        return new Bidirectional(layer, MergeMode.CONCAT);
    }

    /// This layer with another merge mode.
    public Bidirectional mergeMode(MergeMode mergeMode) {
        return new Bidirectional(layer, mergeMode);
    }

    @Override
    public boolean isStepwise() {
        return false;
    }

    @Override
    public String kind() {
        return "bidirectional";
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.sequence("bidirectional \"" + name + "\"", input);
        RecurrentModule forward = layer.build(name + "/forward", input, weights);
        RecurrentModule backward = layer.build(name + "/backward", input, weights);
        int width = mergeMode == MergeMode.CONCAT ? 2 * layer.units() : layer.units();
        return new Both(forward, backward, mergeMode, new Signature(layer.output().kind(), width));
    }

    private record Both(RecurrentModule forward, RecurrentModule backward, MergeMode mergeMode,
            Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return Stream.concat(forward.parameters().stream(), backward.parameters().stream()).toList();
        }

        @Override
        public Var apply(Var input) {
            Var a = forward.read(input, Direction.FORWARD);
            Var b = backward.read(input, Direction.BACKWARD);
            return switch (mergeMode) {
                case CONCAT -> Ops.concat(a, b);
                case SUM -> Ops.sum(a, b, 1f);
                case MUL -> Ops.product(a, b);
                case AVE -> Ops.sum(a, b, 0.5f);
            };
        }
    }
}
