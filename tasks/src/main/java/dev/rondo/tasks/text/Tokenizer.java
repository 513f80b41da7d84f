package dev.rondo.tasks.text;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rule that splits a text into tokens; a value that a model file holds.
///
/// Tokenizers are immutable and safe for use by several threads. The scanners they make are not: one for each thread.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
        @JsonSubTypes.Type(value = KerasTokenizer.class, name = "keras"),
        @JsonSubTypes.Type(value = UnicodeTokenizer.class, name = "unicode"),
        @JsonSubTypes.Type(value = VectorizingTokenizer.class, name = "vectorization")
})
public sealed interface Tokenizer permits KerasTokenizer, UnicodeTokenizer, VectorizingTokenizer {

    /// Makes a scanner for one thread; making it costs a few buffers, so keep it for many texts.
    ///
    /// @return a new scanner that follows this rule
    TokenScanner scanner();

    /// The token that stands for every word outside the vocabulary.
    ///
    /// @return the token, or null where unknown words are dropped
    @Nullable
    String unknownToken();

    /// Splits one text, for looking at; programs that split many texts use [#scanner()].
    ///
    /// @param text the text; may be empty
    /// @return the tokens in their order
    default List<String> tokens(CharSequence text) {
        var tokens = new ArrayList<String>();
        scanner().scan(text, (chars, offset, length) -> tokens.add(new String(chars, offset, length)));
        return List.copyOf(tokens);
    }
}
