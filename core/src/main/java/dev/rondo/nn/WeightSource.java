package dev.rondo.nn;

import dev.rondo.tape.Parameter;

/// Where a layer that is built gets its weights from: a generator ([RandomWeights]) or a file ([GivenWeights]).
@FunctionalInterface
public interface WeightSource {
    /// Makes a weight.
    ///
    /// @param name its name, such as `lstm_1/kernel`, unique within a model
    /// @param initial how it starts where nobody has trained it
    /// @param shape the size of each axis, at least 1
    /// @throws IllegalArgumentException if the source has no such weight; the message says what it has
    Parameter parameter(String name, Initializer initial, int... shape);

    /// Makes an array that belongs to a layer but is not trained, such as the moving mean of a batch normalization.
    ///
    /// @param name its name, unique within a model
    /// @param initial how it starts
    /// @param shape the size of each axis, at least 1
    /// @throws IllegalArgumentException if the source has no such array
    default Parameter state(String name, Initializer initial, int... shape) {
        return parameter(name, initial, shape).asState();
    }
}
