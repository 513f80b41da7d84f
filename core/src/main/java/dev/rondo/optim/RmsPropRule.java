package dev.rondo.optim;

import dev.rondo.internal.kernel.Kernels;
import java.util.List;

/// `v = rho * v + (1 - rho) * g^2`, `w -= lr * g / sqrt(v + epsilon)`. Over k steps without gradient v shrinks by rho^k.
final class RmsPropRule implements Rule, Rule.Rest {
    private final double rho;
    private final double epsilon;
    private final float[] powers;

    RmsPropRule(double rho, double epsilon) {
        this.rho = rho;
        this.epsilon = epsilon;
        powers = Powers.of(rho, Powers.HORIZON);
    }

    @Override
    public List<String> slots() {
        return List.of("v");
    }

    @Override
    public Update update(double learningRate, long step) {
        Kernels k = Kernels.best();
        return (n, w, at, g, go, slots) -> k.rmsprop(n, w, at, g, go, slots[0], at, (float) learningRate,
                (float) (1 - rho),
                (float) epsilon);
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
        return false;
    }

    @Override
    public boolean movesUntouchedRows() {
        return false;
    }

    @Override
    public void add(int index, double learningRate, long step) {}

    @Override
    public void apply(int last, int now, int n, float[] w, int at, float[][] slots) {
        Kernels.best().scale(n, powers[now - last], slots[0], at);
    }
}
