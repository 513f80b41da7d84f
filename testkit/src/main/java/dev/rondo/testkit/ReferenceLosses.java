package dev.rondo.testkit;

/// Losses of one prediction in double precision, each from its definition.
public final class ReferenceLosses {
    private ReferenceLosses() {}

    /// Binary cross-entropy: `-t log p - (1 - t) log(1 - p)`.
    ///
    /// @param p a probability, in (0, 1)
    /// @param t the target, in [0, 1]
    public static double binaryCrossEntropy(double p, double t) {
        return -t * Math.log(p) - (1 - t) * Math.log(1 - p);
    }

    /// Binary cross-entropy of the sigmoid of x: `t log(1 + e^-x) + (1 - t) log(1 + e^x)`.
    ///
    /// @param x a logit; the result is finite for |x| up to 700
    public static double sigmoidCrossEntropy(double x, double t) {
        return t * Math.log1p(Math.exp(-x)) + (1 - t) * Math.log1p(Math.exp(x));
    }

    /// Cross-entropy of class probabilities, which need not add up to one: `-log(p_target / sum of p_j)`.
    public static double categoricalCrossEntropy(double[] p, int target) {
        double sum = 0;
        for (double value : p) {
            sum += value;
        }
        return -Math.log(p[target] / sum);
    }

    /// Cross-entropy of the softmax of a row.
    public static double softmaxCrossEntropy(double[] x, int target) {
        return -ReferenceOps.logSoftmax(x)[target];
    }

    /// `(x - t)^2`.
    public static double squaredError(double x, double t) {
        return (x - t) * (x - t);
    }

    /// `(x - t)^2 / 2` up to an error of delta, `delta (|x - t| - delta / 2)` beyond.
    public static double huber(double x, double t, double delta) {
        double d = Math.abs(x - t);
        return d <= delta ? d * d / 2 : delta * (d - delta / 2);
    }

    /// `|x - t|`.
    public static double absoluteError(double x, double t) {
        return Math.abs(x - t);
    }
}
