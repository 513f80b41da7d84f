/// Attention of one sequence to another or to itself.
@NullMarked
package dev.rondo.nn.attention;

import org.jspecify.annotations.NullMarked;
