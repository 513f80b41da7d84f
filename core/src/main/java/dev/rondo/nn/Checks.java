package dev.rondo.nn;

import java.util.Arrays;
import java.util.List;

/// Validation that the layers' options share.
public final class Checks {
    private Checks() {}

    /// Throws unless an option is at least 1.
    public static void positive(String layer, String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(layer + ": " + option + " is " + value + "; it must be at least 1");
        }
    }

    /// Throws unless a recurrent layer has at least one unit, and few enough that its recurrent kernel fits in an array.
    public static void units(String layer, int units, int gates) {
        positive(layer, "units", units);
        int most = (int) Math.sqrt(Integer.MAX_VALUE / (double) gates);
        if (units > most) {
            throw new IllegalArgumentException(layer + ": units is " + units + "; it must be at most " + most
                    + ", so that the recurrent kernel fits in an array");
        }
    }

    /// Throws unless a layer is fed numbers.
    public static void numbers(String layer, Signature input) {
        if (input.kind() == Signature.Kind.TOKENS) {
            throw new IllegalArgumentException(
                    layer + " takes numbers, but its input is token ids; put an Embedding first");
        }
    }

    /// Throws unless a layer is fed a sequence of vectors.
    public static void sequence(String layer, Signature input) {
        if (input.kind() != Signature.Kind.SEQUENCE) {
            throw new IllegalArgumentException(layer + " takes a sequence of vectors, but its input is " + input + "; "
                    + (input.kind() == Signature.Kind.TOKENS
                            ? "put an Embedding before it"
                            : "let the layer before it return sequences (returnSequences())"));
        }
    }

    /// Throws unless the number of steps of a sequence is known.
    public static void steps(String layer, Signature input) {
        if (!input.hasSteps()) {
            throw new IllegalArgumentException(layer + " needs sequences of one length, but its input " + input
                    + " has any number of steps; give the model's input a number of steps (Signature.steps)");
        }
    }

    /// How many numbers or steps a layer makes of its input.
    ///
    /// @param factors what to multiply, none of them negative
    /// @throws IllegalArgumentException if they are more than an array holds
    public static int product(String layer, int... factors) {
        long product = 1;
        for (int factor : factors) {
            product *= factor;
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(layer + ": " + factor + " times "
                        + product / factor + " is more than fits in an array; make the layer or its input smaller");
            }
        }
        return (int) product;
    }

    /// How many numbers or steps a layer makes of several inputs.
    ///
    /// @param parts what to add, none of them negative
    /// @throws IllegalArgumentException if they are more than an array holds
    public static int sum(String layer, int... parts) {
        long sum = Arrays.stream(parts).asLongStream().sum();
        if (sum > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(layer + ": " + sum
                    + " in all are more than fit in an array; make the layer or its inputs smaller");
        }
        return (int) sum;
    }

    /// The only element of a layer's inputs.
    ///
    /// @throws IllegalArgumentException if there is none or another
    static <T> T single(String layer, List<T> inputs) {
        if (inputs.size() != 1) {
            throw new IllegalArgumentException(layer + " takes one input, not " + inputs.size()
                    + "; merge them first, for instance with a Concatenate");
        }
        return inputs.getFirst();
    }
}
