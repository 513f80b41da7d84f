package dev.rondo.cli;

import dev.rondo.io.Json;
import dev.rondo.tasks.TextClassifier;
import dev.rondo.tasks.TextTraining;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.TextColumns;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.train.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `rondo train classify`: a text classifier from a file of labelled texts.
@Command(name = "classify", mixinStandardHelpOptions = true, sortOptions = false, header = "Trains a text classifier on a file of labelled texts.", description = {
        "The file is CSV or TSV with a header, in UTF-8, also compressed (.csv.gz). Nothing is written before "
                + "training is complete, so Ctrl-C loses no earlier model."})
final class ClassifyCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", paramLabel = "FILE", required = true, description = "The texts to learn from.")
    private String data = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The model file to write, such as m.rondo.")
    private String out = "";

    @Mixin
    private DataColumns columns = new DataColumns();

    @Option(names = "--validation", paramLabel = "FILE", description = "Texts to measure on after each epoch; otherwise 5 %% of the data are set aside.")
    private @Nullable String validation;

    @Option(names = "--model", paramLabel = "FILE", description = "A JSON file with the layers and how to train them; otherwise a network that suits most texts.")
    private @Nullable String model;

    @Option(names = "--vectors", paramLabel = "FILE", description = "Word vectors for the embedding to begin with: GloVe, word2vec (text or binary) or fastText .vec, also .gz.")
    private @Nullable String vectors;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data; otherwise 2 to 25, by the number of texts, and fewer where more are of no use.")
    private @Nullable Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Texts a step of the optimizer; otherwise 16, or 32 from 10000 texts on.")
    private @Nullable Integer batchSize;

    @Option(names = "--max-length", paramLabel = "N", description = "Cut longer texts to so many words, of which the end is kept; otherwise 400.")
    private @Nullable Integer maxLength;

    @Option(names = "--seed", paramLabel = "N", description = "Another seed gives another model; the same seed the same one, to the last bit; otherwise 0.")
    private @Nullable Long seed;

    @Mixin
    private Threads threads = new Threads();

    @Mixin
    private JsonOption json = new JsonOption();

    ClassifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        requirePositive("--epochs", epochs);
        requirePositive("--batch-size", batchSize);
        requirePositive("--max-length", maxLength);
        if (maxLength != null && maxLength > TextPipeline.LONGEST) {
            throw new ParameterException(spec.commandLine(), "--max-length %d: expected 1 to %d".formatted(maxLength,
                    TextPipeline.LONGEST));
        }
        console.doing(() -> "before training; nothing was saved, " + fate());
        Path target = TargetFile.check("--out", out, data);
        for (String other : new String[] {validation, model, vectors}) {
            if (other != null) {
                TargetFile.check("--out", out, other);
            }
        }
        TextTraining training = training().words(vectors == null ? null : new VectorTable(vectors, console));
        TextColumns read = columns.or(TextColumns.defaults());
        LabelledTexts texts = DataColumns.readToTrain(data, read, console);
        if (validation != null) {
            training = training.validation(DataColumns.read(validation, read, console));
        }
        console.note("%s: %,d texts, classes %s".formatted(data, texts.size(), Classes.counts(texts)));
        long begin = System.nanoTime();
        TextClassifier classifier;
        try (var progress = new TrainingProgress(console, json.wanted())) {
            console.doing(() -> progress + "; nothing was saved, " + fate());
            classifier = TextClassifier.fit(texts, training.listener(progress)).columns(read);
            progress.saysWhyItEnded(classifier.history());
        }
        ModelOutput.save(classifier, target, console);
        report(classifier, target, Duration.ofNanos(System.nanoTime() - begin));
        return Main.DONE;
    }

    private TextTraining training() throws IOException {
        TextTraining training = model == null ? TextTraining.defaults() : TextTraining.read(TargetFile.path(model));
        training = training.threads(threads.count());
        training = epochs == null ? training : training.epochs(epochs);
        training = batchSize == null ? training : training.batchSize(batchSize);
        training = maxLength == null ? training : training.text(training.text().maxLength(maxLength));
        return seed == null ? training : training.seed(seed);
    }

    private String fate() {
        return out + (Files.exists(Path.of(out)) ? " is unchanged" : " was not made");
    }

    private void report(TextClassifier classifier, Path target, Duration time) throws IOException {
        long bytes = Files.size(target);
        History history = classifier.history();
        if (json.wanted()) {
            console.print(Json.mapper().createObjectNode().put("saved", out).put("bytes", bytes)
                    .put("best_epoch", history.bestEpoch()).put("seconds", time.toMillis() / 1e3));
            return;
        }
        StringBuilder line = new StringBuilder("saved %s (%s) after %s".formatted(out, InspectCommand.size(bytes),
                TrainingProgress.time(time)));
        if (history.bestEpoch() < history.epochs().size()) {
            line.append(", with the weights of epoch %d, whose validation loss is the lowest"
                    .formatted(history.bestEpoch()));
        }
        console.print(line.toString());
    }

    private void requirePositive(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new ParameterException(spec.commandLine(), "%s %d: expected 1 or more".formatted(option, value));
        }
    }
}
