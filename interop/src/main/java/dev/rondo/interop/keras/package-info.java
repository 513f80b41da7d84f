/// Keras models: `.keras` archives and `.h5` files, of Keras 2 and 3.
@NullMarked
package dev.rondo.interop.keras;

import org.jspecify.annotations.NullMarked;
