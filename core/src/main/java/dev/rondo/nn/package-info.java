/// Layers and models.
///
/// A [Layer] is an immutable record: what the layer is. Building it for an input gives a [Module]: the layer with its
/// [dev.rondo.tape.Parameter]s. Names and defaults are Keras's. A [Sequential] is a stack of layers; a [Model] may as well be
/// plain Java over modules.
@NullMarked
package dev.rondo.nn;

import org.jspecify.annotations.NullMarked;
