/// Layers that make one value of several.
@NullMarked
package dev.rondo.nn.merge;

import org.jspecify.annotations.NullMarked;
