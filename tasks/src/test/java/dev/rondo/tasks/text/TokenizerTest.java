package dev.rondo.tasks.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class TokenizerTest {

    private static final List<String> KERAS_TEXTS = List.of(
            "The cat sat on the mat. The dog didn't!",
            "A dog, a cat; and THE bird\u0085flew\u00a0off",
            "ΟΔΟΣ İstanbul — ünder_score");

    /// The expected order is that of Python: lower(), translate, split(' '), a stable sort by falling count.
    @Test
    void kerasWordIndexEqualsPython() {
        var encoder = TextEncoder.fit(TextPipeline.keras(100, 10), KERAS_TEXTS, 1);
        assertEquals(
                List.of("<pad>", "the", "cat", "dog", "a", "sat", "on", "mat", "didn't", "and",
                        "bird\u0085flew\u00a0off",
                        "οδος", "i\u0307stanbul", "—", "ünder", "score"),
                encoder.vocabulary().tokens());
    }

    @Test
    void kerasFiltersEveryDefaultCharacter() {
        String text = "a!b\"c#d$e%f&g(h)i*j+k,l-m.n/o:p;q<r=s>t?u@v[w\\x]y^z_0`1{2|3}4~5\t6\n7 8";
        assertEquals(List.of("abcdefghijklmnopqrstuvwxyz012345678".split("")), KerasTokenizer.of().tokens(text));
    }

    @Test
    void kerasKeepsCaseAndFiltersAsTold() {
        var tokenizer = KerasTokenizer.of().lowerCase(false).filters("-");
        assertEquals(List.of("Well", "Known!"), tokenizer.tokens("Well-Known!"));
    }

    @Test
    void kerasGivesNothingForNothing() {
        assertEquals(List.of(), KerasTokenizer.of().tokens(""));
        assertEquals(List.of(), KerasTokenizer.of().tokens(" ... \t\n"));
    }

    @Test
    void kerasRefusesAnUnknownTokenThatNoFileCanHold() {
        assertThrows(IllegalArgumentException.class, () -> KerasTokenizer.of().unknownToken(""));
        assertThrows(IllegalArgumentException.class, () -> KerasTokenizer.of().unknownToken("a\nb"));
    }

    @Test
    void unicodeSplitsWordsAndKeepsSentencePunctuation() {
        assertEquals(
                List.of("wow", "!", "!", "it", "isn't", "3.5", "stars", "is", "it", "?", "très", "bon"),
                UnicodeTokenizer.of().tokens("WOW!! It isn’t 3.5 stars, is it? (Très bon.)"));
        assertEquals(List.of("wow", "yes"), UnicodeTokenizer.of().punctuation("").tokens("Wow! Yes?"));
        assertEquals(List.of("Wow", "!"), UnicodeTokenizer.of().lowerCase(false).tokens("Wow!"));
    }

    @Test
    void unicodeRemovesTagsButNotComparisons() {
        assertEquals(
                List.of("one", "two", "three", "i", "3", "it", "a", "b", "c", "d"),
                UnicodeTokenizer.of().tokens("one<br /><br>two</p><a href=\"x!\">three I <3 it, a < b > c <d"));
        assertEquals(List.of("br"), UnicodeTokenizer.of().removeTags(false).tokens("<br />"));
    }

    @Test
    void unicodeSplitsChineseIntoCharactersAndKeepsEmoji() {
        assertEquals(List.of("房", "间", "很", "好", "wifi", "快"), UnicodeTokenizer.of().tokens("房间很好，WiFi快。"));
        assertEquals(List.of("good", "👍🏽", "!"), UnicodeTokenizer.of().tokens("good 👍🏽!"));
    }

    @Test
    void unicodeTreatsNextLineAndLongWordsAsUax29Does() {
        assertEquals(List.of("a", "b"), UnicodeTokenizer.of().tokens("a\u0085b"));
        assertEquals(List.of(255, 45),
                UnicodeTokenizer.of().tokens("x".repeat(300)).stream().map(String::length).toList());
    }

    @Test
    void unicodeScannerStaysUsableAfterASinkThrew() {
        TokenScanner scanner = UnicodeTokenizer.of().scanner();
        assertThrows(IllegalStateException.class, () -> scanner.scan("a b", (c, o, l) -> {
            throw new IllegalStateException("full");
        }));
        var counts = new TokenCounts();
        scanner.scan("a b", counts::add);
        assertEquals(2, counts.total());
    }

    @Test
    void unicodeRefusesLettersAsPunctuation() {
        var e = assertThrows(IllegalArgumentException.class, () -> UnicodeTokenizer.of().punctuation("!x"));
        assertEquals("punctuation has character U+0078 at 1; expected punctuation such as !?", e.getMessage());
    }

    @Test
    void longTextsDoNotDependOnBuffers() {
        String text = "word ".repeat(10_000) + "!";
        assertEquals(10_001, UnicodeTokenizer.of().tokens(text).size());
        assertEquals(10_000, KerasTokenizer.of().tokens(text).size());
    }

    @Test
    void pipelinesSurviveJson() {
        var mapper = JsonMapper.shared();
        for (TextPipeline pipeline : List.of(
                TextPipeline.unicode(),
                TextPipeline.keras(1000, 50),
                TextPipeline.keras(9, 5).tokenizer(KerasTokenizer.of().unknownToken("<OOV>")).padding(Padding.POST))) {
            String json = mapper.writeValueAsString(pipeline);
            assertEquals(pipeline, mapper.readValue(json, TextPipeline.class), json);
        }
    }
}
