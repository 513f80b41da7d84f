/// Inference without a tape: a [Session] is a model in use, with its own state and buffers.
@NullMarked
package dev.rondo.infer;

import org.jspecify.annotations.NullMarked;
