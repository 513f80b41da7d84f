/// Word vectors from GloVe, word2vec and fastText, as the table of an embedding.
@NullMarked
package dev.rondo.interop.vectors;

import org.jspecify.annotations.NullMarked;
