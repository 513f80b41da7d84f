package dev.rondo.cli;

import dev.rondo.io.Json;
import dev.rondo.tasks.ClassificationReport;
import dev.rondo.tasks.TextClassifier;
import dev.rondo.tasks.text.LabelledTexts;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `rondo evaluate`: how good a model is on other texts.
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false, header = "Measures a classifier on a file of labelled texts.")
final class EvaluateCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The model file, such as m.rondo.")
    private String model = "";

    @Option(names = "--data", paramLabel = "FILE", required = true, description = "CSV or TSV with a header, also compressed (.csv.gz).")
    private String data = "";

    @Mixin
    private DataColumns columns = new DataColumns();

    @Mixin
    private JsonOption json = new JsonOption();

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        TextClassifier classifier = TextClassifier.load(TargetFile.path(model));
        LabelledTexts texts = DataColumns.read(data, columns.or(classifier.columns()), console);
        long begin = System.nanoTime();
        if (console.columns() > 0) {
            console.draw("measuring on %,d texts ...".formatted(texts.size()));
        }
        ClassificationReport report = classifier.evaluate(texts);
        console.erase();
        if (json.wanted()) {
            console.print(json(report).put("seconds", (System.nanoTime() - begin) / 1e9));
        } else {
            report.toString().lines().forEach(console::print);
        }
        return Main.DONE;
    }

    private static ObjectNode json(ClassificationReport report) {
        ObjectNode node = Json.mapper().createObjectNode()
                .put("accuracy", report.accuracy())
                .put("loss", report.loss())
                .put("macro_f1", report.macroF1())
                .put("texts", report.samples());
        ArrayNode classes = node.putArray("classes");
        for (ClassificationReport.ClassScore score : report.perClass()) {
            classes.addObject().put("label", score.name()).put("precision", score.precision())
                    .put("recall", score.recall()).put("f1", score.f1()).put("texts", score.samples());
        }
        ArrayNode confusion = node.putArray("confusion");
        for (int[] row : report.confusion()) {
            IntStream.of(row).forEach(confusion.addArray()::add);
        }
        return node;
    }
}
