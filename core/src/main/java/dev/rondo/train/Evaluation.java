package dev.rondo.train;

import dev.rondo.metric.Metric;
import java.util.Map;

/// How well a model does on some data.
///
/// @param loss mean loss
/// @param metrics the metrics, in the order in which they were asked for
/// @param samples number of samples
public record Evaluation(double loss, Map<Metric, Double> metrics, int samples) {
    /// A metric's value.
    ///
    /// @throws IllegalArgumentException if it was not measured
    public double get(Metric metric) {
        Double value = metrics.get(metric);
        if (value == null) {
            throw new IllegalArgumentException(
                    "metric " + metric.id() + " was not measured; ask the trainer for it with metrics(...)");
        }
        return value;
    }
}
