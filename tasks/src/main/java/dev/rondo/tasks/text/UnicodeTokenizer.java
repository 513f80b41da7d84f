package dev.rondo.tasks.text;

import java.io.CharArrayReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.lucene.analysis.CharacterUtils;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/// Word breaks of Unicode Standard Annex 29, for any language: words, numbers and emoji are tokens, a Chinese character
/// is a token of its own.
///
/// A typographic apostrophe (U+2019) is read as `'`, so that both spellings of "don't" are one word. A word longer
/// than 255 characters comes out in pieces. Word breaks are those of Lucene's `StandardTokenizer`.
///
/// @param lowerCase   whether tokens are folded to lower case
/// @param removeTags  whether HTML tags such as `<br />` are treated as spaces
/// @param punctuation punctuation characters to keep as tokens of their own, such as `!?`; all other punctuation is dropped
public record UnicodeTokenizer(boolean lowerCase, boolean removeTags, String punctuation) implements Tokenizer {

    /// The token for words outside the vocabulary, id 1.
    public static final String UNKNOWN = "<unk>";

    private static final int LONGEST_TAG = 500;

    /// Checks the components.
    ///
    /// @throws IllegalArgumentException if a punctuation character is a letter, a digit, a space or half of a surrogate pair
    public UnicodeTokenizer {
        Objects.requireNonNull(punctuation, "punctuation is null");
        for (int i = 0; i < punctuation.length(); i++) {
            char c = punctuation.charAt(i);
            if (Character.isLetterOrDigit(c) || Character.isWhitespace(c) || Character.isISOControl(c)
                    || Character.isSurrogate(c)) {
                throw new IllegalArgumentException(
                        "punctuation has character U+%04X at %d; expected punctuation such as !?"
                                .formatted((int) c, i));
            }
        }
    }

    /// The defaults: lower case, tags removed, `!` and `?` kept as tokens because they carry feeling.
    ///
    /// @return the tokenizer
    public static UnicodeTokenizer of() {
        return new UnicodeTokenizer(true, true, "!?");
    }

    /// This tokenizer with or without lower-casing.
    ///
    /// @param lowerCase whether tokens are folded to lower case
    /// @return the changed copy
    public UnicodeTokenizer lowerCase(boolean lowerCase) {
        return new UnicodeTokenizer(lowerCase, removeTags, punctuation);
    }

    /// This tokenizer with or without removal of HTML tags.
    ///
    /// @param removeTags whether tags are treated as spaces
    /// @return the changed copy
    public UnicodeTokenizer removeTags(boolean removeTags) {
        return new UnicodeTokenizer(lowerCase, removeTags, punctuation);
    }

    /// This tokenizer with other punctuation kept.
    ///
    /// @param punctuation the characters to keep as tokens; empty for none
    /// @return the changed copy
    public UnicodeTokenizer punctuation(String punctuation) {
        return new UnicodeTokenizer(lowerCase, removeTags, punctuation);
    }

    @Override
    public String unknownToken() {
        return UNKNOWN;
    }

    @Override
    public TokenScanner scanner() {
        return new Scanner(this);
    }

    private static final class Scanner implements TokenScanner {
        private final UnicodeTokenizer rule;
        private final boolean[] kept = new boolean[Character.MAX_VALUE + 1];
        private final StandardTokenizer words = new StandardTokenizer();
        private final CharTermAttribute term = words.addAttribute(CharTermAttribute.class);
        private final OffsetAttribute place = words.addAttribute(OffsetAttribute.class);
        private char[] buffer = new char[4096];

        Scanner(UnicodeTokenizer rule) {
            this.rule = rule;
            for (int i = 0; i < rule.punctuation.length(); i++) {
                kept[rule.punctuation.charAt(i)] = true;
            }
        }

        @Override
        public void scan(CharSequence text, TokenSink sink) {
            String source = text.toString();
            int length = source.length();
            if (buffer.length < length) {
                buffer = new char[Math.max(length, 2 * buffer.length)];
            }
            source.getChars(0, length, buffer, 0);
            // Changes keep the length, so that the places of words stay those of the buffer.
            straightenApostrophes(buffer, length);
            if (rule.removeTags) {
                blankTags(buffer, length);
            }
            try {
                scanWords(length, sink);
            } catch (IOException e) {
                throw new UncheckedIOException("reading from memory failed", e);
            }
        }

        private void scanWords(int length, TokenSink sink) throws IOException {
            words.setReader(new CharArrayReader(buffer, 0, length));
            try {
                words.reset();
                int end = 0;
                while (words.incrementToken()) {
                    scanGap(end, place.startOffset(), sink);
                    end = place.endOffset();
                    if (rule.lowerCase) {
                        CharacterUtils.toLowerCase(term.buffer(), 0, term.length());
                    }
                    sink.accept(term.buffer(), 0, term.length());
                }
                scanGap(end, length, sink);
                words.end();
            } finally {
                words.close();
            }
        }

        private void scanGap(int from, int to, TokenSink sink) {
            for (int i = from; i < to; i++) {
                if (kept[buffer[i]]) {
                    sink.accept(buffer, i, 1);
                }
            }
        }
    }

    private static void straightenApostrophes(char[] text, int length) {
        for (int i = 0; i < length; i++) {
            if (text[i] == '\u2019') {
                text[i] = '\'';
            }
        }
    }

    /// A tag is `<`, then a letter, `/` or `!`, then anything but `<` up to `>`: "I <3 it" and "a < b" are not tags.
    private static void blankTags(char[] text, int length) {
        for (int i = 0; i + 2 < length; i++) {
            if (text[i] != '<' || !startsTag(text[i + 1])) {
                continue;
            }
            int limit = Math.min(length, i + LONGEST_TAG);
            int end = i + 1;
            while (end < limit && text[end] != '>' && text[end] != '<') {
                end++;
            }
            if (end < limit && text[end] == '>') {
                Arrays.fill(text, i, end + 1, ' ');
                i = end;
            }
        }
    }

    private static boolean startsTag(char c) {
        return c == '/' || c == '!' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
