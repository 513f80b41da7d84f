/// Every reader of files against any bytes.
@NullMarked
package dev.rondo.fuzz;

import org.jspecify.annotations.NullMarked;
