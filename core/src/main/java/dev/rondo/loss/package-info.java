/// Losses by name, over a batch's targets.
@NullMarked
package dev.rondo.loss;

import org.jspecify.annotations.NullMarked;
