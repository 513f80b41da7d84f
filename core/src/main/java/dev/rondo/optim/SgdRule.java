package dev.rondo.optim;

import dev.rondo.internal.kernel.Kernels;
import java.util.List;

/// `w -= lr * g`. A row without gradient stays as it is.
record SgdRule() implements Rule, Rule.Rest {
    @Override
    public List<String> slots() {
        return List.of();
    }

    @Override
    public Update update(double learningRate, long step) {
        Kernels k = Kernels.best();
        float rate = (float) -learningRate;
        return (n, w, at, g, go, slots) -> k.axpy(n, rate, g, go, w, at);
    }

    @Override
    public Rest rest() {
        return this;
    }

    @Override
    public int horizon() {
        return Integer.MAX_VALUE;
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
    public void apply(int last, int now, int n, float[] w, int at, float[][] slots) {}
}
