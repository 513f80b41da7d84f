/// Rondo against the golden files of Keras and PyTorch: layers, activations, losses and training steps.
@NullMarked
package dev.rondo.testkit.golden;

import org.jspecify.annotations.NullMarked;
