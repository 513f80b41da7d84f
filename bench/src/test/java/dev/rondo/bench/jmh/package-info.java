/// JMH benchmarks of kernels and ops, each with a check of its results. The build compiles them, `bench/jmh` runs them.
@NullMarked
package dev.rondo.bench.jmh;

import org.jspecify.annotations.NullMarked;
