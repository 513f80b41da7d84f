package dev.rondo.tasks.text;

/// Splits texts into tokens, one text after the other, through buffers that it reuses.
///
/// A scanner comes from [Tokenizer#scanner()] and belongs to one thread; any number of scanners can run side by side.
@FunctionalInterface
public interface TokenScanner {

    /// Hands the tokens of a text to a sink, in their order in the text.
    ///
    /// @param text the text; may be empty
    /// @param sink called once for each token
    void scan(CharSequence text, TokenSink sink);
}
