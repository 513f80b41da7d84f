package dev.rondo.cli;

import dev.rondo.io.Json;
import dev.rondo.metric.Metric;
import dev.rondo.train.Evaluation;
import dev.rondo.train.History;
import dev.rondo.train.Listener;
import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Shows how training goes: a line for each epoch, and on a terminal a bar with the time left.
///
/// For the thread that trains; [#toString()] for any.
final class TrainingProgress implements Listener, AutoCloseable {
    private final Console console;
    private final boolean json;
    private volatile @Nullable Progress latest;
    private @Nullable ProgressBar bar;

    /// @param json whether to print each epoch as JSON on standard output too
    TrainingProgress(Console console, boolean json) {
        this.console = console;
        this.json = json;
    }

    @Override
    public Signal onBatch(Progress progress) {
        latest = progress;
        if (console.columns() > 0) {
            ProgressBar shown = bar == null ? start(progress) : bar;
            bar = shown;
            shown.setExtraMessage("epoch %d/%d, %s tokens/s, loss %.4f".formatted(progress.epoch(), progress.epochs(),
                    rounded(progress.steps() / Math.max(progress.seconds(), 1e-9)), progress.loss()));
            shown.stepTo((long) (progress.epoch() - 1) * progress.batches() + progress.batch());
        }
        return Signal.CONTINUE;
    }

    private ProgressBar start(Progress progress) {
        // A consumer of our own: the library's would load a terminal library and print on a stream of its own.
        return ProgressBar.builder()
                .setTaskName("training")
                .setInitialMax((long) progress.epochs() * progress.batches())
                .setUpdateIntervalMillis(200)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setConsumer(new DelegatingProgressBarConsumer(console::draw, Math.max(20, console.columns() - 1)))
                .build();
    }

    @Override
    public Signal onEpoch(History.Epoch epoch) {
        Progress last = latest;
        int epochs = last == null ? epoch.number() : last.epochs();
        StringBuilder line = new StringBuilder("epoch %d/%d  %5.1f s  %s tokens/s  loss %.4f".formatted(epoch.number(),
                epochs, epoch.seconds(), rounded(epoch.stepsPerSecond()), epoch.training().loss()));
        accuracy(epoch.training(), line, "accuracy");
        Evaluation validation = epoch.validation();
        if (validation != null) {
            line.append("  validation loss %.4f".formatted(validation.loss()));
            accuracy(validation, line, "accuracy");
        }
        console.note(line.toString());
        if (json) {
            console.print(json(epoch));
            console.flush();
        }
        return Signal.CONTINUE;
    }

    /// Says in a line why training ended before its last epoch, if it did.
    void saysWhyItEnded(History history) {
        Progress last = latest;
        int done = history.epochs().size();
        if (last == null || done == last.epochs()) {
            return;
        }
        console.note("stopped after epoch %d of %d: ".formatted(done, last.epochs()) + (history.stopped()
                ? "the losses are as good as zero"
                : "the validation loss was lowest in epoch " + history.bestEpoch()) + "; --epochs goes on");
    }

    private static void accuracy(Evaluation evaluation, StringBuilder line, String name) {
        Double value = evaluation.metrics().get(Metric.ACCURACY);
        if (value != null) {
            line.append("  %s %.3f".formatted(name, value));
        }
    }

    private static ObjectNode json(History.Epoch epoch) {
        ObjectNode node = Json.mapper().createObjectNode()
                .put("epoch", epoch.number())
                .put("loss", epoch.training().loss());
        epoch.training().metrics().forEach((metric, value) -> node.put(metric.id(), value));
        Evaluation validation = epoch.validation();
        if (validation != null) {
            node.put("validation_loss", validation.loss());
            validation.metrics().forEach((metric, value) -> node.put("validation_" + metric.id(), value));
        }
        return node.put("seconds", epoch.seconds()).put("tokens_per_s", epoch.stepsPerSecond());
    }

    /// Ends the bar.
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
        console.erase();
    }

    /// Where training stands, for a stop: `during epoch 2 of 3`.
    @Override
    public String toString() {
        Progress progress = latest;
        return progress == null ? "before the first epoch"
                : "during epoch %d of %d".formatted(progress.epoch(), progress.epochs());
    }

    /// A duration in words, `24.3 s` or `2 min 5 s`.
    static String time(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 100 ? "%.1f s".formatted(time.toMillis() / 1e3)
                : "%d min %d s".formatted(seconds / 60, seconds % 60);
    }

    private static String rounded(double rate) {
        return rate >= 1e6 ? "%.2fM".formatted(rate / 1e6)
                : rate >= 1e4 ? "%.0fk".formatted(rate / 1e3) : "%.0f".formatted(rate);
    }
}
