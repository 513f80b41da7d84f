/// Files: models ([dev.rondo.io.SavedSequential], and [dev.rondo.io.ModelFile] below it), named tensors
/// ([dev.rondo.io.Safetensors]) and writing without leaving half a file behind ([dev.rondo.io.AtomicFile]).
///
/// Whatever is read is taken to be hostile: every length is checked against what the file really holds and against
/// [dev.rondo.io.Limits] before memory is reserved for it, and a bad file gives one
/// [dev.rondo.io.ModelFormatException] of one line.
@NullMarked
package dev.rondo.io;

import org.jspecify.annotations.NullMarked;
