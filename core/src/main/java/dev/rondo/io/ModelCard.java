package dev.rondo.io;

import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Parameter;
import java.util.List;
import java.util.Locale;

/// Describes a model for people, in Markdown: what it is, how good, and how it was made.
final class ModelCard {
    private final StringBuilder text = new StringBuilder();

    private ModelCard() {}

    static String of(String title, Model model, Provenance provenance) {
        ModelCard card = new ModelCard();
        card.describe(title, model);
        if (!provenance.metrics().isEmpty()) {
            card.line("").line("## Results").line("").row("metric", "value").row("---", "---");
            card.results(provenance);
        }
        card.history(provenance);
        return card.text.toString();
    }

    /// Of measures for each epoch, those of the epoch that was kept and of the last one; the file has all.
    private void results(Provenance provenance) {
        Double kept = provenance.metrics().get("epoch kept");
        provenance.metrics().forEach((name, value) -> {
            if (name.equals("epoch kept")) {
                row(name, format("%.0f", value));
            } else if (kept == null || !name.matches("epoch \\d+ .*") || name.startsWith(format("epoch %.0f ", kept))
                    || name.startsWith("epoch " + provenance.epochs() + " ")) {
                row(plain(name), format("%.5g", value));
            }
        });
    }

    private void describe(String title, Model model) {
        long parameters = model.parameters().stream().mapToLong(Parameter::size).sum();
        String takes = "";
        String gives = "";
        String summary = "";
        int layers = 0;
        switch (model) {
            case Sequential stack -> {
                layers = stack.layers().size();
                takes = stack.input().toString();
                gives = stack.output().toString();
                summary = stack.summary();
            }
            case Graph graph -> {
                layers = graph.plan().layers().size();
                takes = names(graph.inputs());
                gives = names(graph.outputs());
                summary = graph.summary();
            }
            default -> throw new IllegalArgumentException("a card describes a Sequential or a Graph");
        }
        line("# " + plain(title)).line("");
        line(format("A sequence model of %d layer%s with %,d parameters. It takes %s and gives %s, with B sequences",
                layers, layers == 1 ? "" : "s", parameters, takes, gives));
        line("and T steps.").line("");
        line("## Layers").line("").line("```text").line(summary).line("```");
    }

    private static String names(List<Signature> values) {
        return String.join(" and ", values.stream().map(Signature::toString).toList());
    }

    private void history(Provenance provenance) {
        Provenance.Environment environment = provenance.environment();
        line("").line("## How it was made").line("").row("what", "value").row("---", "---");
        if (provenance.data().isEmpty()) {
            row("data", "not recorded");
        }
        for (Provenance.Data data : provenance.data()) {
            row("data", format("%s, %,d rows, SHA-256 %s", plain(data.name()), data.rows(), data.sha256()));
        }
        row("seed", Long.toString(provenance.seed()));
        row("epochs", Integer.toString(provenance.epochs()));
        row("slices of a batch", Integer.toString(environment.slices()));
        row("threads", Integer.toString(environment.threads()));
        row("software", format("Rondo %s, Java %s, %s kernels", plain(environment.rondo()),
                plain(environment.java()), plain(environment.kernels())));
        row("date", provenance.date().toString());
        line("").line("The same data, options, seed, slices, software and kernels give the same weights again.");
    }

    private ModelCard line(String line) {
        text.append(line).append('\n');
        return this;
    }

    private ModelCard row(String left, String right) {
        return line("| " + left + " | " + right + " |");
    }

    /// Takes the meaning from characters that Markdown would read, and from those that break a line.
    private static String plain(String text) {
        return ModelFormatException.oneLine(text).replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
