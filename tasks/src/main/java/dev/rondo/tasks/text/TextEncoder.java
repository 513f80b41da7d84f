package dev.rondo.tasks.text;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Turns texts into token ids: a [TextPipeline] with the [Vocabulary] that it learnt.
///
/// Immutable and safe for use by several threads; results never depend on the number of threads.
///
/// @param pipeline   how texts are split, cut and padded
/// @param vocabulary the numbers of the tokens
public record TextEncoder(TextPipeline pipeline, Vocabulary vocabulary) {

    /// Checks that the two belong together.
    ///
    /// @throws IllegalArgumentException if the vocabulary was made for another unknown token
    public TextEncoder {
        if (!Objects.equals(pipeline.tokenizer().unknownToken(), vocabulary.unknownToken())) {
            throw new IllegalArgumentException(
                    "the tokenizer's unknown token is %s but the vocabulary's is %s; make the vocabulary with this tokenizer"
                            .formatted(pipeline.tokenizer().unknownToken(), vocabulary.unknownToken()));
        }
    }

    /// Learns the vocabulary of a corpus.
    ///
    /// @param pipeline how texts are split, and the limits of the vocabulary
    /// @param texts    the training texts
    /// @param threads  how many threads count, at least 1
    /// @return the encoder
    public static TextEncoder fit(TextPipeline pipeline, List<String> texts, int threads) {
        var counts = new TokenCounts();
        Chunks.map(texts.size(), threads, (from, to) -> count(pipeline.tokenizer(), texts.subList(from, to)))
                .forEach(counts::addAll);
        return new TextEncoder(pipeline, Vocabulary.of(
                counts, pipeline.tokenizer().unknownToken(), pipeline.vocabularySize(), pipeline.minCount()));
    }

    /// The ids of a text's tokens, neither cut nor padded: Keras's `texts_to_sequences`.
    ///
    /// @param text the text
    /// @return one id for each token that is known or stands as unknown; may be empty
    public int[] ids(CharSequence text) {
        return new Scan().ids(text);
    }

    /// Encodes a text as the model takes it: ids, cut and padded.
    ///
    /// A text without tokens becomes one id, the unknown one or else padding: a sequence is never empty.
    ///
    /// @param text the text
    /// @return at least one id
    public int[] encode(CharSequence text) {
        return new Scan().encode(text);
    }

    /// Encodes many texts.
    ///
    /// @param texts   the texts
    /// @param threads how many threads work, at least 1
    /// @return for each text what [#encode(CharSequence)] gives
    public int[][] encodeAll(List<String> texts, int threads) {
        int[][] encoded = new int[texts.size()][];
        Chunks.map(texts.size(), threads, (from, to) -> {
            var scan = new Scan();
            for (int i = from; i < to; i++) {
                encoded[i] = scan.encode(texts.get(i));
            }
            return to - from;
        });
        return encoded;
    }

    private static TokenCounts count(Tokenizer tokenizer, List<String> texts) {
        var counts = new TokenCounts();
        TokenScanner scanner = tokenizer.scanner();
        texts.forEach(text -> scanner.scan(text, counts::add));
        return counts;
    }

    /// One thread's scanner and its growing list of ids.
    private final class Scan {
        private final TokenScanner scanner = pipeline.tokenizer().scanner();
        private int[] buffer = new int[512];
        private int size;

        int[] ids(CharSequence text) {
            size = 0;
            scanner.scan(text, this::add);
            return Arrays.copyOf(buffer, size);
        }

        int[] encode(CharSequence text) {
            int[] ids = ids(text);
            if (pipeline.maxLength() > 0) {
                ids = pipeline.truncation().cut(ids, pipeline.maxLength());
            }
            if (pipeline.padding() instanceof Padding padding) {
                ids = PadSequences.pad(ids, pipeline.maxLength(), padding, pipeline.truncation(),
                        Vocabulary.PADDING_ID);
            }
            return ids.length > 0 ? ids : new int[] {Math.max(vocabulary.unknownId(), Vocabulary.PADDING_ID)};
        }

        private void add(char[] chars, int offset, int length) {
            int id = vocabulary.id(chars, offset, length);
            if (id == Vocabulary.DROPPED) {
                return;
            }
            if (size == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * size);
            }
            buffer[size++] = id;
        }
    }
}
