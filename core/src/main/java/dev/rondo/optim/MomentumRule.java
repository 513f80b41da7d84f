package dev.rondo.optim;

import dev.rondo.internal.kernel.Kernels;
import java.util.List;

/// `u = momentum * u - lr * g`, `w += u` or, Nesterov's, `w += momentum * u - lr * g`.
///
/// Over k steps without gradient the velocity shrinks by momentum^k and the weight moves by a geometric series, whatever the
/// learning rates were:
///
/// ```text
/// w += u * (p + p^2 + ... + p^k)        times p once more for Nesterov's, p = momentum
/// ```
final class MomentumRule implements Rule, Rule.Rest {
    private final double momentum;
    private final boolean nesterov;
    private final float[] powers;

    MomentumRule(Sgd options) {
        momentum = options.momentum();
        nesterov = options.usesNesterov();
        powers = Powers.of(momentum, Powers.HORIZON);
    }

    @Override
    public List<String> slots() {
        return List.of("velocity");
    }

    @Override
    public Update update(double learningRate, long step) {
        Kernels k = Kernels.best();
        float rate = (float) learningRate;
        float p = (float) momentum;
        float lead = nesterov ? p : 1f;
        float push = nesterov ? rate : 0f;
        return (n, w, at, g, go, slots) -> k.momentum(n, w, at, g, go, slots[0], at, rate, p, lead, push);
    }

    @Override
    public Rest rest() {
        return this;
    }

    @Override
    public int horizon() {
        return Powers.HORIZON;
    }

    @Override
    public boolean movesWeights() {
        return true;
    }

    @Override
    public boolean movesUntouchedRows() {
        return false;
    }

    @Override
    public void add(int index, double learningRate, long step) {}

    @Override
    public void apply(int last, int now, int n, float[] w, int at, float[][] slots) {
        Kernels k = Kernels.best();
        float left = powers[now - last];
        double series = momentum * (1 - (double) left) / (1 - momentum);
        k.axpy(n, (float) (nesterov ? momentum * series : series), slots[0], at, w, at);
        k.scale(n, left, slots[0], at);
    }
}
