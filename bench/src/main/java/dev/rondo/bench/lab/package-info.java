/// Programs that time single kernels, for work on the kernels.
@NullMarked
package dev.rondo.bench.lab;

import org.jspecify.annotations.NullMarked;
