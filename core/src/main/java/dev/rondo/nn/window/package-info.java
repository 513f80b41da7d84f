/// Layers over windows of steps, convolution and pooling, and layers that add, drop or repeat steps.
@NullMarked
package dev.rondo.nn.window;

import org.jspecify.annotations.NullMarked;
