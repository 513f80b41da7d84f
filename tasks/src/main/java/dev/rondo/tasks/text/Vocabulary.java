package dev.rondo.tasks.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.analysis.CharArrayMap;
import org.jspecify.annotations.Nullable;

/// The numbering of tokens: id 0 is padding, id 1 the unknown token where there is one, then tokens by falling count.
///
/// Tokens of equal count keep the order in which they first appeared in the corpus. As a file, line k (from zero) of
/// `vocabulary.txt` holds token k in UTF-8; only a line feed ends a line, so a token may hold any other character.
/// Immutable and safe for use by several threads.
public final class Vocabulary {

    /// The token of id 0.
    public static final String PADDING = "<pad>";

    /// The id of padding.
    public static final int PADDING_ID = 0;

    /// What [#id(CharSequence)] returns for an unknown token where the vocabulary has no unknown token.
    public static final int DROPPED = -1;

    private final List<String> tokens;
    private final @Nullable String unknownToken;
    private final CharArrayMap<Integer> ids;

    private Vocabulary(List<String> tokens, @Nullable String unknownToken) {
        this.tokens = List.copyOf(tokens);
        this.unknownToken = unknownToken;
        this.ids = new CharArrayMap<>(Math.max(16, tokens.size() * 2), false);
        for (int id = reserved(unknownToken); id < tokens.size(); id++) {
            String token = tokens.get(id);
            String fault = fault(token);
            if (fault == null && (token.equals(PADDING) || token.equals(unknownToken))) {
                fault = "is reserved";
            }
            Integer before = fault == null ? ids.put(token.toCharArray(), id) : null;
            if (before != null) {
                fault = "has id " + before + " already";
            }
            if (fault != null) {
                throw new IllegalArgumentException("token %d '%s' %s".formatted(id, printable(token), fault));
            }
        }
    }

    /// Numbers the given tokens in their order, after the reserved ones.
    ///
    /// @param tokens       different tokens, without padding and the unknown token
    /// @param unknownToken the token of id 1, or null for none
    /// @return the vocabulary
    /// @throws IllegalArgumentException if a token is empty, repeated, reserved, or has a line feed or half a surrogate pair
    public static Vocabulary of(List<String> tokens, @Nullable String unknownToken) {
        var all = new ArrayList<String>(tokens.size() + 2);
        all.add(PADDING);
        if (unknownToken != null) {
            all.add(unknownToken);
        }
        all.addAll(tokens);
        return new Vocabulary(all, unknownToken);
    }

    /// Keeps the most frequent tokens of a corpus.
    ///
    /// @param counts       the tokens and their counts
    /// @param unknownToken the token of id 1, or null for none
    /// @param size         the largest number of ids, reserved ones included (Keras's `num_words`); 0 for no limit
    /// @param minCount     tokens seen less often are left out; 1 keeps all
    /// @return the vocabulary, by falling count, ties in the order of first appearance
    /// @throws IllegalArgumentException if size or minCount is out of range, or a token cannot be a line of a file
    public static Vocabulary of(TokenCounts counts, @Nullable String unknownToken, int size, int minCount) {
        int reserved = reserved(unknownToken);
        if (size != 0 && size <= reserved) {
            throw new IllegalArgumentException(
                    "vocabulary size is %d; expected 0 for no limit, or more than the %d reserved ids"
                            .formatted(size, reserved));
        }
        if (minCount < 1) {
            throw new IllegalArgumentException("minCount is %d; expected 1 or more".formatted(minCount));
        }
        List<String> kept = counts.counts().stream()
                .filter(c -> c.count() >= minCount)
                .filter(c -> !c.token().equals(PADDING) && !c.token().equals(unknownToken))
                .sorted(Comparator.comparingLong(TokenCounts.Count::count).reversed())
                .limit(size == 0 ? Long.MAX_VALUE : size - reserved)
                .map(TokenCounts.Count::token)
                .toList();
        return of(kept, unknownToken);
    }

    /// The number of ids, padding and unknown token included: the first argument of an embedding.
    ///
    /// @return the size
    public int size() {
        return tokens.size();
    }

    /// The token of an id.
    ///
    /// @param id from 0 to size() - 1
    /// @return the token
    /// @throws IllegalArgumentException if there is no such id
    public String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IllegalArgumentException(
                    "token id is %d; the vocabulary has ids 0 to %d".formatted(id, tokens.size() - 1));
        }
        return tokens.get(id);
    }

    /// All tokens; the index is the id.
    ///
    /// @return the tokens, reserved ones included
    public List<String> tokens() {
        return tokens;
    }

    /// The token that stands for unknown ones.
    ///
    /// @return the token of id 1, or null where unknown tokens are dropped
    public @Nullable String unknownToken() {
        return unknownToken;
    }

    /// The id of unknown tokens.
    ///
    /// @return 1, or [#DROPPED] where unknown tokens are dropped
    public int unknownId() {
        return unknownToken == null ? DROPPED : 1;
    }

    /// Whether a token has an id of its own.
    ///
    /// @param token the token
    /// @return false for unknown and reserved tokens
    public boolean contains(CharSequence token) {
        return ids.containsKey(token);
    }

    /// The id of a token.
    ///
    /// @param token the token
    /// @return its id, or [#unknownId()]
    public int id(CharSequence token) {
        Integer id = ids.get(token);
        return id == null ? unknownId() : id;
    }

    /// The id of a token that lies in a buffer; makes no object.
    ///
    /// @param chars  holds the token
    /// @param offset first character
    /// @param length number of characters
    /// @return its id, or [#unknownId()]
    public int id(char[] chars, int offset, int length) {
        Integer id = ids.get(chars, offset, length);
        return id == null ? unknownId() : id;
    }

    /// Writes one token a line, UTF-8, each line ended by a line feed.
    ///
    /// @param out receives the bytes; left open
    /// @throws IOException if writing fails
    public void write(OutputStream out) throws IOException {
        var bytes = new ByteArrayOutputStream(tokens.size() * 9);
        for (String token : tokens) {
            bytes.writeBytes(token.getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
        }
        bytes.writeTo(out);
    }

    /// Reads what [#write(OutputStream)] wrote.
    ///
    /// @param in           the bytes; read to the end, left open
    /// @param name         the name of the file, for errors
    /// @param unknownToken the token expected as id 1 ([Tokenizer#unknownToken()]), or null for none
    /// @return the vocabulary
    /// @throws DataFormatException if the file is not such a vocabulary
    /// @throws IOException if reading fails
    public static Vocabulary read(InputStream in, String name, @Nullable String unknownToken) throws IOException {
        List<String> lines = lines(in.readAllBytes(), name);
        if (lines.isEmpty() || !lines.getFirst().equals(PADDING)) {
            boolean windows = !lines.isEmpty() && lines.getFirst().equals(PADDING + "\r");
            throw new DataFormatException("%s: line 1: expected %s; found %s; %s".formatted(name, PADDING,
                    lines.isEmpty() ? "an empty file" : "'" + printable(lines.getFirst()) + "'",
                    windows ? "the line ends were converted to CR LF: convert them back (dos2unix)"
                            : "this is not a vocabulary written by this library"));
        }
        if (unknownToken != null && (lines.size() < 2 || !lines.get(1).equals(unknownToken))) {
            throw new DataFormatException(
                    "%s: line 2: expected the unknown token '%s'; found %s; the tokenizer and the vocabulary do not belong together"
                            .formatted(name, printable(unknownToken),
                                    lines.size() < 2 ? "the end of the file" : "'" + printable(lines.get(1)) + "'"));
        }
        try {
            return new Vocabulary(lines, unknownToken);
        } catch (IllegalArgumentException e) {
            throw new DataFormatException(
                    name + ": " + e.getMessage() + " (token k is on line k + 1); the file was changed or is damaged",
                    e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Vocabulary that
                && tokens.equals(that.tokens)
                && Objects.equals(unknownToken, that.unknownToken);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode();
    }

    @Override
    public String toString() {
        return "Vocabulary of " + size() + " tokens";
    }

    private static List<String> lines(byte[] bytes, String name) {
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw new DataFormatException(name + ": not valid UTF-8; the file was changed or is damaged", e);
        }
        if (!text.isEmpty() && text.get(text.length() - 1) != '\n') {
            throw new DataFormatException(name + ": the last line has no line feed; the file was cut short");
        }
        // Not String.lines(), which also splits at a carriage return.
        var lines = new ArrayList<String>();
        int start = 0;
        String all = text.toString();
        for (int end = all.indexOf('\n'); end >= 0; end = all.indexOf('\n', start)) {
            lines.add(all.substring(start, end));
            start = end + 1;
        }
        return lines;
    }

    private static int reserved(@Nullable String unknownToken) {
        return unknownToken == null ? 1 : 2;
    }

    private static @Nullable String fault(String token) {
        if (token.isEmpty()) {
            return "is empty";
        }
        if (token.indexOf('\n') >= 0) {
            return "has a line feed, which ends a line of vocabulary.txt; let the tokenizer filter it";
        }
        return StandardCharsets.UTF_8.newEncoder().canEncode(token) ? null
                : "has half a surrogate pair, which UTF-8 cannot hold";
    }

    /// The token on one line of an error message, cut at forty characters.
    private static String printable(String token) {
        String oneLine = token.codePoints().limit(40)
                .mapToObj(c -> Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF) ? "U+%04X".formatted(c)
                        : Character.toString(c))
                .reduce("", String::concat);
        return token.codePointCount(0, token.length()) > 40 ? oneLine + "…" : oneLine;
    }
}
