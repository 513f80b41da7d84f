/// The workloads on which Rondo and its rivals are measured.
@NullMarked
package dev.rondo.bench;

import org.jspecify.annotations.NullMarked;
