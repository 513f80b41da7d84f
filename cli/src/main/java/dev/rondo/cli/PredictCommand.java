package dev.rondo.cli;

import dev.rondo.io.Json;
import dev.rondo.tasks.TextClassifier.Prediction;
import dev.rondo.tasks.TextClassifier;
import dev.rondo.tasks.text.TextColumns;
import dev.rondo.tasks.text.TextFormat;
import dev.rondo.tasks.text.TextRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `rondo predict`: the classes of texts.
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false, header = "Tells the class of texts.", description = {
        "Of a file, each row gives a line with its class, its probability and the beginning of its text, "
                + "separated by tabs."})
final class PredictCommand implements Callable<Integer> {
    /// So many rows at a time: enough for all threads, and little memory.
    private static final int ROWS = 1024;
    private static final int SHOWN = 100;
    private static final int BAR = 30;
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The model file, such as m.rondo.")
    private String model = "";

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(names = "--text-column", paramLabel = "NAME", description = "Column with the texts; otherwise that of training.")
    private @Nullable String textColumn;

    @Mixin
    private JsonOption json = new JsonOption();

    PredictCommand(Console console) {
        this.console = console;
    }

    /// Where the texts come from.
    static final class Source {
        @Option(names = "--text", paramLabel = "TEXT", description = "A text; may be given several times.")
        private List<String> texts = List.of();

        @Option(names = "--data", paramLabel = "FILE", description = "CSV or TSV with a header, or one text a line (.txt), also compressed (.gz); "
                + "- for lines from standard input.")
        private String data = "";
    }

    @Override
    public Integer call() throws IOException {
        TextClassifier classifier = TextClassifier.load(TargetFile.path(model));
        if (!source.texts.isEmpty()) {
            print(source.texts, classifier.predict(source.texts));
            return Main.DONE;
        }
        TextColumns columns = TextColumns.of(textColumn == null ? classifier.columns().text() : textColumn);
        try (TextRows rows = source.data.equals(TextRows.STANDARD_INPUT)
                ? TextRows.open(console.in(), "standard input", TextFormat.LINES, columns)
                : TextRows.open(source.data, columns)) {
            predict(classifier, rows);
        }
        return Main.DONE;
    }

    private void predict(TextClassifier classifier, TextRows rows) {
        List<String> texts = new ArrayList<>();
        long first = 1;
        boolean more = rows.next();
        while (more) {
            texts.add(rows.text());
            more = rows.next();
            if (texts.size() == ROWS || !more) {
                List<Prediction> predictions = classifier.predict(texts);
                for (int i = 0; i < texts.size(); i++) {
                    if (json.wanted()) {
                        console.print(json(predictions.get(i), texts.get(i)).put("row", first + i));
                    } else {
                        console.print("%s\t%.4f\t%s".formatted(Classes.visible(predictions.get(i).label()),
                                predictions.get(i).probability(), Bar.shortened(texts.get(i), SHOWN)));
                    }
                }
                first += texts.size();
                texts.clear();
                if (!console.flush()) {
                    return; // nobody reads any more
                }
            }
        }
        rows.warnings().forEach(warning -> console.note("rondo: warning: " + warning));
    }

    private void print(List<String> texts, List<Prediction> predictions) {
        for (int i = 0; i < texts.size(); i++) {
            if (json.wanted()) {
                console.print(json(predictions.get(i), texts.get(i)));
                continue;
            }
            if (texts.size() > 1) {
                console.print((i == 0 ? "" : "\n") + Bar.shortened(texts.get(i), SHOWN));
            }
            bars(predictions.get(i)).forEach(console::print);
        }
    }

    /// A line for each class, the likeliest first.
    static List<String> bars(Prediction prediction) {
        var shares = new ArrayList<>(prediction.probabilities().entrySet());
        shares.sort(Map.Entry.<String, Double>comparingByValue().reversed());
        int width = shares.stream().mapToInt(share -> Classes.visible(share.getKey()).length()).max().orElse(0);
        return shares.stream().map(share -> ("%-" + width + "s  %7s  %s").formatted(Classes.visible(share.getKey()),
                Bar.percent(share.getValue()), Bar.of(share.getValue(), BAR)).stripTrailing()).toList();
    }

    private static ObjectNode json(Prediction prediction, String text) {
        ObjectNode node = Json.mapper().createObjectNode().put("label", prediction.label())
                .put("probability", prediction.probability());
        ObjectNode all = node.putObject("probabilities");
        prediction.probabilities().forEach(all::put);
        return node.put("text", text);
    }
}
