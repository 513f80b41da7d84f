package dev.rondo.bench;

import org.jspecify.annotations.Nullable;

/// A stretch of a step that has one bound: the processor or the way to its numbers, whichever takes longer.
///
/// @param layer its place in the model, from 0
/// @param pieces how many threads it can keep busy
/// @param product what is multiplied, null if nothing
/// @param pass what is done for each number by itself, null if nothing that takes longer than reading it
/// @param read bytes that are only read
/// @param changed bytes that are written, most of them read before
/// @param set bytes that one piece goes over again and again, more than 0: they say in what levels these lie
record Part(Kind kind, int layer, int pieces, @Nullable Product product, @Nullable Pass pass, double read,
        double changed, double set) {
    /// What parts are listed as.
    enum Kind {
        /// Lookups of rows, and their gradients.
        EMBEDDING,
        /// Products of a recurrent layer's input with its kernel, and the gradients of that input.
        INPUT,
        /// Products of states with the recurrent kernel, and back.
        RECURRENT,
        /// What gates do with sums to get states, and back.
        GATES,
        /// Gradients of the weights of recurrent layers.
        GRADIENTS,
        /// Dense layers with their gradients and the softmax.
        DENSE,
        /// Sums of the pieces' gradients, clipping, the optimizer's step, packing the weights.
        UPDATE
    }

    /// `times` products of `[m, k]` and `[k, n]`.
    record Product(double times, int m, int n, int k) {
        double flops() {
            return times * 2 * m * n * k;
        }
    }

    /// A kernel over `[rows, units]`, `times` times.
    record Pass(Work work, boolean backward, double times, int rows, int units) {
        double numbers() {
            return times * rows * units;
        }
    }

    /// What passes compute for a unit.
    enum Work {
        LSTM_TANH, LSTM_RELU, GRU, TANH, RELU, EXPONENTIAL
    }

    double flops() {
        return product == null ? 0 : product.flops();
    }

    /// The bytes that move to and from a level.
    double bytes(Level level) {
        return (read + changed) * level.share(set);
    }

    /// The least time that so many threads take.
    ///
    /// @param tiles whether products go at the rate that their kernel reaches at their shape, instead of the peak
    double seconds(Rates rates, int threads, boolean tiles) {
        double operations = product == null ? 0 : product.flops() / (tiles ? rates.product(product) : rates.peak());
        double numbers = pass == null ? 0 : pass.numbers() / rates.pass(pass);
        double bytes = 0;
        for (Level level : Level.values()) {
            double share = level.share(set);
            bytes += share == 0 ? 0 : share * (read / rates.read(level) + changed / rates.change(level));
        }
        return Math.max(Math.max(operations, numbers), bytes) * threads / Math.min(threads, pieces);
    }
}
