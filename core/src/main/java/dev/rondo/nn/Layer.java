package dev.rondo.nn;

import java.util.List;

/// A layer: what it computes, without weights. Implementations are immutable records with one component for each option.
///
/// Most layers have one input and one output and implement [#build] for a single signature; those with several are a [MultiLayer].
public interface Layer {
    /// The name of this kind of layer in summaries and parameter names, in Keras's spelling: `lstm`, `time_distributed`.
    String kind();

    /// Makes the layer's weights for an input.
    ///
    /// @param name prefix of the parameters' names, such as `lstm_1`
    /// @param input what the layer will be fed
    /// @param weights where the weights come from
    /// @throws IllegalArgumentException if the layer cannot take that input, or a weight is not to be had; the message says what
    ///         to change
    Module build(String name, Signature input, WeightSource weights);

    /// Whether each row of the output depends on the same row of the input alone, so that the layer needs no whole sequences; false
    /// unless the layer says so. Such a layer can be put into a [TimeDistributed] and takes part in streams.
    default boolean isStepwise() {
        return false;
    }

    /// A layer that does to each row of a sequence what this one does to a vector; the same one for nearly all.
    default Layer ofEachStep() {
        return this;
    }

    /// Makes the layer's weights for all its inputs.
    ///
    /// @param inputs what the layer will be fed, one signature for each input
    /// @throws IllegalArgumentException if the layer cannot take those inputs, or a weight is not to be had
    default Module build(String name, List<Signature> inputs, WeightSource weights) {
        return build(name, Checks.single(kind() + " \"" + name + "\"", inputs), weights);
    }
}
