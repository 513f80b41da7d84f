package dev.rondo.tape;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a value is to be computed if somebody asks for its numbers.
///
/// @param numbers computes them
/// @param linear the linear layer whose output the value is, null if it is something else
record Deferred(Supplier<float[]> numbers, @Nullable Linear linear) {
    /// The output of a linear layer, `X * W + b`.
    record Linear(Var x, Parameter w, @Nullable Parameter b) {}
}
