package dev.rondo.tasks.demo;

import dev.rondo.tasks.demo.ReviewWords.Domain;
import dev.rondo.tasks.demo.ReviewWords.Topic;
import dev.rondo.tasks.text.DataSource;
import dev.rondo.tasks.text.LabelledTexts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Writes short reviews of films, restaurants, gadgets, hotels and books, and knows what each means.
///
/// Meaning comes from the order of the words: negation ("never boring"), double negation ("no moment when it was not
/// gripping"), contrast ("the plot was dull, but ..."), hearsay that is confirmed or refuted. The single words say
/// little, so that a model that only counts words stays far behind one that reads:
///
///     review   = filler? opinion{1..3} filler? verdict?             all of the meaning of the review
///     opinion  = clause | contrast | hearsay
///     contrast = clause of the opposite meaning, "but", clause
///     clause   = "the soup was", adjective | "the soup was never", adjective of the opposite meaning
///
/// The same seed always writes the same reviews. For one thread.
public final class ReviewGrammar {

    private static final int FEWEST_WORDS = 4;
    private static final int MOST_WORDS = 40;
    private static final double NEGATED = 0.18;
    private static final double TWICE_NEGATED = 0.10;

    private final long seed;
    private final RandomGenerator random;
    private final Set<String> written = new HashSet<>();

    private ReviewGrammar(long seed) {
        this.seed = seed;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /// A training and a test set without a common review.
    ///
    /// @param train the reviews to learn from
    /// @param test  the reviews to be examined with
    public record Split(LabelledTexts train, LabelledTexts test) {}

    /// A grammar at the beginning of its sequence.
    ///
    /// @param seed chooses the sequence
    /// @return the grammar
    public static ReviewGrammar of(long seed) {
        return new ReviewGrammar(seed);
    }

    /// The next 4,000 reviews for training and 1,000 for testing.
    ///
    /// @return the two sets, both with as many positive as negative reviews
    public Split split() {
        return split(4000, 1000);
    }

    /// The next reviews, for training and testing; classes are `neg` and `pos`.
    ///
    /// @param train how many to learn from, at least 1
    /// @param test  how many to be examined with, at least 1
    /// @return the two sets, both balanced (up to one review)
    /// @throws IllegalArgumentException if a count is not positive
    public Split split(int train, int test) {
        return new Split(labelled("training", reviews(train)), labelled("test", reviews(test)));
    }

    /// The next reviews: all different, also from earlier ones of this grammar, half of them positive, in random order.
    ///
    /// @param count how many, at least 1 (the grammar is good for hundreds of thousands)
    /// @return the reviews
    /// @throws IllegalArgumentException if the count is not positive
    public List<Review> reviews(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count is %d; expected 1 or more".formatted(count));
        }
        var reviews = new ArrayList<Review>(count);
        int positive = count / 2;
        for (int left = count; left > 0; left--) {
            boolean content = random.nextInt(left) < positive;
            positive -= content ? 1 : 0;
            reviews.add(write(content));
        }
        return List.copyOf(reviews);
    }

    private Review write(boolean positive) {
        while (true) {
            String text = review(pick(ReviewWords.DOMAINS), positive);
            int words = text.split(" ").length;
            if (words >= FEWEST_WORDS && words <= MOST_WORDS && written.add(text)) {
                return new Review(text, positive);
            }
        }
    }

    private String review(Domain domain, boolean positive) {
        var sentences = new ArrayList<String>();
        var judged = new HashSet<String>();
        if (chance(0.4)) {
            sentences.add(filler(domain));
        }
        int opinions = 1 + (chance(0.5) ? 1 : 0) + (chance(0.15) ? 1 : 0);
        for (int i = 0; i < opinions; i++) {
            sentences.add(opinion(domain, positive, judged));
        }
        if (chance(0.3)) {
            sentences.add(1 + random.nextInt(sentences.size()), filler(domain));
        }
        if (chance(0.3)) {
            sentences.add(pick(positive ? ReviewWords.CONTENT : ReviewWords.DISCONTENT));
        }
        var text = new StringBuilder();
        for (String sentence : sentences) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(Character.toUpperCase(sentence.charAt(0)))
                    .append(sentence, 1, sentence.length())
                    .append(chance(0.1) ? '!' : '.');
        }
        return text.toString();
    }

    private String opinion(Domain domain, boolean positive, Set<String> judged) {
        double kind = random.nextDouble();
        if (kind < 0.62) {
            return clause(domain, positive, judged);
        }
        if (kind < 0.85) {
            return pick(ReviewWords.CONTRAST)
                    .replace("%1", clause(domain, !positive, judged))
                    .replace("%2", clause(domain, positive, judged));
        }
        return hearsay(positive);
    }

    private String clause(Domain domain, boolean positive, Set<String> judged) {
        double kind = random.nextDouble();
        boolean negated = kind < NEGATED;
        List<String> frames = negated ? ReviewWords.NEGATED
                : kind < NEGATED + TWICE_NEGATED ? ReviewWords.TWICE_NEGATED : ReviewWords.PLAIN;
        String frame = pick(frames);
        boolean good = positive != negated;
        Topic topic;
        boolean whole;
        boolean plural;
        String subject;
        do { // nothing is judged twice in a review, so that no review contradicts itself
            topic = pick(domain.topics());
            whole = judged.isEmpty() && chance(0.3);
            plural = !whole && chance(0.4);
            subject = pick(whole ? domain.things() : plural ? topic.plural() : topic.singular());
        } while (!judged.add(subject));
        List<String> fitting = good ? topic.good() : topic.bad();
        String adjective = pick(whole || chance(0.5) ? good ? ReviewWords.GOOD : ReviewWords.BAD : fitting);
        return frame.replace("%A was", plural ? "%A were" : "%A was").replace("%A", subject).replace("%a", adjective);
    }

    private String hearsay(boolean positive) {
        boolean refuted = chance(0.25);
        String rumour = pick(ReviewWords.RUMOURS)
                .replace("%r", pick(ReviewWords.RELATIVES))
                .replace("%a", pick(positive != refuted ? ReviewWords.GOOD : ReviewWords.BAD));
        return rumour + ", " + pick(refuted ? ReviewWords.REFUTED : ReviewWords.CONFIRMED);
    }

    private String filler(Domain domain) {
        return pick(chance(0.5) ? ReviewWords.FILLERS : domain.fillers())
                .replace("%r", pick(ReviewWords.RELATIVES))
                .replace("%d", pick(ReviewWords.DAYS));
    }

    private LabelledTexts labelled(String part, List<Review> reviews) {
        var digest = sha256();
        for (Review review : reviews) {
            digest.update(
                    ((review.positive() ? "pos\t" : "neg\t") + review.text() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return new LabelledTexts(
                reviews.stream().map(Review::text).toList(),
                reviews.stream().mapToInt(r -> r.positive() ? 1 : 0).toArray(),
                List.of("neg", "pos"),
                new DataSource("demo reviews (%s, seed %d)".formatted(part, seed), reviews.size(),
                        HexFormat.of().formatHex(digest.digest())),
                List.of());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
