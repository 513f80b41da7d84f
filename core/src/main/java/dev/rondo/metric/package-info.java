/// Measures of how well predictions meet targets.
@NullMarked
package dev.rondo.metric;

import org.jspecify.annotations.NullMarked;
