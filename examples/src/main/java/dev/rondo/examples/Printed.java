package dev.rondo.examples;

import dev.rondo.metric.Metric;
import dev.rondo.train.Evaluation;
import dev.rondo.train.History;
import dev.rondo.train.Listener;

/// Prints a line after each epoch, as Keras does.
record Printed(int every) implements Listener {
    static Listener epochs() {
        return new Printed(1);
    }

    static Listener everyEpochs(int every) {
        return new Printed(every);
    }

    @Override
    public Signal onEpoch(History.Epoch epoch) {
        if (epoch.number() % every == 0) {
            StringBuilder line = new StringBuilder(String.format("epoch %d", epoch.number()));
            append(line, "", epoch.training());
            Evaluation validation = epoch.validation();
            if (validation != null) {
                append(line, "val_", validation);
            }
            System.out.println(line.append(String.format("  (%.2f s)", epoch.seconds())));
        }
        return Signal.CONTINUE;
    }

    private static void append(StringBuilder line, String prefix, Evaluation evaluation) {
        line.append(String.format("  %sloss %.4f", prefix, evaluation.loss()));
        for (Metric metric : evaluation.metrics().keySet()) {
            line.append(String.format("  %s%s %.4f", prefix, metric.id(), evaluation.get(metric)));
        }
    }
}
