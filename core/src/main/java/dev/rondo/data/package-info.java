/// Data sets in memory and the ragged, sorted batches that models eat.
@NullMarked
package dev.rondo.data;

import org.jspecify.annotations.NullMarked;
