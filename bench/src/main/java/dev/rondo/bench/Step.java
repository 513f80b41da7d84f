package dev.rondo.bench;

import dev.rondo.data.Inputs;
import dev.rondo.nn.Sequential;
import java.util.Arrays;

/// What a workload does over and over: a step of training, or a prediction. [Parts] counts its operations and bytes.
///
/// @param sequences sequences in a batch, B
/// @param steps length of each, T
/// @param pieces parts of the batch that threads work on, each with arrays of its own
/// @param trained whether gradients are made and weights move
/// @param moments numbers that the optimizer keeps for each weight
/// @param clipped whether the norm of all gradients is limited
/// @param words different tokens among the sequences, 0 if these are numbers
public record Step(Sequential model, int sequences, int steps, int pieces, boolean trained, int moments,
        boolean clipped, int words) {
    /// A prediction for so many sequences of numbers, or of tokens behind whose embedding the input product is looked up.
    static Step prediction(Sequential model, int sequences, int steps, int pieces) {
        return new Step(model, sequences, steps, pieces, false, 0, false, 0);
    }

    /// Operations of the products, by [Arithmetic].
    double flops() {
        return sequences * (trained ? Arithmetic.training(model, steps) : Arithmetic.forward(model, steps));
    }

    /// The number of different tokens in the first samples, 0 where these are no tokens.
    static int words(Inputs inputs, int samples) {
        return inputs instanceof Inputs.Tokens tokens
                ? (int) Arrays.stream(tokens.ids()).limit(samples).flatMapToInt(Arrays::stream).distinct().count()
                : 0;
    }
}
