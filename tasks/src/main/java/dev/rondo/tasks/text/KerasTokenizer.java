package dev.rondo.tasks.text;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The word splitting of Keras's `preprocessing.text.Tokenizer`: lower-case, filtered characters become spaces, split at
/// spaces.
///
/// Only the space splits: a no-break space or U+0085 stays inside its word, as it does in Keras. Together with
/// [Vocabulary] (ids from 1 by falling count, ties in the order of first appearance) this gives the `word_index` of
/// Keras; its `num_words` is [TextPipeline#vocabularySize()].
///
/// @param filters      characters that become spaces
/// @param lowerCase    whether to convert the text to lower case first
/// @param unknownToken Keras's `oov_token`, which takes id 1; null drops unknown words. A word of the texts that is
///                     spelt like it counts as unknown.
public record KerasTokenizer(String filters, boolean lowerCase, @Nullable String unknownToken) implements Tokenizer {

    /// The characters that Keras filters by default: ASCII punctuation without the apostrophe, tab and line feed.
    public static final String DEFAULT_FILTERS = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n";

    /// Checks the components.
    ///
    /// @throws IllegalArgumentException if the unknown token is empty or has a line feed
    public KerasTokenizer {
        Objects.requireNonNull(filters, "filters is null");
        if (unknownToken != null && (unknownToken.isEmpty() || unknownToken.indexOf('\n') >= 0)) {
            throw new IllegalArgumentException(
                    "unknownToken is empty or has a line feed; give a visible word such as <OOV>, or null for none");
        }
    }

    /// The defaults of Keras: its filters, lower case, no unknown token.
    ///
    /// @return the tokenizer
    public static KerasTokenizer of() {
        return new KerasTokenizer(DEFAULT_FILTERS, true, null);
    }

    /// This tokenizer with other filters.
    ///
    /// @param filters characters that become spaces
    /// @return the changed copy
    public KerasTokenizer filters(String filters) {
        return new KerasTokenizer(filters, lowerCase, unknownToken);
    }

    /// This tokenizer with or without lower-casing.
    ///
    /// @param lowerCase whether to convert to lower case first
    /// @return the changed copy
    public KerasTokenizer lowerCase(boolean lowerCase) {
        return new KerasTokenizer(filters, lowerCase, unknownToken);
    }

    /// This tokenizer with a token for unknown words (`oov_token`).
    ///
    /// @param unknownToken the token, or null to drop unknown words
    /// @return the changed copy
    public KerasTokenizer unknownToken(@Nullable String unknownToken) {
        return new KerasTokenizer(filters, lowerCase, unknownToken);
    }

    @Override
    public TokenScanner scanner() {
        return new Scanner(filters, lowerCase);
    }

    private static final class Scanner implements TokenScanner {
        private final boolean[] splits = new boolean[Character.MAX_VALUE + 1];
        private final boolean lowerCase;
        private char[] buffer = new char[4096];

        Scanner(String filters, boolean lowerCase) {
            this.lowerCase = lowerCase;
            splits[' '] = true;
            for (int i = 0; i < filters.length(); i++) {
                splits[filters.charAt(i)] = true;
            }
        }

        @Override
        public void scan(CharSequence text, TokenSink sink) {
            // The whole text at once, because the lower case of a character can depend on its neighbours (final sigma).
            String source = lowerCase ? text.toString().toLowerCase(Locale.ROOT) : text.toString();
            int length = source.length();
            if (buffer.length < length) {
                buffer = new char[Math.max(length, 2 * buffer.length)];
            }
            source.getChars(0, length, buffer, 0);
            int start = 0;
            for (int i = 0; i <= length; i++) {
                if (i == length || splits[buffer[i]]) {
                    if (i > start) {
                        sink.accept(buffer, start, i - start);
                    }
                    start = i + 1;
                }
            }
        }
    }
}
