/// Values: arrays of float32 and int32 numbers with a shape, row-major.
@NullMarked
package dev.rondo.tensor;

import org.jspecify.annotations.NullMarked;
