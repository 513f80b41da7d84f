package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Untrained weights. As safe for use by several threads as its generator.
///
/// @param random source of randomness, drawn from in the order in which the weights are asked for
public record RandomWeights(RandomGenerator random) implements WeightSource {
    /// Weights from a seed: the same for the same layers.
    public static RandomWeights seed(long seed) {
        return new RandomWeights(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    }

    /// @throws IllegalArgumentException if the weight does not fit in an array
    @Override
    public Parameter parameter(String name, Initializer initial, int... shape) {
        try {
            return new Parameter(name, initial.values(random, shape));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("weight \"" + name + "\": " + e.getMessage(), e);
        }
    }
}
