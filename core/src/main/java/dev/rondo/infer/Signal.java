package dev.rondo.infer;

import dev.rondo.tape.Parameter;
import org.jspecify.annotations.Nullable;

/// What flows from one layer of a stream to the next: the same arrays at every step, with other contents.
///
/// @param values the step's numbers; of tokens, none
/// @param token an array with the step's token, where the values are tokens or were looked up; else null
/// @param table where the values were looked up, or null
/// @param real an array with whether the step counts, where a mask may leave it out; null if all steps do
record Signal(float[] values, int @Nullable [] token, @Nullable Parameter table, boolean @Nullable [] real) {
    Signal(float[] values, int @Nullable [] token, @Nullable Parameter table) {
        this(values, token, table, null);
    }

    /// Whether the present step counts.
    boolean isReal() {
        return real == null || real[0];
    }

    static Signal numbers(int columns) {
        return new Signal(new float[columns], null, null);
    }

    static Signal tokens() {
        return new Signal(new float[0], new int[1], null);
    }
}
