package dev.rondo.cli;

import dev.rondo.interop.vectors.WordVectors;
import dev.rondo.interop.vectors.WordVectors.Missing;
import dev.rondo.interop.vectors.WordVectors.Table;
import dev.rondo.tasks.WordTable;
import dev.rondo.tasks.text.Vocabulary;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;

/// The word vectors of `--vectors`, of which only the words of the vocabulary are read.
///
/// @param file what the user typed
record VectorTable(String file, Console console) implements WordTable {
    @Override
    public Tensor table(Vocabulary vocabulary) {
        try {
            WordVectors vectors = WordVectors.read(TargetFile.path(file), vocabulary::contains);
            vectors.notes().forEach(note -> console.note(file + ": " + note));
            Table table = vectors.table(vocabulary.tokens(), Missing.RANDOM, 0);
            if (table.found() == 0) {
                throw new Failure("%s: has no word of the data; is it of the same language, and in lower case?"
                        .formatted(file));
            }
            console.note("%s: vectors of %d numbers for %,d of %,d words".formatted(file, vectors.dimension(),
                    table.found(), vocabulary.size()));
            return table.weights();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
