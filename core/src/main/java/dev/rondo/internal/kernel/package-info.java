/// Arithmetic on arrays: matrix products, gate passes, elementary functions, reductions, update rules.
///
/// Kernels check nothing (ops check once per call) and know neither shapes with names nor layers. Not part of the public API.
@NullMarked
package dev.rondo.internal.kernel;

import org.jspecify.annotations.NullMarked;
