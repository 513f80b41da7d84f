/// Worker threads. Not part of the public API.
@NullMarked
package dev.rondo.internal.parallel;

import org.jspecify.annotations.NullMarked;
