package dev.rondo.cli;

import dev.rondo.tasks.ClassificationReport;
import dev.rondo.tasks.TextClassifier.Prediction;
import dev.rondo.tasks.TextClassifier;
import dev.rondo.tasks.TextTraining;
import dev.rondo.tasks.demo.ReviewGrammar;
import dev.rondo.tasks.text.LabelledTexts;
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
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false, description = "Trains a first model on reviews that come with Rondo, in seconds, and tries it out.%n")
final class DemoCommand implements Callable<Integer> {
    private static final int SEED = 7;
    private static final int BAR = 20;
    /// Far above a coin's 0.5 and what counting words reaches; every seed that was tried passes with room to spare.
    private static final double ENOUGH = 0.8;

    private record Sentence(String text, String why) {}

    private static final List<Sentence> SENTENCES = List.of(
            new Sentence("The soup was delicious.", "plain praise"),
            new Sentence("The soup was not delicious.", "one \"not\" later"),
            new Sentence("The thriller was never boring.", "a bad word in praise"),
            new Sentence("Nobody could say that the waiter was not friendly.", "two negations"),
            new Sentence("The plot was silly, but the acting was superb.", "what comes last counts"),
            new Sentence("The acting was superb, but the plot was silly.", "the same words in another order"),
            new Sentence("The bed was anything but comfortable.", "praise it is not"),
            new Sentence("The advert called it magnificent, and that was a lie.", "hearsay"));

    private final Console console;

    @Option(names = "--quick", description = "Fewer reviews, a few seconds; fails where the model learns too little.")
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
        ReviewGrammar.Split reviews = quick ? ReviewGrammar.of(SEED).split(1500, 300) : ReviewGrammar.of(SEED).split();
        introduce(reviews.train());
        long begin = System.nanoTime();
        TextClassifier classifier = train(reviews.train());
        Duration time = Duration.ofNanos(System.nanoTime() - begin);
        ClassificationReport report = classifier.evaluate(reviews.test());
        judge(report, reviews.test().size(), time);
        tryOut(classifier);
        if (target != null) {
            save(classifier, target, name);
            next(name);
        }
        return accept(report);
    }

    private void introduce(LabelledTexts reviews) {
        say("A recurrent network learns to tell content reviews from cross ones.", "",
                "1  %,d short reviews to learn from, written by a small grammar. Two of them:"
                        .formatted(reviews.size()));
        for (String wanted : List.of("pos", "neg")) {
            int i = 0;
            while (!reviews.classes().get(reviews.labels()[i]).equals(wanted)) {
                i++;
            }
            say("      %s  %s".formatted(wanted, Bar.shortened(reviews.texts().get(i), 90)));
        }
        say("   Single words say little here: \"never boring\" is praise. One has to read in order.", "",
                "2  Training");
    }

    private TextClassifier train(LabelledTexts reviews) {
        try (var progress = new TrainingProgress(console, false)) {
            console.doing(() -> progress + " of the demo; nothing was saved");
            return TextClassifier.fit(reviews, training().threads(threads.count()).seed(SEED).listener(progress));
        }
    }

    private TextTraining training() {
        return TextTraining.defaults();
    }

    private void judge(ClassificationReport report, int reviews, Duration time) {
        say("   done in %s".formatted(TrainingProgress.time(time)), "",
                "3  Examined with %,d reviews that it has never seen: %s are right".formatted(reviews,
                        Bar.percent(report.accuracy())));
        int[][] confusion = report.confusion();
        say("      %-8s %10s %10s".formatted("", "called neg", "called pos"));
        for (int c = 0; c < confusion.length; c++) {
            say("      %-8s %,10d %,10d".formatted("was " + report.classes().get(c), confusion[c][0], confusion[c][1]));
        }
    }

    private void tryOut(TextClassifier classifier) {
        say("", "4  Tried out. The bar is how sure it is that the writer was content:");
        for (Sentence sentence : SENTENCES) {
            Prediction prediction = classifier.predict(sentence.text());
            double content = prediction.probabilities().get("pos");
            say("      %s %7s  %-54s (%s)".formatted(Bar.of(content, BAR), Bar.percent(content), sentence.text(),
                    sentence.why()));
        }
    }

    private void save(TextClassifier classifier, Path target, String name) throws IOException {
        console.beginSaving("after " + name + " was saved");
        try {
            classifier.save(target);
        } finally {
            console.endSaving();
        }
    }

    private void next(String name) {
        String rondo = console.command();
        say("", "5  Your turn. The model is in %s:".formatted(name),
                "      %s predict %s --text \"Only a liar would say that the soup was good.\"".formatted(rondo, name),
                "      %s inspect %s".formatted(rondo, name),
                "   With reviews of your own, in a CSV file with the columns text and label:",
                "      %s train classify --data reviews.csv --out m.rondo".formatted(rondo),
                "      %s evaluate m.rondo --data test.csv".formatted(rondo));
    }

    private int accept(ClassificationReport report) {
        if (report.accuracy() < ENOUGH) {
            throw new Failure(
                    "demo: only %s of the reviews are right, expected %s or more; the build or this machine is at fault"
                            .formatted(Bar.percent(report.accuracy()), Bar.percent(ENOUGH)));
        }
        return Main.DONE;
    }

    private void say(String... lines) {
        for (String line : lines) {
            console.print(line);
        }
        console.flush();
    }
}
