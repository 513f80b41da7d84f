package dev.rondo.tasks.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextEncoder;
import dev.rondo.tasks.text.TextPipeline;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

final class ReviewGrammarTest {

    private static final ReviewGrammar.Split DEMO = ReviewGrammar.of(42).split();

    @Test
    void sameSeedSameReviews() {
        ReviewGrammar.Split again = ReviewGrammar.of(42).split();
        assertEquals(DEMO.train().texts(), again.train().texts());
        assertArrayEquals(DEMO.test().labels(), again.test().labels());
        assertEquals(DEMO.train().source(), again.train().source());
        assertNotEquals(DEMO.train().source().sha256(), ReviewGrammar.of(43).split().train().source().sha256());
    }

    @Test
    void setsAreBalancedAndHaveNoReviewInCommon() {
        assertArrayEquals(new int[] {2000, 2000}, DEMO.train().classCounts());
        assertArrayEquals(new int[] {500, 500}, DEMO.test().classCounts());
        var all = new HashSet<>(DEMO.train().texts());
        all.addAll(DEMO.test().texts());
        assertEquals(5000, all.size());
    }

    @Test
    void reviewsAreShortSentencesOfSeveralHundredWords() {
        for (String text : DEMO.train().texts()) {
            int words = text.split(" ").length;
            assertTrue(words >= 4 && words <= 40, text);
            assertTrue(text.matches("[A-Z][A-Za-z ,.!]*[.!]"), text);
            assertFalse(text.contains("  "), text);
        }
        int vocabulary = encoder().vocabulary().size();
        assertTrue(vocabulary > 300 && vocabulary < 900, "vocabulary of " + vocabulary);
    }

    @Test
    void grammarDecidesTheMeaning() {
        String bad = String.join("|", ReviewWords.BAD);
        int seen = 0;
        for (int i = 0; i < DEMO.train().size(); i++) {
            String text = DEMO.train().texts().get(i);
            if (text.matches("The [a-z ]+ (was|were) (never|not|hardly|barely) (" + bad + ")[.!]")) {
                assertEquals(1, DEMO.train().labels()[i], text);
                seen++;
            }
            if (text.matches("The [a-z ]+ (was|were) (utterly|truly|simply|so) (" + bad + ")[.!]")) {
                assertEquals(0, DEMO.train().labels()[i], text);
                seen++;
            }
        }
        assertTrue(seen > 5, "only " + seen + " simple reviews");
    }

    /// The demo would prove nothing about recurrent networks if counting words were enough.
    @Test
    void countingWordsIsNotEnough() {
        var encoder = encoder();
        int size = encoder.vocabulary().size();
        int[][] train = encoder.encodeAll(DEMO.train().texts(), 1);
        int[][] test = encoder.encodeAll(DEMO.test().texts(), 1);
        double bayes = accuracy(naiveBayes(train, DEMO.train().labels(), size), test, DEMO.test());
        double logistic = accuracy(logistic(train, DEMO.train().labels(), size), test, DEMO.test());
        assertTrue(bayes > 0.6 && bayes < 0.9, "naive Bayes " + bayes);
        assertTrue(logistic > 0.6 && logistic < 0.9, "logistic regression " + logistic);
    }

    @Test
    void countsMustBePositive() {
        assertThrows(IllegalArgumentException.class, () -> ReviewGrammar.of(1).reviews(0));
        assertEquals(3, ReviewGrammar.of(1).reviews(3).size());
    }

    private static TextEncoder encoder() {
        return TextEncoder.fit(TextPipeline.unicode().minCount(1), DEMO.train().texts(), 1);
    }

    /// Log odds of each word with one added to each count; the last entry is the bias.
    private static double[] naiveBayes(int[][] texts, int[] labels, int size) {
        double[][] counts = new double[2][size];
        for (double[] row : counts) {
            Arrays.fill(row, 1);
        }
        for (int i = 0; i < texts.length; i++) {
            for (int id : texts[i]) {
                counts[labels[i]][id]++;
            }
        }
        double[] weights = new double[size + 1];
        for (int id = 0; id < size; id++) {
            weights[id] = Math.log(counts[1][id] / Arrays.stream(counts[1]).sum())
                    - Math.log(counts[0][id] / Arrays.stream(counts[0]).sum());
        }
        return weights;
    }

    /// Thirty passes of stochastic gradient descent with a falling rate.
    private static double[] logistic(int[][] texts, int[] labels, int size) {
        double[] weights = new double[size + 1];
        for (int pass = 0; pass < 30; pass++) {
            double rate = 0.1 / (1 + pass);
            for (int i = 0; i < texts.length; i++) {
                double error = labels[i] - 1 / (1 + Math.exp(-score(weights, texts[i])));
                for (int id : texts[i]) {
                    weights[id] += rate * error;
                }
                weights[size] += rate * error;
            }
        }
        return weights;
    }

    private static double score(double[] weights, int[] text) {
        double score = weights[weights.length - 1];
        for (int id : text) {
            score += weights[id];
        }
        return score;
    }

    private static double accuracy(double[] weights, int[][] texts, LabelledTexts data) {
        int right = 0;
        for (int i = 0; i < texts.length; i++) {
            right += (score(weights, texts[i]) > 0 ? 1 : 0) == data.labels()[i] ? 1 : 0;
        }
        return (double) right / texts.length;
    }
}
