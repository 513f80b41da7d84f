package dev.rondo.infer;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Module;
import dev.rondo.nn.Plan;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.op.CellStep;
import java.util.List;

/// A layer in a stream: takes one step after another, with memory and arrays of its own, and allocates nothing.
///
/// A layer is wired to its inputs when it is made: it reads their signals and rewrites its own, [#output].
interface Streaming {
    /// What a layer remembers from step to step, as a value.
    ///
    /// @param parts arrays that are never written again; none at the start of a stream
    record Memory(List<float[]> parts) {
        static final Memory NONE = new Memory(List.of());
    }

    /// Reads tokens of the model's inputs. All layers do this before one takes the step, so that none has taken what another refuses.
    ///
    /// @throws IllegalArgumentException if there is no such token
    default void read() {}

    /// Takes a step.
    ///
    /// @param before steps that the stream had before
    void step(int before);

    /// Where the layer writes what it gives first.
    Signal output();

    /// Where the layer writes all that it gives, in order.
    default List<Signal> outputs() {
        return List.of(output());
    }

    /// A copy of what the layer remembers; [Memory#NONE] for a layer that remembers nothing.
    default Memory save() {
        return Memory.NONE;
    }

    /// Goes on from a memory; [Memory#NONE] is the start.
    ///
    /// @throws IllegalArgumentException if it is the memory of another layer
    default void restore(Memory memory) {
        if (!memory.parts().isEmpty()) {
            throw new IllegalArgumentException("the state has a memory where the model's layer has none; "
                    + "is it the state of another model?");
        }
    }

    /// A layer in a stream.
    ///
    /// @param inputs what it reads
    /// @throws IllegalStateException if the layer needs whole sequences
    static Streaming of(Layer layer, Module module, List<Signal> inputs) {
        return switch (layer) {
            case RecurrentLayer recurrent when recurrent.goesBackwards() -> throw refusal(layer);
            case RecurrentLayer recurrent -> recurrent((RecurrentModule) module, inputs);
            case Plan plan -> new GraphStream((Graph) module, inputs);
            case Layer single when inputs.size() == 1 -> of(layer, module, inputs.getFirst());
            case Layer merging when layer.isStepwise() || ofVectors(module, inputs) -> new TapeStream(module, inputs);
            default -> throw refusal(layer);
        };
    }

    /// Whether a layer makes a vector of nothing but vectors: whatever it does, it has them whole.
    private static boolean ofVectors(Module module, List<Signal> inputs) {
        return !module.output().isSequence()
                && inputs.stream().noneMatch(input -> input.flow() == Signal.Flow.STEP);
    }

    /// A layer of one input in a stream.
    ///
    /// @param input what it reads
    /// @throws IllegalStateException if the layer needs whole sequences
    static Streaming of(Layer layer, Module module, Signal input) {
        return switch (layer) {
            case Bidirectional both -> throw refusal(layer);
            case RecurrentLayer recurrent when recurrent.goesBackwards() -> throw refusal(layer);
            case RecurrentLayer recurrent -> recurrent((RecurrentModule) module, List.of(input));
            case Plan plan -> new GraphStream((Graph) module, List.of(input));
            // Of a vector every element has its own slope at each step.
            case Prelu slopes when !module.output().isSequence() -> new TapeStream(module, List.of(input));
            case Embedding embedding -> new TokenStream(embedding, module, input);
            case Masking masking -> new MaskingStream(masking, input);
            case Dense dense -> new DenseStream(dense, module, input);
            case Dropout dropout -> new SameStream(input);
            case TimeDistributed each -> of(each.layer(), module, input);
            case GlobalMaxPooling max when !max.keepDims() -> new PoolingStream(input, true);
            case GlobalMeanPooling mean when !mean.keepDims() -> new PoolingStream(input, false);
            case Layer stepwise when layer.isStepwise() || ofVectors(module, List.of(input)) ->
                new TapeStream(module, List.of(input));
            default -> throw refusal(layer);
        };
    }

    /// @param inputs the sequence, then the parts of the initial state, if any
    private static Streaming recurrent(RecurrentModule module, List<Signal> inputs) {
        List<Signal> initial = inputs.subList(1, inputs.size());
        for (Signal part : initial) {
            if (part.flow() != Signal.Flow.GIVEN) {
                throw new IllegalStateException("its initial state is made of a sequence, which has no end while it is "
                        + "taken step by step; use predict with whole sequences, or give the state as inputs of the model");
            }
        }
        CellStep cell = module.cell();
        return cell == null ? new TapeRecurrentStream(module, inputs.getFirst(), initial)
                : new RecurrentStream(module, cell, inputs.getFirst(), initial);
    }

    /// Why a layer does not stream.
    static IllegalStateException refusal(Layer layer) {
        return new IllegalStateException(
                "a " + layer.kind() + " layer needs whole sequences and cannot take them step by step; "
                        + "use predict with whole sequences");
    }
}
