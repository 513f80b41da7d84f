package dev.rondo.interop.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.interop.vectors.WordVectors.Missing;
import dev.rondo.interop.vectors.WordVectors.Table;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordVectorsTest {
    private static final String GLOVE = "the 0.5 -1e-3 2\nat home 1 2 3\nnaïve -4 5.25 6\n";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {GLOVE, "3 3\n" + GLOVE,
            "3 3 \r\nthe 0.5 -1e-3 2 \r\nat home 1 2 3 \r\nnaïve -4 5.25 6 \r\n",
            "the\t0.5\t-1e-3\t2\nat home\t1\t2\t3\nnaïve\t-4\t5.25\t6"})
    void readsTextWithAndWithoutHeader(String text) throws IOException {
        requireAll(WordVectors.read(file(text.getBytes(StandardCharsets.UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsBinary(boolean lineEnds) throws IOException {
        requireAll(WordVectors.read(file(binary(3, lineEnds))));
        requireAll(WordVectors.read(file(gzip(binary(3, lineEnds)))));
    }

    @Test
    void readsCompressedText() throws IOException {
        requireAll(WordVectors.read(file(gzip(GLOVE.getBytes(StandardCharsets.UTF_8)))));
    }

    private static void requireAll(WordVectors vectors) {
        assertEquals(3, vectors.dimension());
        assertEquals(3, vectors.words().size());
        assertArrayEquals(new float[] {0.5f, -1e-3f, 2}, vectors.vector("the").orElseThrow());
        assertArrayEquals(new float[] {-4, 5.25f, 6}, vectors.vector("naïve").orElseThrow());
        assertTrue(vectors.vector("house").isEmpty());
    }

    @Test
    void keepsSpacesInWordsOfText() throws IOException {
        assertArrayEquals(new float[] {1, 2, 3},
                WordVectors.read(file(GLOVE.getBytes(StandardCharsets.UTF_8))).vector("at home").orElseThrow());
    }

    /// Lines longer than the buffer, and words on both sides of its end.
    @Test
    void readsFilesLongerThanTheBuffer() throws IOException {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder("5000 40\n");
        float[][] expected = new float[5000][40];
        for (int w = 0; w < expected.length; w++) {
            text.append('w').append(w);
            for (int i = 0; i < 40; i++) {
                expected[w][i] = random.nextFloat() - 0.5f;
                text.append(' ').append(expected[w][i]);
            }
            text.append('\n');
        }
        WordVectors vectors = WordVectors.read(file(gzip(text.toString().getBytes(StandardCharsets.UTF_8))));
        for (int w = 0; w < expected.length; w++) {
            assertArrayEquals(expected[w], vectors.vector("w" + w).orElseThrow());
        }
    }

    @Test
    void keepsOnlyWantedWords() throws IOException {
        WordVectors vectors = WordVectors.read(file((GLOVE + "bad x y z\n").getBytes(StandardCharsets.UTF_8)),
                Set.of("the", "house")::contains);
        assertEquals(Set.of("the"), vectors.words());
    }

    @Test
    void keepsTheFirstOfTwoAndSaysSo() throws IOException {
        WordVectors vectors = WordVectors.read(file("a 1 2\nb 3 4\na 5 6\n".getBytes(StandardCharsets.UTF_8)));
        assertArrayEquals(new float[] {1, 2}, vectors.vector("a").orElseThrow());
        assertEquals(List.of("1 words are there again and were left out, the first 'a'"), vectors.notes());
    }

    @Test
    void leavesOutWordsThatAreNotUtf8() throws IOException {
        Path file = file(new byte[] {'a', ' ', '1', '\n', (byte) 0xc3, ' ', '2', '\n'});
        WordVectors vectors = WordVectors.read(file);
        assertEquals(Set.of("a"), vectors.words());
        assertEquals(List.of("1 words are not UTF-8 and were left out, the first at " + file + ": line 2"),
                vectors.notes());
    }

    @Test
    void makesATable() throws IOException {
        WordVectors vectors = WordVectors.read(file("a 1 2\nb 3 6\n".getBytes(StandardCharsets.UTF_8)));
        Table mean = vectors.table(List.of("<pad>", "b", "a", "c"), Missing.MEAN, 1);
        assertArrayEquals(new float[] {2, 4, 3, 6, 1, 2, 2, 4}, mean.weights().data());
        assertEquals(2, mean.found());
        assertEquals(List.of("<pad>", "c"), mean.missing());
        Table random = vectors.table(List.of("a", "c"), Missing.RANDOM, 1);
        float[] row = Arrays.copyOfRange(random.weights().data(), 2, 4);
        assertTrue(row[0] != row[1] && Math.abs(row[0]) <= 0.05f && Math.abs(row[1]) <= 0.05f, Arrays.toString(row));
        assertEquals(random, vectors.table(List.of("a", "c"), Missing.RANDOM, 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a 1 2~b 3~                | line 2: has fewer than the 2 numbers
            a 1 2~b 3 x~              | line 2: number 2 of 'b' is 'x'
            a 1 2~b 3 NaN~            | line 2: number 2 of 'b' is 'NaN'
            a 1 2~b 1e99 4~           | line 2: number 1 of 'b' is '1e99'
            a 1 2~b 0x1p3 4~          | line 2: number 1 of 'b' is '0x1p3'
            a 1 2~b 1f 4~             | line 2: number 1 of 'b' is '1f'
            a 1 2~~b 3 4~             | line 2: is empty
            a~b~                      | line 1: has 0 numbers after a word
            3 2~a 1 2~b 3 4~          | has 2 words, but its first line promises 3
            1 2~a 1 2~b 3 4~          | has 2 words, but its first line promises 1
            2 0~a~b~                  | line 1: promises vectors of 0 numbers
            2 999999999~a 1~          | line 1: promises vectors of 999999999 numbers
            999999999999 2~a 1 2~     | promises 999999999999
            0 2~                      | has no words""")
    void namesTheLine(String text, String message) throws IOException {
        assertRefused(text.replace('~', '\n').getBytes(StandardCharsets.UTF_8), message);
    }

    @Test
    void refusesDamagedBinaries() throws IOException {
        byte[] whole = binary(3, false);
        assertRefused(Arrays.copyOf(whole, whole.length - 1), "word 3 of 3: the file ends in the middle of its vector");
        assertRefused(Arrays.copyOf(whole, whole.length - 14), "word 3 of 3: the file ends in the middle of it");
        assertRefused(binary(4, true), "word 4 of 4: the file ends");
        assertRefused(binary(2, false), "goes on after the 2 words");
        byte[] bad = whole.clone();
        ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putFloat(8, Float.NaN);
        assertRefused(bad, "word 1 of 3: number 1 of 'the' is NaN");
        byte[] long1 = new byte[10_000];
        Arrays.fill(long1, (byte) 1);
        System.arraycopy("9 9\n".getBytes(StandardCharsets.UTF_8), 0, long1, 0, 4);
        assertRefused(long1, "word 1 of 9: is longer than 4096 bytes");
    }

    @Test
    void refusesWhatIsTooMuch() throws IOException {
        byte[] packed = gzip(new byte[30_000_000]);
        assertRefused(packed, "line 1: has more than 16777216 bytes");
        Path file = file(packed);
        String message = assertThrows(ModelFormatException.class,
                () -> WordVectors.read(file, _ -> true, Limits.defaults().bytes(1_000_000))).getMessage();
        assertTrue(message.contains("has more than 1000000 bytes once unpacked"), message);
        assertRefused(Arrays.copyOf(packed, packed.length / 2), "cannot be unpacked");
        assertRefused(new byte[] {0x1f, (byte) 0x8b, 1}, "cannot be unpacked");
        assertRefused(new byte[0], "is empty");
    }

    /// Any bytes give an error of one line or vectors, never another failure.
    @Test
    void survivesDamage() throws IOException {
        Random random = new Random(5);
        byte[][] good = {GLOVE.getBytes(StandardCharsets.UTF_8), binary(3, true), gzip(binary(3, false))};
        int refused = 0;
        for (int i = 0; i < 900; i++) {
            byte[] bytes = good[i % 3].clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                WordVectors.read(file(Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1)));
            } catch (IOException e) {
                assertEquals(1, String.valueOf(e.getMessage()).lines().count());
                refused++;
            }
        }
        assertTrue(refused > 300, refused + " were refused");
    }

    private void assertRefused(byte[] bytes, String message) throws IOException {
        Path file = file(bytes);
        String found = assertThrows(ModelFormatException.class, () -> WordVectors.read(file)).getMessage();
        assertTrue(found.startsWith(file.toString()) && found.contains(message), found);
        assertEquals(1, found.lines().count());
    }

    private static byte[] binary(int promised, boolean lineEnds) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((promised + " 3\n").getBytes(StandardCharsets.UTF_8));
        write(out, "the", lineEnds, 0.5f, -1e-3f, 2);
        write(out, "home", lineEnds, 1, 2, 3);
        write(out, "naïve", lineEnds, -4, 5.25f, 6);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String word, boolean lineEnds, float... numbers) {
        out.writeBytes((word + " ").getBytes(StandardCharsets.UTF_8));
        ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            buffer.putFloat(number);
        }
        out.writeBytes(buffer.array());
        if (lineEnds) {
            out.write('\n');
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = new GZIPOutputStream(out)) {
            packed.write(bytes);
        }
        return out.toByteArray();
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("vectors.txt"), bytes);
    }
}
