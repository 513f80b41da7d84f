package dev.rondo.optim;

import dev.rondo.tape.Parameter;
import java.util.List;

/// Stochastic gradient descent (Robbins and Monro 1951), optionally with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013).
///
/// ```text
/// u = momentum * u - lr * g
/// w = w + u                          w = w + momentum * u - lr * g   with Nesterov's momentum
/// ```
///
/// @param learningRate lr, positive, 0.01 by default
/// @param momentum share of the last velocity u that is kept, in [0, 1), 0 by default
/// @param usesNesterov whether to step ahead along the velocity, false by default
public record Sgd(double learningRate, double momentum, boolean usesNesterov) implements Optimizer {
    /// @throws IllegalArgumentException if an option is out of range
    public Sgd {
        Checks.positive("sgd", "learningRate", learningRate);
        Checks.kept("sgd", "momentum", momentum);
    }

    /// Plain gradient descent with learning rate 0.01.
    public static Sgd of() {
        return of(0.01);
    }

    /// Plain gradient descent.
    public static Sgd of(double learningRate) {
        return new Sgd(learningRate, 0, false);
    }

    /// This optimizer with momentum.
    public Sgd momentum(double momentum) {
        return new Sgd(learningRate, momentum, usesNesterov);
    }

    /// This optimizer with its momentum turned into Nesterov's.
    public Sgd nesterov() {
        return new Sgd(learningRate, momentum, true);
    }

    @Override
    public String name() {
        return "sgd";
    }

    @Override
    public Sgd withLearningRate(double learningRate) {
        return new Sgd(learningRate, momentum, usesNesterov);
    }

    @Override
    public OptimizerState start(List<Parameter> parameters) {
        return new OptimizerState(momentum == 0 ? new SgdRule() : new MomentumRule(this), parameters);
    }
}
