package dev.rondo.tasks.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TextEncoderTest {

    private static final List<String> CORPUS = List.of("the cat sat", "the cat ran", "the end");

    @Test
    void kerasDropsUnknownAndRareWords() {
        var encoder = TextEncoder.fit(TextPipeline.keras(4, 5), CORPUS, 1);
        // Word index: the 1, cat 2, sat 3, ran 4, end 5; num_words = 4 keeps ids below 4.
        assertArrayEquals(new int[] {1, 2, 3}, encoder.ids("The cat sat, ran, flew"));
        assertArrayEquals(new int[] {0, 0, 1, 2, 3}, encoder.encode("the cat sat ran flew"));
        assertArrayEquals(new int[] {1, 2, 1, 2, 3}, encoder.encode("sat sat the cat the cat sat"));
        assertArrayEquals(new int[] {0, 0, 0, 0, 0}, encoder.encode("nothing known"));
        assertEquals(4, encoder.vocabulary().size());
    }

    @Test
    void kerasUnknownTokenTakesIdOneAndItsPlaceInNumWords() {
        var pipeline = TextPipeline.keras(4, 5).tokenizer(KerasTokenizer.of().unknownToken("<OOV>")).padding(null);
        var encoder = TextEncoder.fit(pipeline, CORPUS, 1);
        // Word index: <OOV> 1, the 2, cat 3, sat 4 ...; ids from num_words = 4 on become <OOV>.
        assertArrayEquals(new int[] {2, 3, 1, 1, 1}, encoder.ids("the cat sat ran flew"));
        assertEquals(4, encoder.vocabulary().size());
    }

    @Test
    void unicodeMarksUnknownWordsAndCutsTheEnd() {
        var encoder = TextEncoder.fit(TextPipeline.unicode().maxLength(4), CORPUS, 1);
        assertEquals(List.of("<pad>", "<unk>", "the", "cat"), encoder.vocabulary().tokens());
        assertArrayEquals(new int[] {2, 1, 3, 2}, encoder.encode("The big cat, the CAT!"));
        assertArrayEquals(new int[] {2, 1, 3, 2, 3, 1}, encoder.ids("The big cat, the CAT!"));
    }

    @Test
    void aSequenceIsNeverEmpty() {
        assertArrayEquals(new int[] {1}, TextEncoder.fit(TextPipeline.unicode(), CORPUS, 1).encode(""));
        assertArrayEquals(new int[] {0},
                TextEncoder.fit(TextPipeline.keras(9, 5).padding(null), CORPUS, 1).encode("..."));
        assertArrayEquals(new int[0], TextEncoder.fit(TextPipeline.unicode(), CORPUS, 1).ids(""));
    }

    @Test
    void resultsDoNotDependOnThreads() {
        var random = new SplittableRandom(7);
        List<String> texts = IntStream.range(0, 5000)
                .mapToObj(i -> random.ints(random.nextInt(30), 0, 2000).mapToObj(w -> "w" + w)
                        .collect(Collectors.joining(" ")))
                .toList();
        var one = TextEncoder.fit(TextPipeline.unicode(), texts, 1);
        int[][] expected = one.encodeAll(texts, 1);
        for (int threads : new int[] {2, 3, 16}) {
            var many = TextEncoder.fit(TextPipeline.unicode(), texts, threads);
            assertEquals(one, many);
            assertArrayEquals(expected, many.encodeAll(texts, threads));
        }
        assertArrayEquals(expected[17], one.encode(texts.get(17)));
    }

    @Test
    void errorsOfWorkersReachTheCaller() {
        var encoder = TextEncoder.fit(TextPipeline.unicode(), CORPUS, 1);
        var texts = IntStream.range(0, 3000).mapToObj(i -> "text").collect(Collectors.toList());
        texts.set(2500, null);
        assertThrows(NullPointerException.class, () -> encoder.encodeAll(texts, 4));
        assertThrows(IllegalArgumentException.class, () -> encoder.encodeAll(CORPUS, 0));
    }

    @Test
    void mismatchedPartsAndBadNumbersAreRefused() {
        var vocabulary = Vocabulary.of(List.of("a"), null);
        assertThrows(IllegalArgumentException.class, () -> new TextEncoder(TextPipeline.unicode(), vocabulary));
        assertThrows(IllegalArgumentException.class, () -> TextPipeline.unicode().vocabularySize(2));
        assertThrows(IllegalArgumentException.class, () -> TextPipeline.unicode().minCount(0));
        assertThrows(IllegalArgumentException.class, () -> TextPipeline.unicode().maxLength(-1));
        assertThrows(IllegalArgumentException.class,
                () -> TextPipeline.unicode().maxLength(TextPipeline.LONGEST + 1), "no file could hold it");
        assertThrows(IllegalArgumentException.class, () -> TextPipeline.unicode().maxLength(0).padding(Padding.PRE));
    }
}
