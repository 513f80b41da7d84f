/// Optimizers: what a step does with the gradients.
///
/// An [Optimizer] is a record of options with Keras's names and defaults; [Optimizer#start] makes the [OptimizerState] that belongs
/// to one training run. [Clipping] limits gradients before a step.
@NullMarked
package dev.rondo.optim;

import org.jspecify.annotations.NullMarked;
