/// Programs that time single kernels, or builds in turns, for work on the engine.
@NullMarked
package dev.rondo.bench.lab;

import org.jspecify.annotations.NullMarked;
