/// Layers that add noise while training and are the identity at inference; [dev.rondo.nn.Dropout] is the plain one.
@NullMarked
package dev.rondo.nn.noise;

import org.jspecify.annotations.NullMarked;
