/// Activation functions as layers, with constants or learned slopes of their own.
@NullMarked
package dev.rondo.nn.activation;

import org.jspecify.annotations.NullMarked;
