package dev.rondo.cli;

import dev.rondo.io.Json;
import dev.rondo.io.Provenance;
import dev.rondo.io.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `rondo inspect`: what is in a model file.
@Command(name = "inspect", mixinStandardHelpOptions = true, sortOptions = false, header = "Shows what is in a model file, and how it was made.")
final class InspectCommand implements Callable<Integer> {
    private static final int LONGEST = 100;
    private static final int INDENT = 15;
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The model file, such as m.rondo.")
    private String file = "";

    @Mixin
    private JsonOption json = new JsonOption();

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Path path = TargetFile.path(file);
        SavedModel saved = SavedModel.load(path);
        long bytes = Files.size(path);
        if (json.wanted()) {
            console.print(json(saved, bytes));
        } else {
            print(saved, bytes);
        }
        return Main.DONE;
    }

    private ObjectNode json(SavedModel saved, long bytes) {
        ObjectNode node = ModelView.of(saved.model())
                .put(Json.mapper().createObjectNode().put("file", file).put("bytes", bytes));
        node.set("task", saved.task());
        saved.vocabulary().ifPresent(words -> node.put("vocabulary", words.lines().count()));
        node.set("provenance", Json.mapper().<JsonNode>valueToTree(saved.provenance()));
        return node;
    }

    private void print(SavedModel saved, long bytes) {
        Provenance made = saved.provenance();
        console.print("%s  %s".formatted(file, size(bytes)));
        console.print("");
        ModelView.of(saved.model()).summary().lines().forEach(console::print);
        console.print("");
        for (Map.Entry<String, JsonNode> property : saved.task().properties()) {
            row(property.getKey(), words(property.getValue()));
        }
        saved.vocabulary().ifPresent(words -> row("vocabulary", "%,d entries".formatted(words.lines().count())));
        console.print("");
        for (Provenance.Data data : made.data()) {
            row("data", "%s, %,d rows, sha256 %s".formatted(data.name(), data.rows(), data.sha256()));
        }
        measures(made.metrics(), made.epochs());
        Provenance.Environment with = made.environment();
        row("training", made.epochs() == 0 ? "none recorded, written " + made.date()
                : "seed %d, %d epochs, %d slices a batch, %d threads, %s".formatted(made.seed(), made.epochs(),
                        with.slices(), with.threads(), made.date()));
        row("made by", "Rondo %s, Java %s, kernels %s".formatted(with.rondo(), with.java(), with.kernels()));
    }

    /// Measures of each epoch: those of the epoch whose weights the model has, and of the last one; else all.
    private void measures(Map<String, Double> metrics, int epochs) {
        Double kept = metrics.get("epoch kept");
        if (kept == null) {
            measured("measured", "", metrics);
            return;
        }
        measured("epoch kept", "%.0f".formatted(kept), metrics);
        if (kept != epochs) {
            measured("last epoch", Integer.toString(epochs), metrics);
        }
    }

    private void measured(String name, String epoch, Map<String, Double> metrics) {
        String prefix = epoch.isEmpty() ? "" : "epoch " + epoch + " ";
        String measures = metrics.entrySet().stream()
                .filter(metric -> metric.getKey().startsWith(prefix))
                .map(metric -> "%s %.4f".formatted(metric.getKey().substring(prefix.length()), metric.getValue()))
                .collect(Collectors.joining(", "));
        if (!measures.isEmpty()) {
            row(name, (epoch.isEmpty() ? "" : epoch + ": ") + measures);
        }
    }

    /// A value of a JSON text in words: `unicode, max length 400, padding none`.
    private static String words(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(property -> named(property.getKey(), words(property.getValue())))
                    .collect(Collectors.joining(", "));
        }
        if (value.isArray()) {
            return value.valueStream().map(InspectCommand::words).collect(Collectors.joining(", "));
        }
        return value.isString() ? value.stringValue() : value.toString();
    }

    private static String named(String key, String value) {
        return switch (key) {
            case "type", "class_name", "config" -> value;
            default -> key.replace('_', ' ') + " " + value;
        };
    }

    private void row(String name, String value) {
        String line = "%-14s %s".formatted(name.replace('_', ' '), Classes.visible(value));
        while (line.length() > LONGEST) {
            int end = line.lastIndexOf(' ', LONGEST);
            if (end <= INDENT) {
                break; // one long word
            }
            console.print(line.substring(0, end));
            line = " ".repeat(INDENT) + line.substring(end + 1);
        }
        console.print(line);
    }

    /// Bytes in words.
    static String size(long bytes) {
        return bytes < 100_000 ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
