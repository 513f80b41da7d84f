package dev.rondo.interop.vectors;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads one file of word vectors.
///
/// ```text
/// GloVe               the 0.418 0.24968 ...                    a line for each word
/// word2vec, fastText  400000 100                               words and numbers each, then lines as above
/// word2vec binary     400000 100\n, then for each word: the word, a space, float32 little-endian, perhaps a line's end
/// ```
final class VectorReader {
    private static final int LONGEST_HEADER = 64;
    private static final int LONGEST_WORD = 4096;
    private static final int MOST_NUMBERS = 1 << 16;
    private static final int PEEK_BYTES = 1 << 16;
    private static final String NUMERIC = "0123456789+-.eEnNaAiIfF";

    /// Share of the heap that vectors may take.
    private static final double MOST_HEAP = 0.75;
    private static final int BYTES_BESIDE_NUMBERS = 150;

    private final VectorBytes in;
    private final String file;
    private final Predicate<? super String> wanted;
    private final SequencedMap<String, float[]> vectors = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private int dimension;
    private long words;
    private long line = 1;
    private long repeated;
    private String firstRepeated = "";
    private long unreadable;
    private String firstUnreadable = "";
    private long room;

    private VectorReader(VectorBytes in, String file, Predicate<? super String> wanted) {
        this.in = in;
        this.file = file;
        this.wanted = wanted;
        room = (long) (MOST_HEAP * Runtime.getRuntime().maxMemory());
    }

    static WordVectors read(VectorBytes in, String file, Predicate<? super String> wanted) throws IOException {
        return new VectorReader(in, file, wanted).read();
    }

    private WordVectors read() throws IOException {
        if (in.atEnd()) {
            throw new ModelFormatException(file, "is empty; expected word vectors");
        }
        int length = in.distance((byte) '\n', LONGEST_HEADER);
        long promised = length < 0 ? -1 : header(length);
        if (promised >= 0) {
            in.line(line++);
        }
        if (promised > 0 && isBinary()) {
            readBinary(promised);
        } else {
            readText(promised);
        }
        if (words == 0) {
            throw new ModelFormatException(file, "has no words; expected word vectors");
        }
        if (repeated > 0) {
            notes.add(repeated + " words are there again and were left out, the first " + firstRepeated);
        }
        if (unreadable > 0) {
            notes.add(unreadable + " words are not UTF-8 and were left out, the first " + firstUnreadable);
        }
        return new WordVectors(dimension, vectors, notes);
    }

    /// The number of words if the first line is a header, which also gives the dimension; else -1.
    private long header(int length) throws ModelFormatException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) in.peek(i));
        }
        String[] parts = text.toString().strip().split("[ \t]+");
        if (parts.length != 2 || !parts[0].matches("\\d{1,12}") || !parts[1].matches("\\d{1,12}")) {
            return -1;
        }
        long numbers = Long.parseLong(parts[1]);
        if (numbers < 1 || numbers > MOST_NUMBERS) {
            throw new ModelFormatException(file + ": line 1",
                    "promises vectors of " + numbers + " numbers; expected 1 to "
                            + MOST_NUMBERS);
        }
        dimension = (int) numbers;
        return Long.parseLong(parts[0]);
    }

    /// Whether float32 numbers follow a header: bytes that no text has are there, and no line of a word and its numbers.
    private boolean isBinary() throws IOException {
        int there = Math.min(in.ahead(PEEK_BYTES), PEEK_BYTES);
        boolean control = false;
        for (int i = 0; i < there; i++) {
            byte b = in.peek(i);
            control |= b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t';
        }
        return control && !isLineOfNumbers();
    }

    private boolean isLineOfNumbers() throws IOException {
        int position = in.distance((byte) '\n', PEEK_BYTES);
        for (int n = 0; n < dimension; n++) {
            while (position > 0 && (isSpace(in.peek(position - 1)) || in.peek(position - 1) == '\r')) {
                position--;
            }
            int end = position;
            while (position > 0 && NUMERIC.indexOf(in.peek(position - 1)) >= 0) {
                position--;
            }
            if (position == end || position == 0 || !isSpace(in.peek(position - 1))) {
                return false;
            }
        }
        return true;
    }

    private void readText(long promised) throws IOException {
        for (; !in.atEnd(); line++) {
            byte[] bytes = in.line(line);
            int end = bytes.length;
            while (end > 0 && isSpace(bytes[end - 1])) {
                end--;
            }
            if (end == 0) {
                if (in.atEnd()) {
                    break;
                }
                throw wrong("is empty; expected a word and its numbers");
            }
            if (dimension == 0) {
                dimension = firstDimension(bytes, end);
            }
            int gap = gap(bytes, end);
            words++;
            String word = decode(bytes, gap, place());
            if (word != null && wanted.test(word) && isNew(word)) {
                vectors.put(word, numbers(bytes, gap, end, word));
            }
        }
        requireAll(promised);
    }

    private int firstDimension(byte[] bytes, int end) throws ModelFormatException {
        int parts = 0;
        for (int i = 0; i < end; i++) {
            parts += !isSpace(bytes[i]) && (i == 0 || isSpace(bytes[i - 1])) ? 1 : 0;
        }
        if (parts < 2 || parts - 1 > MOST_NUMBERS) {
            throw wrong("has " + (parts - 1) + " numbers after a word; expected 1 to " + MOST_NUMBERS
                    + "; is this a file of word vectors?");
        }
        return parts - 1;
    }

    /// Where the word ends: before the last numbers, since a word may have spaces in it.
    private int gap(byte[] bytes, int end) throws ModelFormatException {
        int position = end;
        for (int n = 0; n < dimension; n++) {
            while (position > 0 && !isSpace(bytes[position - 1])) {
                position--;
            }
            while (position > 0 && isSpace(bytes[position - 1])) {
                position--;
            }
            if (position == 0) {
                throw wrong("has fewer than the " + dimension
                        + " numbers of a vector after its word; the file is damaged or "
                        + "cut short");
            }
        }
        return position;
    }

    private float[] numbers(byte[] bytes, int from, int end, String word) throws ModelFormatException {
        reserve();
        float[] vector = new float[dimension];
        int position = from;
        for (int n = 0; n < dimension; n++) {
            while (isSpace(bytes[position])) {
                position++;
            }
            int start = position;
            while (position < end && !isSpace(bytes[position])) {
                position++;
            }
            String text = new String(bytes, start, position - start, StandardCharsets.ISO_8859_1);
            vector[n] = number(text, n, word);
        }
        return vector;
    }

    private float number(String text, int index, String word) throws ModelFormatException {
        float value;
        try {
            // The parser takes suffixes and hexadecimal digits too, which no writer of vectors uses.
            char last = text.charAt(text.length() - 1);
            value = last == 'f' || last == 'F' || last == 'd' || last == 'D' || text.indexOf('x') >= 0
                    ? Float.NaN : Float.parseFloat(text);
        } catch (NumberFormatException e) {
            value = Float.NaN;
        }
        if (!Float.isFinite(value)) {
            throw wrong("number " + (index + 1) + " of " + quote(word) + " is " + quote(text)
                    + "; expected a finite number: does the word have " + dimension + " of them?");
        }
        return value;
    }

    private void readBinary(long promised) throws IOException {
        for (; words < promised; words++) {
            while (!in.atEnd() && in.peek(0) == '\n') {
                in.skip(1);
            }
            String place = file + ": word " + (words + 1) + " of " + promised;
            int length = in.distance((byte) ' ', LONGEST_WORD);
            if (length < 0) {
                throw new ModelFormatException(place, in.ahead(LONGEST_WORD) < LONGEST_WORD
                        ? "the file ends in the middle of it; it is cut short: copy or download it again"
                        : "is longer than " + LONGEST_WORD + " bytes; the file is damaged");
            }
            String word = decode(in.take(length), length, place);
            in.skip(1);
            int bytes = Float.BYTES * dimension;
            if (in.ahead(bytes) < bytes) {
                throw new ModelFormatException(place,
                        "the file ends in the middle of its vector; it is cut short: copy or download it again");
            }
            if (word != null && wanted.test(word) && isNew(word)) {
                reserve();
                float[] vector = new float[dimension];
                in.floats(vector);
                for (int i = 0; i < dimension; i++) {
                    if (!Float.isFinite(vector[i])) {
                        throw new ModelFormatException(place, "number " + (i + 1) + " of " + quote(word) + " is "
                                + vector[i] + "; expected a finite number");
                    }
                }
                vectors.put(word, vector);
            }
            in.skip(bytes);
        }
        while (!in.atEnd() && in.peek(0) == '\n') {
            in.skip(1);
        }
        if (!in.atEnd()) {
            throw new ModelFormatException(file,
                    "goes on after the " + promised + " words that its first line promises; "
                            + "the file is damaged");
        }
    }

    private void requireAll(long promised) throws ModelFormatException {
        if (promised >= 0 && words != promised) {
            throw new ModelFormatException(file, "has " + words + " words, but its first line promises " + promised
                    + "; it is cut short or damaged: copy or download it again");
        }
    }

    private @Nullable String decode(byte[] bytes, int length, String place) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
        } catch (CharacterCodingException _) {
            unreadable++;
            firstUnreadable = unreadable == 1 ? "at " + place : firstUnreadable;
            return null;
        }
    }

    private boolean isNew(String word) {
        if (!vectors.containsKey(word)) {
            return true;
        }
        repeated++;
        firstRepeated = repeated == 1 ? quote(word) : firstRepeated;
        return false;
    }

    private void reserve() throws ModelFormatException {
        room -= BYTES_BESIDE_NUMBERS + (long) Float.BYTES * dimension;
        if (room < 0) {
            throw new ModelFormatException(file, "its vectors take more memory than the JVM has; give a vocabulary to "
                    + "restrict them to, or start it with a larger -Xmx");
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    private String place() {
        return file + ": line " + line;
    }

    private ModelFormatException wrong(String problem) {
        return new ModelFormatException(place(), problem);
    }
}
