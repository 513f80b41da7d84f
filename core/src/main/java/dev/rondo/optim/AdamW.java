package dev.rondo.optim;

import dev.rondo.tape.Parameter;
import java.util.List;

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): every step first shrinks every weight.
///
/// ```text
/// w = w - lr * weightDecay * w
/// w = w - alpha_t * m / (sqrt v + epsilon)        m, v, alpha_t as in Adam
/// ```
///
/// All parameters decay, biases and the rows of tables too, as in Keras.
///
/// @param learningRate lr, positive, 0.001 by default
/// @param beta1 share of the mean m that is kept, in [0, 1), 0.9 by default
/// @param beta2 share of the mean square v that is kept, in (0, 1), 0.999 by default
/// @param epsilon keeps the divisor from zero, at least 1.2e-38, 1e-7 by default
/// @param weightDecay share of a weight lost a step for lr = 1, at least 0, 0.004 by default
public record AdamW(double learningRate, double beta1, double beta2, double epsilon,
        double weightDecay) implements Optimizer {
    /// @throws IllegalArgumentException if an option is out of range, or a step would take a weight away altogether
    public AdamW {
        Checks.positive("adamw", "learningRate", learningRate);
        Checks.kept("adamw", "beta1", beta1);
        Checks.positive("adamw", "beta2", beta2);
        Checks.kept("adamw", "beta2", beta2);
        Checks.epsilon("adamw", epsilon);
        Checks.notNegative("adamw", "weightDecay", weightDecay);
        AdamRule.checkDecay(learningRate, weightDecay);
    }

    /// AdamW with learning rate 0.001.
    public static AdamW of() {
        return of(1e-3);
    }

    /// AdamW with Keras's other options.
    public static AdamW of(double learningRate) {
        return new AdamW(learningRate, 0.9, 0.999, 1e-7, 0.004);
    }

    /// This optimizer with another beta1.
    public AdamW beta1(double beta1) {
        return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay);
    }

    /// This optimizer with another beta2.
    public AdamW beta2(double beta2) {
        return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay);
    }

    /// This optimizer with another epsilon.
    public AdamW epsilon(double epsilon) {
        return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay);
    }

    /// This optimizer with another weight decay.
    public AdamW weightDecay(double weightDecay) {
        return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay);
    }

    @Override
    public String name() {
        return "adamw";
    }

    @Override
    public AdamW withLearningRate(double learningRate) {
        return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay);
    }

    @Override
    public OptimizerState start(List<Parameter> parameters) {
        return new OptimizerState(new AdamRule(beta1, beta2, epsilon, weightDecay), parameters);
    }
}
