package dev.rondo.op;

import org.jspecify.annotations.Nullable;

/// Where an op adds terms up, such as the gradient of a weight. An op that is given an empty one writes each element before it adds to it,
/// even if there are no terms: zeros need not be written first and read again.
///
/// @param values the sum so far, or any content if it is empty; the live array
/// @param isEmpty whether nothing had been added when the op was given it
public record Sum(float[] values, boolean isEmpty) {
    /// A sum of something already, or of nothing as zeros.
    ///
    /// @param values the sum so far, null if it is not wanted
    /// @return null if it is not wanted
    public static @Nullable Sum of(float @Nullable [] values) {
        return values == null ? null : new Sum(values, false);
    }
}
