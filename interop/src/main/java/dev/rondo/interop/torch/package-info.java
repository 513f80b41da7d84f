/// Models trained with PyTorch: their `state_dict` from a file, and Rondo models made of it.
@NullMarked
package dev.rondo.interop.torch;

import org.jspecify.annotations.NullMarked;
