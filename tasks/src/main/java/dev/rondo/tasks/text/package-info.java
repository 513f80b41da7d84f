/// Texts to token ids: tokenizers, vocabularies, padding, and the readers of labelled files.
///
/// The path of a text is [dev.rondo.tasks.text.TextRows] (a row of a file), [dev.rondo.tasks.text.Tokenizer] (its
/// tokens), [dev.rondo.tasks.text.Vocabulary] (their numbers), [dev.rondo.tasks.text.TextEncoder] (the whole path).
@NullMarked
package dev.rondo.tasks.text;

import org.jspecify.annotations.NullMarked;
