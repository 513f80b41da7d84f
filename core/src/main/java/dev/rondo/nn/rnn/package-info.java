/// Recurrent layers, the wrapper that runs one both ways, and the state that they carry.
@NullMarked
package dev.rondo.nn.rnn;

import org.jspecify.annotations.NullMarked;
