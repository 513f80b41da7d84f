/// Differentiable operations: each a pair of pure static functions, forward and backward, under its equation.
///
/// An op works on a whole ragged batch of sequences at once. Forward returns a `Cache` with what backward needs; backward
/// *adds* to the gradient arrays it is given (null: not wanted) and may use up the cache, so it runs once for each forward.
/// Shapes in comments:
///
/// ```text
/// T  time steps of the longest sequence      B  sequences in the batch      N  real steps of all sequences (rows)
/// F  features of the input                   H  units of a recurrent layer  V  size of the vocabulary
/// ```
///
/// A sequence value is a matrix `[N, F]` with the rows of a [dev.rondo.tensor.Steps]; a value for each sequence is `[B, F]`.
/// Gradients are named `d` + the name of the value.
@NullMarked
package dev.rondo.op;

import org.jspecify.annotations.NullMarked;
