package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;

/// Activation functions of all elements of an array, or of rows for softmax.
public final class ActivationOp {
    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;

    private ActivationOp() {}

    /// `Y = f(X)` for X `[rows, columns]`.
    public static void apply(Kernels k, Activation f, int rows, int columns, float[] x, float[] y) {
        if (f.isElementwise()) {
            forward(k, f, rows * columns, x, 0, y, 0);
        } else {
            rowsForward(k, f, rows, columns, x, y);
        }
    }

    /// `dX += dY * f'(X)`; for softmax `dX += y * (dy - sum(dy * y))`, for log-softmax `dX += dy - e^y * sum(dy)`.
    public static void applyBackward(
            Kernels k, Buffers buffers, Activation f, int rows, int columns, float[] x, float[] y, float[] dy,
            float[] dx) {
        int n = rows * columns;
        if (f.isElementwise()) {
            float[] share = buffers.take(n);
            System.arraycopy(dy, 0, share, 0, n);
            backward(k, f, n, x, 0, y, 0, share, 0);
            k.add(n, share, 0, dx, 0);
        } else {
            rowsBackward(f, rows, columns, y, dy, dx);
        }
    }

    /// `y = f(x)` for n elements; x and y may be the same array.
    ///
    /// @throws IllegalArgumentException if f works on rows
    static void forward(Kernels k, Activation f, int n, float[] x, int xo, float[] y, int yo) {
        switch (f) {
            case TANH -> k.tanh(n, x, xo, y, yo);
            case SIGMOID -> k.sigmoid(n, x, xo, y, yo);
            case RELU -> k.relu(n, x, xo, y, yo);
            case EXPONENTIAL -> k.exp(n, x, xo, y, yo);
            case LINEAR -> System.arraycopy(x, xo, y, yo, n);
            case SOFTMAX, LOG_SOFTMAX -> throw new IllegalArgumentException(
                    "activation " + f.id()
                            + " works on whole rows and cannot stand inside a recurrent cell; use tanh, relu, sigmoid ...");
            default -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = (float) value(f, x[xo + i]);
                }
            }
        }
    }

    /// `dy = dy * f'(x)`, in place, from the input x where [Activation#needsInput], else from the output y.
    static void backward(Kernels k, Activation f, int n, float[] x, int xo, float[] y, int yo, float[] dy, int dyo) {
        switch (f) {
            case TANH -> k.tanhBackward(n, y, yo, dy, dyo);
            case SIGMOID -> k.sigmoidBackward(n, y, yo, dy, dyo);
            case RELU -> k.reluBackward(n, y, yo, dy, dyo);
            case EXPONENTIAL -> k.multiply(n, y, yo, dy, dyo);
            case LINEAR -> {}
            case SILU, GELU, MISH -> {
                for (int i = 0; i < n; i++) {
                    dy[dyo + i] *= (float) slopeAtInput(f, x[xo + i]);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    dy[dyo + i] *= (float) slopeAtOutput(f, y[yo + i]);
                }
            }
        }
    }

    private static double value(Activation f, double x) {
        return switch (f) {
            case HARD_SIGMOID -> Math.clamp(x / 6 + 0.5, 0.0, 1.0);
            case HARD_TANH -> Math.clamp(x, -1.0, 1.0);
            case SOFTPLUS -> softplus(x);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case ELU -> x > 0 ? x : Math.expm1(x);
            case SELU -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x));
            case SILU -> x * sigmoid(x);
            case GELU -> x * normal(x);
            case MISH -> x * Math.tanh(softplus(x));
            case RELU6 -> Math.clamp(x, 0.0, 6.0);
            case LEAKY_RELU -> x > 0 ? x : 0.2 * x;
            case LINEAR, RELU, SIGMOID, TANH, EXPONENTIAL, SOFTMAX, LOG_SOFTMAX -> throw new AssertionError(f);
        };
    }

    /// f'(x) by the output y.
    private static double slopeAtOutput(Activation f, double y) {
        return switch (f) {
            case HARD_SIGMOID -> y > 0 && y < 1 ? 1.0 / 6 : 0;
            case HARD_TANH -> y > -1 && y < 1 ? 1 : 0;
            case SOFTPLUS -> -Math.expm1(-y);
            case SOFTSIGN -> (1 - Math.abs(y)) * (1 - Math.abs(y));
            case ELU -> y > 0 ? 1 : y + 1;
            case SELU -> y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA;
            case RELU6 -> y > 0 && y < 6 ? 1 : 0;
            case LEAKY_RELU -> y > 0 ? 1 : 0.2;
            case LINEAR, RELU, SIGMOID, TANH, EXPONENTIAL, SOFTMAX, LOG_SOFTMAX, SILU, GELU, MISH ->
                throw new AssertionError(f);
        };
    }

    private static double slopeAtInput(Activation f, double x) {
        return switch (f) {
            case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
            case GELU -> normal(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            case MISH -> {
                double t = Math.tanh(softplus(x));
                yield t + x * (1 - t * t) * sigmoid(x);
            }
            default -> throw new AssertionError(f);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /// The distribution function of the standard normal: `(1 + erf(x / sqrt 2)) / 2`, by the series of erf for small x and its
    /// continued fraction for large x; accurate to 1e-12.
    private static double normal(double x) {
        double a = Math.abs(x);
        double tail;
        if (a < 3) {
            double term = a;
            double sum = a;
            for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
                term *= a * a / (2 * n + 1);
                sum += term;
            }
            tail = 0.5 - sum * Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
        } else {
            double fraction = 0;
            for (int n = 60; n > 0; n--) {
                fraction = n / (a + fraction);
            }
            tail = Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI) / (a + fraction);
        }
        return x > 0 ? 1 - tail : tail;
    }

    /// Softmax of each of `rows` rows of n elements: `y_j = e^(x_j - max) / sum`, or its logarithm.
    static void rowsForward(Kernels k, Activation f, int rows, int n, float[] x, float[] y) {
        for (int row = 0; row < rows; row++) {
            int at = row * n;
            float max = k.max(n, x, at);
            double sum = 0;
            for (int j = 0; j < n; j++) {
                sum += Math.exp((double) x[at + j] - max);
            }
            double logSum = Math.log(sum);
            for (int j = 0; j < n; j++) {
                double fromMax = (double) x[at + j] - max;
                y[at + j] = (float) (f == Activation.SOFTMAX ? Math.exp(fromMax) / sum : fromMax - logSum);
            }
        }
    }

    /// ```text
    /// softmax:      dx = y * (dy - sum(dy * y))
    /// log-softmax:  dx = dy - e^y * sum(dy)
    /// ```
    /// `dx` is added to.
    static void rowsBackward(Activation f, int rows, int n, float[] y, float[] dy, float[] dx) {
        for (int row = 0; row < rows; row++) {
            int at = row * n;
            double sum = 0;
            for (int j = 0; j < n; j++) {
                sum += f == Activation.SOFTMAX ? (double) dy[at + j] * y[at + j] : dy[at + j];
            }
            for (int j = 0; j < n; j++) {
                dx[at + j] += (float) (f == Activation.SOFTMAX
                        ? y[at + j] * (dy[at + j] - sum)
                        : dy[at + j] - Math.exp(y[at + j]) * sum);
            }
        }
    }
}
