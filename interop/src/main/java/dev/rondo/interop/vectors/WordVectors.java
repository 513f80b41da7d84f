package dev.rondo.interop.vectors;

import dev.rondo.io.InputFile;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Words with a vector each, as GloVe, word2vec and fastText write them.
///
/// ```java
/// WordVectors vectors = WordVectors.read(Path.of("glove.6B.100d.txt"), vocabulary::contains);
/// Tensor table = vectors.table(vocabulary.tokens(), Missing.RANDOM, 42).weights();
/// ```
///
/// Immutable and safe for use by several threads.
///
/// @see "Mikolov et al. 2013; Pennington et al. 2014; Bojanowski et al. 2017"
public final class WordVectors {
    private final int dimension;
    private final SequencedMap<String, float[]> vectors;
    private final List<String> notes;

    WordVectors(int dimension, SequencedMap<String, float[]> vectors, List<String> notes) {
        this.dimension = dimension;
        this.vectors = vectors;
        this.notes = List.copyOf(notes);
    }

    /// What a word gets that has no vector.
    public enum Missing {
        /// The mean of the vectors that were found.
        MEAN,
        /// Numbers of its own, uniform in [-0.05, 0.05).
        RANDOM
    }

    /// The table of an embedding.
    ///
    /// @param weights a row for each token, `[tokens, dimension]`
    /// @param found how many tokens had a vector
    /// @param missing tokens that had none, at most a hundred of them
    public record Table(Tensor weights, int found, List<String> missing) {
        private static final int MOST_MISSING = 100;
    }

    /// Reads all words of a file within the default limits.
    ///
    /// @param file GloVe text, word2vec text or binary, or fastText `.vec`, also gzip-compressed; told apart by what is in it
    /// @throws ModelFormatException if it is none, or damaged; the message names the line, or of a binary file the word
    /// @throws IOException if it cannot be read
    public static WordVectors read(Path file) throws IOException {
        return read(file, _ -> true);
    }

    /// Reads some words of a file within the default limits. The numbers of other words are passed over unread.
    ///
    /// @param file GloVe text, word2vec text or binary, or fastText `.vec`, also gzip-compressed; told apart by what is in it
    /// @param wanted which words to keep, such as those of a vocabulary
    /// @throws ModelFormatException if it is none, or damaged; the message names the line, or of a binary file the word
    /// @throws IOException if it cannot be read
    public static WordVectors read(Path file, Predicate<? super String> wanted) throws IOException {
        return read(file, wanted, Limits.defaults());
    }

    /// Reads some words of a file. The numbers of other words are passed over unread.
    ///
    /// @param file GloVe text, word2vec text or binary, or fastText `.vec`, also gzip-compressed; told apart by what is in it
    /// @param wanted which words to keep, such as those of a vocabulary
    /// @param limits `bytes` bounds the file once unpacked
    /// @throws ModelFormatException if it is none, or damaged; the message names the line, or of a binary file the word
    /// @throws IOException if it cannot be read
    public static WordVectors read(Path file, Predicate<? super String> wanted, Limits limits) throws IOException {
        InputFile.require(file);
        Objects.requireNonNull(wanted, "wanted is null");
        try (InputStream in = Files.newInputStream(file)) {
            return VectorReader.read(VectorBytes.of(in, file.toString(), limits.bytes()), file.toString(), wanted);
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
    }

    /// How many numbers a vector has.
    public int dimension() {
        return dimension;
    }

    /// The words, in the order of the file.
    public SequencedSet<String> words() {
        return Collections.unmodifiableSequencedSet(vectors.sequencedKeySet());
    }

    /// What was left out: duplicates, and words that are not UTF-8; a line each.
    public List<String> notes() {
        return notes;
    }

    /// A copy of a word's vector.
    public Optional<float[]> vector(String word) {
        return Optional.ofNullable(vectors.get(word)).map(float[]::clone);
    }

    /// A table for an embedding.
    ///
    /// @param tokens the token of each id, reserved ones too
    /// @param missing what tokens without a vector get
    /// @param seed of random numbers
    /// @throws IllegalArgumentException if the table does not fit in an array
    public Table table(List<String> tokens, Missing missing, long seed) {
        long size = (long) tokens.size() * dimension;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(tokens.size() + " words with vectors of " + dimension
                    + " numbers do not fit in one table; use a smaller vocabulary");
        }
        float[] weights = new float[(int) size];
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        double[] sum = new double[dimension];
        List<Integer> without = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            float[] vector = vectors.get(tokens.get(id));
            if (vector == null) {
                without.add(id);
                continue;
            }
            System.arraycopy(vector, 0, weights, id * dimension, dimension);
            for (int i = 0; i < dimension; i++) {
                sum[i] += vector[i];
            }
        }
        int found = tokens.size() - without.size();
        for (int id : without) {
            for (int i = 0; i < dimension; i++) {
                weights[id * dimension + i] = missing == Missing.RANDOM ? random.nextFloat(-0.05f, 0.05f)
                        : (float) (sum[i] / Math.max(1, found));
            }
        }
        return new Table(Tensor.of(weights, tokens.size(), dimension), found,
                without.stream().limit(Table.MOST_MISSING).<String>map(tokens::get).toList());
    }
}
