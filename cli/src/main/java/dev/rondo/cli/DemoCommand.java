package dev.rondo.cli;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.tasks.ClassificationReport;
import dev.rondo.tasks.TextClassifier;
import dev.rondo.tasks.TextTraining;
import dev.rondo.tasks.demo.ReviewGrammar;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `rondo demo`: the embedded data set, end to end.
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false, header = "Trains a first model on reviews that come with Rondo.")
final class DemoCommand implements Callable<Integer> {
    private static final int DATA_SEED = 7;
    private static final int SEED = 4;
    private static final int EPOCHS = 10;
    private static final int QUICK_EPOCHS = 4;
    private static final int BATCH_SIZE = 32;
    private static final double LEARNING_RATE = 8e-3;
    private static final int EMBEDDING = 32;
    private static final int UNITS = 32;
    private static final int BAR = 10;
    /// Counting words reaches 0.8; every seed that was tried reaches 0.95 even with `--quick`.
    private static final double ENOUGH = 0.9;

    private record Sentence(String text, boolean content) {}

    private record Group(String about, List<Sentence> sentences) {}

    private static final List<Group> GROUPS = List.of(
            new Group("A small word turns everything round:", List.of(
                    new Sentence("The soup was delicious.", true),
                    new Sentence("The soup was not delicious.", false),
                    new Sentence("The thriller was never boring.", true),
                    new Sentence("Nobody could say that the waiter was not friendly.", true))),
            new Group("The same words in another order:", List.of(
                    new Sentence("The plot was silly, but the acting was superb.", true),
                    new Sentence("The acting was superb, but the plot was silly.", false))),
            new Group("It depends on how much, and on who says so:", List.of(
                    new Sentence("The bed was anything but comfortable.", false),
                    new Sentence("The advert called it magnificent, and that was a lie.", false))),
            new Group("Not from the grammar, but typed by a person:", List.of(
                    new Sentence("What a lovely film!", true),
                    new Sentence("I fell asleep after ten minutes, it was so dull.", false))));

    private final Console console;

    @Option(names = "--quick", description = "Train for a few seconds only, and save nothing unless --out is given.")
    private boolean quick;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to save the model; demo.rondo by default.")
    private @Nullable String out;

    @Mixin
    private Threads threads = new Threads();

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        String name = out != null ? out : "demo.rondo";
        Path target = out != null || !quick ? TargetFile.check("--out", name) : null;
        console.doing(() -> "during the demo; nothing was saved");
        ReviewGrammar.Split reviews = ReviewGrammar.of(DATA_SEED).split();
        introduce(reviews.train());
        long begin = System.nanoTime();
        TextClassifier classifier = train(reviews.train());
        Duration time = Duration.ofNanos(System.nanoTime() - begin);
        ClassificationReport report = classifier.evaluate(reviews.test());
        examine(report, time);
        tryOut(classifier);
        if (target != null) {
            ModelOutput.save(classifier, target, console);
            next(name);
        }
        if (report.accuracy() < ENOUGH) {
            throw new Failure("demo: only %s of the reviews are right, expected %s at least; report this as a defect"
                    .formatted(Bar.percent(report.accuracy()), Bar.percent(ENOUGH)));
        }
        return Main.DONE;
    }

    private void introduce(LabelledTexts reviews) {
        say("A recurrent network learns to tell happy reviews from unhappy ones.", "",
                "1  The data: %,d short reviews that a small grammar has written. Two of them:"
                        .formatted(reviews.size()));
        for (String wanted : List.of("pos", "neg")) {
            int i = 0;
            while (!reviews.classes().get(reviews.labels()[i]).equals(wanted)) {
                i++;
            }
            say("      %s  %s".formatted(wanted, Bar.shortened(reviews.texts().get(i), 66)));
        }
        say("   Single words say little here: \"never boring\" is praise. One has to read.", "",
                "2  Training: an embedding, an LSTM that reads in both directions, a decision");
    }

    private TextClassifier train(LabelledTexts reviews) {
        TextTraining training = TextTraining.defaults()
                .text(TextPipeline.unicode().minCount(1))
                .layers(DemoCommand::layers)
                .optimizer(Adam.of(LEARNING_RATE))
                .epochs(quick ? QUICK_EPOCHS : EPOCHS).batchSize(BATCH_SIZE).validationShare(0)
                .threads(threads.count()).seed(SEED);
        try (var progress = new TrainingProgress(console, false)) {
            console.doing(() -> progress + " of the demo; nothing was saved");
            return TextClassifier.fit(reviews, training.listener(progress));
        }
    }

    private static List<Layer> layers(int vocabularySize, int classes) {
        return List.of(Embedding.of(vocabularySize, EMBEDDING), Bidirectional.of(Lstm.of(UNITS)),
                Dense.of(1).activation(Activation.SIGMOID));
    }

    private void examine(ClassificationReport report, Duration time) {
        say("   done in %s".formatted(TrainingProgress.time(time)), "",
                "3  The exam: %,d reviews that it has never seen, of which %s are right".formatted(report.samples(),
                        Bar.percent(report.accuracy())),
                "      %-18s %10s %10s".formatted("", "called neg", "called pos"));
        int[][] confusion = report.confusion();
        for (int c = 0; c < confusion.length; c++) {
            say("      %-18s %,10d %,10d".formatted("in truth " + report.classes().get(c), confusion[c][0],
                    confusion[c][1]));
        }
    }

    private void tryOut(TextClassifier classifier) {
        say("", "4  Tried out. The bar is the probability that the writer was happy.");
        for (Group group : GROUPS) {
            say("   " + group.about());
            for (Sentence sentence : group.sentences()) {
                double happy = classifier.predict(sentence.text()).probabilities().get("pos");
                boolean right = happy > 0.5 == sentence.content();
                say("      %-54s%s %7s%s".formatted(sentence.text(), Bar.of(happy, BAR), Bar.percent(happy),
                        right ? "" : "  wrong"));
            }
        }
    }

    private void next(String name) {
        String rondo = console.command();
        say("", "5  Your turn. The model is in %s; what it makes of a sentence of yours:".formatted(name),
                "      %s predict %s --text \"Only a liar would say that the soup was good.\"".formatted(rondo, name),
                "   What is in it:",
                "      %s inspect %s".formatted(rondo, name),
                "   A model of your own, from a CSV file with the columns text and label:",
                "      %s train classify --data reviews.csv --out m.rondo".formatted(rondo));
    }

    private void say(String... lines) {
        for (String line : lines) {
            console.print(line);
        }
        console.flush();
    }
}
