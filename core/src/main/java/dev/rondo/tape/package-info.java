/// Reverse-mode differentiation: a tape that remembers the order of operations, and nothing else.
///
/// A [Tape] hands out [Var]s; [Ops] computes with them and appends a backward step to the tape each; [Tape#backward] runs the
/// steps in reverse and returns [Gradients]. Gradients belong to the tape, not to the [Parameter]s.
@NullMarked
package dev.rondo.tape;

import org.jspecify.annotations.NullMarked;
