package dev.rondo.nn;

/// What flows between two layers: token ids, a sequence of feature vectors, or one vector for each sequence.
///
/// @param kind the kind of value
/// @param features the number of columns; 1 for token ids
/// @param steps the number of steps where it is the same for all sequences and known beforehand, else [#ANY]; [#ANY] for a vector
public record Signature(Kind kind, int features, int steps) {
    /// The number of steps when each sequence may have its own.
    public static final int ANY = 0;

    /// The kinds of values.
    public enum Kind {
        /// One token id a step.
        TOKENS,
        /// A vector for each step of a sequence.
        SEQUENCE,
        /// A vector for each sequence.
        VECTOR
    }

    /// @throws IllegalArgumentException if features is less than 1, steps is negative, or a vector has steps
    public Signature {
        if (features < 1) {
            throw new IllegalArgumentException("features is " + features + "; a value has at least one column");
        }
        if (steps < 0 || steps > 0 && kind == Kind.VECTOR) {
            throw new IllegalArgumentException(
                    "steps is " + steps + "; a sequence has 1 or more, or 0 for any number, and a "
                            + "vector has none");
        }
    }

    /// A value with any number of steps.
    public Signature(Kind kind, int features) {
        this(kind, features, ANY);
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

    /// This signature with a number of steps that is the same for all sequences; [#ANY] for any.
    public Signature steps(int steps) {
        return new Signature(kind, features, steps);
    }

    /// This signature with another number of columns; token ids become vectors.
    public Signature features(int features) {
        return new Signature(kind == Kind.TOKENS ? Kind.SEQUENCE : kind, features, steps);
    }

    /// Whether the number of steps is the same for all sequences and known beforehand.
    public boolean hasSteps() {
        return steps != ANY;
    }

    /// Whether there is a row for each step.
    public boolean isSequence() {
        return kind != Kind.VECTOR;
    }

    @Override
    public String toString() {
        String time = hasSteps() ? Integer.toString(steps) : "T";
        return switch (kind) {
            case TOKENS -> "[B, " + time + "] token ids";
            case SEQUENCE -> "[B, " + time + ", " + features + "]";
            case VECTOR -> "[B, " + features + "]";
        };
    }
}
