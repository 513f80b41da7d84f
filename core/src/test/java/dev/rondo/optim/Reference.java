package dev.rondo.optim;

/// The formulas of Keras 3 in double precision, every element at every step, with nothing put off.
final class Reference {
    /// The weights.
    final double[] w;
    /// How far each weight has travelled: the scale of what errors to expect.
    final double[] path;
    private final Optimizer optimizer;
    private final double[] m;
    private final double[] v;
    private long t;

    Reference(Optimizer optimizer, float[] start) {
        this.optimizer = optimizer;
        w = new double[start.length];
        for (int i = 0; i < start.length; i++) {
            w[i] = start[i];
        }
        path = new double[start.length];
        m = new double[start.length];
        v = new double[start.length];
    }

    void step(float[] gradient, double lr) {
        t++;
        for (int i = 0; i < w.length; i++) {
            double before = w[i];
            double g = gradient[i];
            switch (optimizer) {
                case Sgd o -> sgd(o, i, g, lr);
                case RmsProp o -> {
                    v[i] = o.rho() * v[i] + (1 - o.rho()) * g * g;
                    w[i] -= lr * g / Math.sqrt(v[i] + o.epsilon());
                }
                case Adam o -> adam(i, g, lr, o.beta1(), o.beta2(), o.epsilon());
                case AdamW o -> {
                    w[i] -= lr * o.weightDecay() * w[i];
                    adam(i, g, lr, o.beta1(), o.beta2(), o.epsilon());
                }
            }
            path[i] += Math.abs(w[i] - before);
        }
    }

    private void sgd(Sgd o, int i, double g, double lr) {
        if (o.momentum() == 0) {
            w[i] -= lr * g;
            return;
        }
        m[i] = o.momentum() * m[i] - lr * g;
        w[i] += o.usesNesterov() ? o.momentum() * m[i] - lr * g : m[i];
    }

    private void adam(int i, double g, double lr, double beta1, double beta2, double epsilon) {
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        double alpha = lr * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
        w[i] -= alpha * m[i] / (Math.sqrt(v[i]) + epsilon);
    }

    /// @param share of the way travelled that the error may be
    void assertNear(String what, float[] actual, double share) {
        for (int i = 0; i < w.length; i++) {
            assertNear(what, actual, i, share);
        }
    }

    /// Checks one element. Besides a share of the way there is the weight's own rounding: a random walk of at most half a unit
    /// in the last place a step, of which five standard deviations (0.29 units) are allowed.
    void assertNear(String what, float[] actual, int i, double share) {
        double allowed = share * path[i] + 1.5 * Math.sqrt(t) * Math.ulp((float) (Math.abs(w[i]) + path[i]));
        if (!(Math.abs(actual[i] - w[i]) <= allowed)) {
            throw new AssertionError(what + ", " + optimizer + ", step " + t + ", element " + i + ": expected " + w[i]
                    + " but was " + actual[i] + ", off by " + Math.abs(actual[i] - w[i]) + " > " + allowed
                    + " after a way of " + path[i]);
        }
    }
}
