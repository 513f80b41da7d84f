package dev.rondo.train;

import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import java.util.List;

/// What one output of a model is trained for: a loss, how much it counts beside those of the other outputs, and what is measured.
///
/// ```java
/// Trainer.of(model).objectives(Objective.of(Loss.SPARSE_CATEGORICAL_CROSSENTROPY).metrics(Metric.ACCURACY),
///         Objective.of(Loss.MEAN_SQUARED_ERROR).weight(0.2));
/// ```
///
/// @param loss what is to become small
/// @param weight what the loss is multiplied by in the sum of all losses, at least 0; 1 by default, as Keras's `loss_weights`
/// @param metrics what is measured besides
public record Objective(Loss loss, double weight, List<Metric> metrics) {
    /// @throws IllegalArgumentException if the weight is negative or not finite
    public Objective {
        if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the weight of loss " + loss.id() + " is " + weight
                    + "; it must be finite and at least 0");
        }
        metrics = List.copyOf(metrics);
    }

    /// A loss of weight 1 without metrics.
    public static Objective of(Loss loss) {
        return new Objective(loss, 1, List.of());
    }

    /// This objective with another weight.
    public Objective weight(double weight) {
        return new Objective(loss, weight, metrics);
    }

    /// This objective with metrics to measure.
    public Objective metrics(Metric... metrics) {
        return new Objective(loss, weight, List.of(metrics));
    }
}
