package dev.rondo.optim;

import dev.rondo.tape.Parameter;
import java.util.List;

/// RMSprop (Tieleman and Hinton 2012): gradients divided by a running root mean square.
///
/// ```text
/// v = rho * v + (1 - rho) * g^2
/// w = w - lr * g / sqrt(v + epsilon)
/// ```
///
/// @param learningRate lr, positive, 0.001 by default
/// @param rho share of the mean square v that is kept, in [0, 1), 0.9 by default
/// @param epsilon keeps the divisor from zero, at least 1.2e-38, 1e-7 by default
public record RmsProp(double learningRate, double rho, double epsilon) implements Optimizer {
    /// @throws IllegalArgumentException if an option is out of range
    public RmsProp {
        Checks.positive("rmsprop", "learningRate", learningRate);
        Checks.kept("rmsprop", "rho", rho);
        Checks.epsilon("rmsprop", epsilon);
    }

    /// RMSprop with learning rate 0.001.
    public static RmsProp of() {
        return of(1e-3);
    }

    /// RMSprop with Keras's other options.
    public static RmsProp of(double learningRate) {
        return new RmsProp(learningRate, 0.9, 1e-7);
    }

    /// This optimizer with another rho.
    public RmsProp rho(double rho) {
        return new RmsProp(learningRate, rho, epsilon);
    }

    /// This optimizer with another epsilon.
    public RmsProp epsilon(double epsilon) {
        return new RmsProp(learningRate, rho, epsilon);
    }

    @Override
    public String name() {
        return "rmsprop";
    }

    @Override
    public RmsProp withLearningRate(double learningRate) {
        return new RmsProp(learningRate, rho, epsilon);
    }

    @Override
    public OptimizerState start(List<Parameter> parameters) {
        return new OptimizerState(new RmsPropRule(rho, epsilon), parameters);
    }
}
