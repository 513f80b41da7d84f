package dev.rondo.optim;

import dev.rondo.tape.Parameter;
import java.util.List;

/// Adam (Kingma and Ba 2015), with epsilon where Keras has it.
///
/// ```text
/// m = beta1 * m + (1 - beta1) * g        v = beta2 * v + (1 - beta2) * g^2
/// w = w - alpha_t * m / (sqrt v + epsilon)        alpha_t = lr * sqrt(1 - beta2^t) / (1 - beta1^t)
/// ```
///
/// t counts steps from one.
///
/// @param learningRate lr, positive, 0.001 by default
/// @param beta1 share of the mean m that is kept, in [0, 1), 0.9 by default
/// @param beta2 share of the mean square v that is kept, in (0, 1), 0.999 by default
/// @param epsilon keeps the divisor from zero, at least 1.2e-38, 1e-7 by default
public record Adam(double learningRate, double beta1, double beta2, double epsilon) implements Optimizer {
    /// @throws IllegalArgumentException if an option is out of range
    public Adam {
        Checks.positive("adam", "learningRate", learningRate);
        Checks.kept("adam", "beta1", beta1);
        Checks.positive("adam", "beta2", beta2);
        Checks.kept("adam", "beta2", beta2);
        Checks.epsilon("adam", epsilon);
    }

    /// Adam with learning rate 0.001.
    public static Adam of() {
        return of(1e-3);
    }

    /// Adam with Keras's other options.
    public static Adam of(double learningRate) {
        return new Adam(learningRate, 0.9, 0.999, 1e-7);
    }

    /// This optimizer with another beta1.
    public Adam beta1(double beta1) {
        return new Adam(learningRate, beta1, beta2, epsilon);
    }

    /// This optimizer with another beta2.
    public Adam beta2(double beta2) {
        return new Adam(learningRate, beta1, beta2, epsilon);
    }

    /// This optimizer with another epsilon.
    public Adam epsilon(double epsilon) {
        return new Adam(learningRate, beta1, beta2, epsilon);
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public Adam withLearningRate(double learningRate) {
        return new Adam(learningRate, beta1, beta2, epsilon);
    }

    @Override
    public OptimizerState start(List<Parameter> parameters) {
        return new OptimizerState(new AdamRule(beta1, beta2, epsilon, 0), parameters);
    }
}
