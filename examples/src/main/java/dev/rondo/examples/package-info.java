/// The programs of five tutorials on recurrent networks, written for Rondo; each can be read beside its original.
@NullMarked
package dev.rondo.examples;

import org.jspecify.annotations.NullMarked;
