package dev.rondo.train;

import dev.rondo.metric.Metric;
import java.util.List;
import java.util.Map;

/// How well a model does on some data.
///
/// @param loss mean loss; of several outputs, the sum of their mean losses times their weights
/// @param metrics the metrics, in the order in which they were asked for; of several outputs none, as each has its own
/// @param samples number of samples
/// @param outputs of a model with several outputs, how well it does on each, with losses before they are multiplied by their weights;
///        else empty
public record Evaluation(double loss, Map<Metric, Double> metrics, int samples, List<Evaluation> outputs) {
    /// Copies the list.
    public Evaluation {
        outputs = List.copyOf(outputs);
    }

    /// A metric's value.
    ///
    /// @throws IllegalArgumentException if it was not measured
    public double get(Metric metric) {
        Double value = metrics.get(metric);
        if (value == null) {
            throw new IllegalArgumentException("metric " + metric.id() + " was not measured; "
                    + (outputs.isEmpty() ? "ask the trainer for it with metrics(...)"
                            : "each of the " + outputs.size() + " outputs has its own: outputs().get(i).get(...)"));
        }
        return value;
    }
}
