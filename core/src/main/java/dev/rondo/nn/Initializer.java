package dev.rondo.nn;

import dev.rondo.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// How a weight starts. Immutable and thread-safe, as long as the generator that it is given is.
@FunctionalInterface
public interface Initializer {
    /// The initial values.
    ///
    /// @param random source of randomness
    /// @param shape the size of each axis
    Tensor values(RandomGenerator random, int... shape);

    /// Zeros.
    static Initializer zeros() {
        return (random, shape) -> Tensor.zeros(shape);
    }

    /// Zeros, but ones in the columns from `start` to before `end`, of a vector.
    static Initializer ones(int start, int end) {
        return (random, shape) -> {
            Tensor values = Tensor.zeros(shape);
            Arrays.fill(values.data(), start, end, 1f);
            return values;
        };
    }

    /// Uniform in [-limit, limit).
    static Initializer uniform(float limit) {
        return (random, shape) -> {
            Tensor values = Tensor.zeros(shape);
            float[] data = values.data();
            for (int i = 0; i < data.length; i++) {
                data[i] = (2 * random.nextFloat() - 1) * limit;
            }
            return values;
        };
    }

    /// For a matrix `[in, out]`: uniform with limit `sqrt(6 / (in + out))` (Glorot and Bengio 2010); for the kernel of a convolution
    /// `[size, in, out]` with `sqrt(6 / (size (in + out)))`, for a vector `[n]` with `sqrt(3 / n)`.
    static Initializer glorotUniform() {
        return (random, shape) -> {
            int last = shape.length - 1;
            double window = 1;
            for (int axis = 0; axis < last - 1; axis++) {
                window *= shape[axis];
            }
            double sum = window * ((double) shape[Math.max(last - 1, 0)] + shape[last]);
            return uniform((float) Math.sqrt(6 / sum)).values(random, shape);
        };
    }

    /// A random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014): Gram-Schmidt on normal vectors.
    static Initializer orthogonal() {
        return (random, shape) -> Orthogonal.matrix(random, shape[0], shape[1]);
    }
}
