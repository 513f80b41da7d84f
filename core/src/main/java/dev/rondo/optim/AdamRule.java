package dev.rondo.optim;

import dev.rondo.internal.kernel.Kernels;
import java.util.List;

/// Adam and AdamW: `m += (1-b1)(g-m)`, `v += (1-b2)(g^2-v)`, `w -= lr * decay * w + alpha_t * m / (sqrt v + epsilon)`.
final class AdamRule implements Rule {
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double weightDecay;
    private final int horizon;
    private final float[] powers1;
    private final float[] powers2;

    AdamRule(double beta1, double beta2, double epsilon, double weightDecay) {
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        horizon = AdamRest.horizon(beta1, beta2);
        powers1 = Powers.of(beta1, horizon);
        powers2 = Powers.of(beta2, horizon);
    }

    /// @throws IllegalArgumentException if a step would shrink a weight to nothing or beyond
    static void checkDecay(double learningRate, double weightDecay) {
        if (learningRate * weightDecay >= 1) {
            throw new IllegalArgumentException("adamw: learningRate " + learningRate + " times weightDecay "
                    + weightDecay + " is " + learningRate * weightDecay + "; it must be less than 1");
        }
    }

    @Override
    public List<String> slots() {
        return List.of("m", "v");
    }

    @Override
    public Update update(double learningRate, long step) {
        checkDecay(learningRate, weightDecay);
        Kernels k = Kernels.best();
        float rate = (float) alpha(learningRate, step);
        float shrink = (float) (learningRate * weightDecay);
        return (n, w, at, g, go, slots) -> k.adam(n, w, at, g, go, slots[0], slots[1], at, rate, (float) (1 - beta1),
                (float) (1 - beta2), (float) epsilon, shrink);
    }

    /// The learning rate corrected for moments that started at zero.
    double alpha(double learningRate, long step) {
        return learningRate * Math.sqrt(1 - Math.pow(beta2, step)) / (1 - Math.pow(beta1, step));
    }

    @Override
    public Rest rest() {
        return new AdamRest(this);
    }

    double beta1() {
        return beta1;
    }

    double beta2() {
        return beta2;
    }

    double epsilon() {
        return epsilon;
    }

    double weightDecay() {
        return weightDecay;
    }

    int horizon() {
        return horizon;
    }

    /// What is left of m after some steps without gradient.
    float left1(int steps) {
        return powers1[steps];
    }

    /// What is left of v after some steps without gradient.
    float left2(int steps) {
        return powers2[steps];
    }
}
