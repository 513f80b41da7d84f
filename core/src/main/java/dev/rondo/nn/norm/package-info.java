/// Layers that normalize or rescale.
@NullMarked
package dev.rondo.nn.norm;

import org.jspecify.annotations.NullMarked;
