package dev.rondo.nn;

/// What flows between two layers: token ids, a sequence of feature vectors, or one vector for each sequence.
///
/// @param kind the kind of value
/// @param features the number of columns; 1 for token ids
public record Signature(Kind kind, int features) {
    /// The kinds of values.
    public enum Kind {
        /// One token id a step.
        TOKENS,
        /// A vector for each step of a sequence.
        SEQUENCE,
        /// A vector for each sequence.
        VECTOR
    }

    /// @throws IllegalArgumentException if features is less than 1
    public Signature {
        if (features < 1) {
            throw new IllegalArgumentException("features is " + features + "; a value has at least one column");
        }
    }

    /// Sequences of token ids.
    public static Signature tokens() {
        return new Signature(Kind.TOKENS, 1);
    }

    /// Sequences of vectors of that many features.
    public static Signature sequence(int features) {
        return new Signature(Kind.SEQUENCE, features);
    }

    /// One vector of that many features for each sequence.
    public static Signature vector(int features) {
        return new Signature(Kind.VECTOR, features);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case TOKENS -> "[B, T] token ids";
            case SEQUENCE -> "[B, T, " + features + "]";
            case VECTOR -> "[B, " + features + "]";
        };
    }
}
