package dev.rondo.tasks.text;

/// Receives the tokens of a text one by one, as characters in a buffer that is reused for the next token.
@FunctionalInterface
public interface TokenSink {

    /// Takes one token.
    ///
    /// @param chars  the buffer; valid only during this call, and not to be changed
    /// @param offset first character of the token
    /// @param length number of characters, at least 1
    void accept(char[] chars, int offset, int length);
}
