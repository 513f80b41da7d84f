package dev.rondo.tasks;

import dev.rondo.tasks.text.Vocabulary;
import dev.rondo.tensor.Tensor;

/// Where the embedding of a text classifier begins, instead of random numbers: vectors that were trained on other texts.
@FunctionalInterface
public interface WordTable {
    /// Makes the table, once the vocabulary is known.
    ///
    /// @param vocabulary the tokens of the ids
    /// @return a row for each id, `[vocabulary, length]`; the embedding gets that length. Kept, not copied
    Tensor table(Vocabulary vocabulary);
}
