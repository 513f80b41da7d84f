package dev.rondo.tasks.text;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How texts become token ids, apart from the vocabulary itself; the part of a text model that `model.json` holds.
///
/// @param tokenizer      splits a text into tokens
/// @param vocabularySize the largest number of ids, padding and unknown token included (Keras's `num_words`, and the first
///                       argument of the embedding); 0 for no limit
/// @param minCount       tokens seen less often than this in training are unknown, at least 1
/// @param maxLength      longer texts are cut to this many tokens, at most [#LONGEST]; 0 for no limit
/// @param truncation     which end is cut away
/// @param padding        where shorter texts are padded with id 0 up to maxLength, as Keras does; null for no padding,
///                       which is faster and what Rondo's layers expect
public record TextPipeline(
        Tokenizer tokenizer,
        int vocabularySize,
        int minCount,
        int maxLength,
        Truncation truncation,
        @Nullable Padding padding) {

    /// The largest maxLength: what is longer is better not limited at all, and padding up to it is a waste already.
    public static final int LONGEST = 1 << 20;

    /// Checks the components.
    ///
    /// @throws IllegalArgumentException if a number is out of range, or padding is wanted without a maxLength
    public TextPipeline {
        Objects.requireNonNull(tokenizer, "tokenizer is null");
        Objects.requireNonNull(truncation, "truncation is null");
        int reserved = tokenizer.unknownToken() == null ? 1 : 2;
        if (vocabularySize != 0 && vocabularySize <= reserved) {
            throw new IllegalArgumentException(
                    "vocabularySize is %d; expected 0 for no limit, or more than the %d reserved ids"
                            .formatted(vocabularySize, reserved));
        }
        if (minCount < 1) {
            throw new IllegalArgumentException("minCount is %d; expected 1 or more".formatted(minCount));
        }
        if (maxLength < 0 || maxLength > LONGEST) {
            throw new IllegalArgumentException(
                    "maxLength is %d; expected 1 to %d, or 0 for no limit".formatted(maxLength, LONGEST));
        }
        if (padding != null && maxLength == 0) {
            throw new IllegalArgumentException(
                    "padding is %s but maxLength is 0; set maxLength to the length to pad to".formatted(padding));
        }
    }

    /// The defaults for new models: [UnicodeTokenizer], 20,000 ids, tokens seen twice, the first 400 tokens, no padding.
    ///
    /// @return the pipeline
    public static TextPipeline unicode() {
        return new TextPipeline(UnicodeTokenizer.of(), 20_000, 2, 400, Truncation.POST, null);
    }

    /// The pipeline of a Keras tutorial: `Tokenizer(num_words)` and `pad_sequences(..., maxlen)` with their defaults.
    ///
    /// @param numWords  the number of ids, padding included, at least 2
    /// @param maxLength the length of every sequence, at least 1
    /// @return the pipeline
    /// @throws IllegalArgumentException if a number is out of range
    public static TextPipeline keras(int numWords, int maxLength) {
        return new TextPipeline(KerasTokenizer.of(), numWords, 1, maxLength, Truncation.PRE, Padding.PRE);
    }

    /// This pipeline with another tokenizer.
    ///
    /// @param tokenizer splits a text into tokens
    /// @return the changed copy
    public TextPipeline tokenizer(Tokenizer tokenizer) {
        return new TextPipeline(tokenizer, vocabularySize, minCount, maxLength, truncation, padding);
    }

    /// This pipeline with another size of the vocabulary.
    ///
    /// @param vocabularySize the largest number of ids; 0 for no limit
    /// @return the changed copy
    public TextPipeline vocabularySize(int vocabularySize) {
        return new TextPipeline(tokenizer, vocabularySize, minCount, maxLength, truncation, padding);
    }

    /// This pipeline with another smallest count.
    ///
    /// @param minCount tokens seen less often are unknown, at least 1
    /// @return the changed copy
    public TextPipeline minCount(int minCount) {
        return new TextPipeline(tokenizer, vocabularySize, minCount, maxLength, truncation, padding);
    }

    /// This pipeline with another length.
    ///
    /// @param maxLength longer texts are cut to this many tokens; 0 for no limit
    /// @return the changed copy
    public TextPipeline maxLength(int maxLength) {
        return new TextPipeline(tokenizer, vocabularySize, minCount, maxLength, truncation, padding);
    }

    /// This pipeline, cutting the other end.
    ///
    /// @param truncation which end is cut away
    /// @return the changed copy
    public TextPipeline truncation(Truncation truncation) {
        return new TextPipeline(tokenizer, vocabularySize, minCount, maxLength, truncation, padding);
    }

    /// This pipeline with other padding.
    ///
    /// @param padding where padding goes; null for none
    /// @return the changed copy
    public TextPipeline padding(@Nullable Padding padding) {
        return new TextPipeline(tokenizer, vocabularySize, minCount, maxLength, truncation, padding);
    }
}
