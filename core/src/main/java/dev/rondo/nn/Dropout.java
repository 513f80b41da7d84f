package dev.rondo.nn;

import dev.rondo.tape.Ops;

/// Dropout (Srivastava et al. 2014): zeroes elements at random while training, so that units do not rely on each other; the
/// others are scaled by `1 / (1 - rate)`. The identity at inference.
///
/// @param rate probability that an element becomes zero, in [0, 1)
public record Dropout(double rate) implements Layer {
    /// @throws IllegalArgumentException if the rate is not in [0, 1)
    public Dropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("dropout: rate is " + rate + "; it must be at least 0 and less than 1");
        }
    }

    /// Dropout at that rate.
    public static Dropout of(double rate) {
        return new Dropout(rate);
    }

    @Override
    public String kind() {
        return "dropout";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        return new Pass(input, x -> Ops.dropout(x, rate));
    }
}
