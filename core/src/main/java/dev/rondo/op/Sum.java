package dev.rondo.op;

import org.jspecify.annotations.Nullable;

/// Where terms are added up, such as the gradient of a weight. Who adds to one that is empty writes all of it: zeros need not be written
/// first and read again.
///
/// @param values the sum so far, or any content while it is empty; the live array
/// @param isEmpty whether nothing has been added
public record Sum(float[] values, boolean isEmpty) {
    /// A sum of something already, or of nothing as zeros.
    ///
    /// @param values the sum so far, null if it is not wanted
    /// @return null if it is not wanted
    public static @Nullable Sum of(float @Nullable [] values) {
        return values == null ? null : new Sum(values, false);
    }
}
