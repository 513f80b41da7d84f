package dev.rondo.tasks.text;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Splits texts as Keras's layer TextVectorization does, on TensorFlow: in lower case A to Z alone, at white space of ASCII alone.
///
/// @param standardize what is done to a text before it is cut
/// @param split where it is cut
/// @param unknownToken the token that stands for unknown words, `[UNK]` in Keras
public record VectorizingTokenizer(Standardize standardize, Split split, String unknownToken) implements Tokenizer {

    /// The token of unknown words in Keras.
    public static final String UNKNOWN = "[UNK]";

    private static final Pattern PUNCTUATION = Pattern.compile("[!\"#$%&()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~']");
    private static final Pattern SPACE = Pattern.compile("[ \\t\\n\\u000B\\f\\r]+");

    /// What is done to a text before it is cut.
    public enum Standardize {
        /// Nothing.
        NONE,
        /// A to Z become small letters.
        LOWER,
        /// Punctuation is taken out.
        STRIP_PUNCTUATION,
        /// Both.
        LOWER_AND_STRIP_PUNCTUATION
    }

    /// Where a text is cut.
    public enum Split {
        /// Nowhere.
        NONE,
        /// At white space.
        WHITESPACE,
        /// After each character.
        CHARACTER
    }

    /// Checks the components.
    ///
    /// @throws IllegalArgumentException if the unknown token is empty or has a line feed
    public VectorizingTokenizer {
        if (unknownToken.isEmpty() || unknownToken.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("unknownToken is empty or has a line feed; give a visible word such as "
                    + UNKNOWN);
        }
    }

    /// Keras's defaults: lower case without punctuation, cut at white space.
    ///
    /// @return the tokenizer
    public static VectorizingTokenizer of() {
        return new VectorizingTokenizer(Standardize.LOWER_AND_STRIP_PUNCTUATION, Split.WHITESPACE, UNKNOWN);
    }

    @Override
    public TokenScanner scanner() {
        return (text, sink) -> {
            for (String token : cut(text.toString())) {
                char[] chars = token.toCharArray();
                if (chars.length > 0) {
                    sink.accept(chars, 0, chars.length);
                }
            }
        };
    }

    @Override
    public @Nullable String unknownToken() {
        return unknownToken;
    }

    /// The tokens of a text; where it is not cut, the whole text, which may be empty.
    ///
    /// @param text the text
    /// @return the tokens in their order
    public List<String> cut(String text) {
        String plain = switch (standardize) {
            case NONE -> text;
            case LOWER -> lower(text);
            case STRIP_PUNCTUATION -> PUNCTUATION.matcher(text).replaceAll("");
            case LOWER_AND_STRIP_PUNCTUATION -> PUNCTUATION.matcher(lower(text)).replaceAll("");
        };
        return switch (split) {
            case NONE -> List.of(plain);
            case WHITESPACE -> SPACE.splitAsStream(plain).filter(word -> !word.isEmpty()).toList();
            case CHARACTER -> plain.codePoints().mapToObj(Character::toString).toList();
        };
    }

    /// TensorFlow leaves the letters of other alphabets alone.
    private static String lower(String text) {
        StringBuilder lower = new StringBuilder(text);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + 'a' - 'A'));
            }
        }
        return lower.toString();
    }
}
