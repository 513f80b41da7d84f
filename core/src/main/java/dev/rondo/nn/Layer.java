package dev.rondo.nn;

import java.util.random.RandomGenerator;

/// A layer: what it computes, without weights. Implementations are immutable records with one component for each option.
public interface Layer {
    /// The name of this kind of layer in summaries and parameter names, in Keras's spelling: `lstm`, `time_distributed`.
    String kind();

    /// Makes the layer's weights for an input.
    ///
    /// @param name prefix of the parameters' names, such as `lstm_1`
    /// @param input what the layer will be fed
    /// @param random source of the initial weights
    /// @throws IllegalArgumentException if the layer cannot take that input; the message says what to change
    Module build(String name, Signature input, RandomGenerator random);
}
