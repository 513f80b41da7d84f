package dev.rondo.infer;

import dev.rondo.tape.Parameter;
import org.jspecify.annotations.Nullable;

/// What flows from one layer of a stream to the next: the same arrays at every step, with other contents.
///
/// @param flow what the numbers are at a step
/// @param values the step's numbers; of tokens, none
/// @param token an array with the step's token, where the values are tokens or were looked up; else null
/// @param table where the values were looked up, or null
/// @param real an array with whether the step counts, where a mask may leave it out; null if all steps do
record Signal(Flow flow, float[] values, int @Nullable [] token, @Nullable Parameter table, boolean @Nullable [] real) {
    /// What a value of a model is while its sequences are not at their end.
    enum Flow {
        /// A row of a sequence.
        STEP,
        /// A vector made of a sequence: what it would be if the sequence ended here.
        SO_FAR,
        /// A vector that is the same at every step.
        GIVEN
    }

    /// Numbers that all count.
    Signal(Flow flow, float[] values) {
        this(flow, values, null, null, null);
    }

    /// Whether the present step counts.
    boolean isReal() {
        return real == null || real[0];
    }

    /// Arrays of its own for the same kind of numbers.
    Signal copy() {
        return new Signal(flow, new float[values.length], token == null ? null : new int[1], table,
                real == null ? null : new boolean[1]);
    }

    static Signal numbers(int columns) {
        return new Signal(Flow.STEP, new float[columns]);
    }

    static Signal tokens() {
        return new Signal(Flow.STEP, new float[0], new int[1], null, null);
    }

    /// A vector that is given once.
    static Signal vector(int columns) {
        return new Signal(Flow.GIVEN, new float[columns]);
    }
}
