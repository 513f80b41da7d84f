package dev.rondo.tasks.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class VocabularyTest {

    private static TokenCounts counts(String words) {
        var counts = new TokenCounts();
        KerasTokenizer.of().filters("").scanner().scan(words, counts::add);
        return counts;
    }

    @Test
    void ordersByCountThenFirstAppearance() {
        var vocabulary = Vocabulary.of(counts("z y z x y w z"), "<unk>", 0, 1);
        assertEquals(List.of("<pad>", "<unk>", "z", "y", "x", "w"), vocabulary.tokens());
        assertEquals(6, vocabulary.size());
        assertEquals(2, vocabulary.id("z"));
        assertEquals("z", vocabulary.token(2));
        assertEquals(3, vocabulary.id("xyz".toCharArray(), 1, 1));
        assertTrue(vocabulary.contains("w"));
    }

    @Test
    void sizeCountsReservedIdsAndMinCountLeavesOutRareTokens() {
        assertEquals(List.of("<pad>", "<unk>", "z"), Vocabulary.of(counts("z y z x y w z"), "<unk>", 3, 1).tokens());
        assertEquals(List.of("<pad>", "z", "y"), Vocabulary.of(counts("z y z x y w z"), null, 3, 1).tokens());
        assertEquals(List.of("<pad>", "z", "y"), Vocabulary.of(counts("z y z x y w z"), null, 0, 2).tokens());
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(counts("z"), "<unk>", 2, 1));
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(counts("z"), null, 0, 0));
    }

    @Test
    void reservedWordsInTextsAreUnknown() {
        var vocabulary = Vocabulary.of(counts("<pad> <pad> <unk> a"), "<unk>", 0, 1);
        assertEquals(List.of("<pad>", "<unk>", "a"), vocabulary.tokens());
        assertEquals(1, vocabulary.id("<pad>"));
        assertEquals(1, vocabulary.id("<unk>"));
        assertFalse(vocabulary.contains("<unk>"));
    }

    @Test
    void unknownTokensAreDroppedWhereThereIsNoUnknownToken() {
        assertEquals(Vocabulary.DROPPED, Vocabulary.of(List.of("a"), null).id("b"));
        assertEquals(1, Vocabulary.of(List.of("a"), "<unk>").id("b"));
    }

    @Test
    void partsCountedInOrderEqualTheWhole() {
        TokenCounts sum = counts("z y z");
        sum.addAll(counts("x y w z"));
        assertEquals(counts("z y z x y w z").counts(), sum.counts());
        assertEquals(7, sum.total());
        assertEquals(4, sum.distinct());
    }

    @Test
    void idOutOfRangeIsAnError() {
        var e = assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(List.of("a"), null).token(2));
        assertEquals("token id is 2; the vocabulary has ids 0 to 1", e.getMessage());
    }

    @Test
    void oddCharactersSurviveTheFile() throws IOException {
        var vocabulary = Vocabulary.of(
                List.of("a\u0085b", "c\rd", "\u2028", "\u00a0", "\t", "👍🏽", "\u0000", "i\u0307", "\r", "\"", "\\n"),
                "<OOV>");
        assertEquals(vocabulary, read(bytes(vocabulary), "<OOV>"));
        assertEquals(2, read(bytes(vocabulary), "<OOV>").id("a\u0085b"));
        assertEquals("<pad>\n<unk>\nz\n",
                new String(bytes(Vocabulary.of(List.of("z"), "<unk>")), StandardCharsets.UTF_8));
    }

    @Test
    void tokensThatNoLineCanHoldAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(List.of("a\nb"), null));
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(List.of(""), null));
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(List.of("\ud800"), null));
        var e = assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(List.of("a", "b", "a"), "<unk>"));
        assertEquals("token 4 'a' has id 2 already", e.getMessage());
    }

    @Test
    void badFilesGiveOneClearLine() {
        assertEquals(
                "v.txt: line 1: expected <pad>; found an empty file; this is not a vocabulary written by this library",
                fault("", null));
        assertEquals("v.txt: line 1: expected <pad>; found 'hello'; this is not a vocabulary written by this library",
                fault("hello\n", null));
        assertEquals(
                "v.txt: line 1: expected <pad>; found '<pad>U+000D'; the line ends were converted to CR LF: convert them back (dos2unix)",
                fault("<pad>\r\na\r\n", null));
        assertEquals(
                "v.txt: line 2: expected the unknown token '<unk>'; found 'a'; the tokenizer and the vocabulary do not belong together",
                fault("<pad>\na\n", "<unk>"));
        assertEquals("v.txt: the last line has no line feed; the file was cut short", fault("<pad>\nab", null));
        assertEquals(
                "v.txt: token 2 'a' has id 1 already (token k is on line k + 1); the file was changed or is damaged",
                fault("<pad>\na\na\n", null));
        assertEquals("v.txt: token 1 '' is empty (token k is on line k + 1); the file was changed or is damaged",
                fault("<pad>\n\n", null));
        var e = assertThrows(DataFormatException.class, () -> read(new byte[] {'<', (byte) 0xE9, '\n'}, null));
        assertEquals("v.txt: not valid UTF-8; the file was changed or is damaged", e.getMessage());
    }

    private static String fault(String file, @Nullable String unknownToken) {
        return String.valueOf(assertThrows(DataFormatException.class,
                () -> read(file.getBytes(StandardCharsets.UTF_8), unknownToken)).getMessage());
    }

    private static byte[] bytes(Vocabulary vocabulary) throws IOException {
        var out = new ByteArrayOutputStream();
        vocabulary.write(out);
        return out.toByteArray();
    }

    private static Vocabulary read(byte[] bytes, @Nullable String unknownToken) throws IOException {
        return Vocabulary.read(new ByteArrayInputStream(bytes), "v.txt", unknownToken);
    }
}
