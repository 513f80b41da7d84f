/// Layers that put the elements of a sample in another shape.
@NullMarked
package dev.rondo.nn.shape;

import org.jspecify.annotations.NullMarked;
