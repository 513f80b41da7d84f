package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import java.util.Arrays;

/// Activation functions of all elements of an array, or of rows for softmax.
public final class ActivationOp {
    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;

    private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBE = 0.044715;
    private static final double SHRINK = 0.5;

    private ActivationOp() {}

    /// `Y = f(X)` for X `[rows, columns]`, Y `[rows, f.columns(columns)]`.
    public static void apply(Kernels k, Activation f, int rows, int columns, float[] x, float[] y) {
        if (f.isElementwise()) {
            forward(k, f, rows * columns, x, 0, y, 0);
        } else {
            rowsForward(k, f, rows, columns, x, y);
        }
    }

    /// `dX += dY * f'(X)`; for those that work on rows see [#rowsBackward].
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
            rowsBackward(f, rows, columns, x, y, dy, dx);
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
            case SOFTMAX, LOG_SOFTMAX, SPARSEMAX, GLU -> throw new IllegalArgumentException(
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
            default -> {
                boolean input = f.needsInput();
                for (int i = 0; i < n; i++) {
                    dy[dyo + i] *= (float) (input ? slopeAtInput(f, x[xo + i]) : slopeAtOutput(f, y[yo + i]));
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
            case ELU, CELU -> x > 0 ? x : Math.expm1(x);
            case SELU -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x));
            case SILU -> x * sigmoid(x);
            case GELU -> x * normal(x);
            case MISH -> x * Math.tanh(softplus(x));
            case RELU6 -> Math.clamp(x, 0.0, 6.0);
            case LEAKY_RELU -> x > 0 ? x : 0.2 * x;
            case GELU_TANH -> x * (1 + Math.tanh(geluInner(x))) / 2;
            case HARD_SILU -> x * Math.clamp(x / 6 + 0.5, 0.0, 1.0);
            case HARD_SHRINK -> Math.abs(x) <= SHRINK ? 0 : x;
            case SOFT_SHRINK -> Math.abs(x) <= SHRINK ? 0 : x - Math.copySign(SHRINK, x);
            case TANH_SHRINK -> x - Math.tanh(x);
            case LOG_SIGMOID -> -softplus(-x);
            case SPARSE_PLUS -> x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4;
            case SPARSE_SIGMOID -> Math.clamp((x + 1) / 2, 0.0, 1.0);
            // Of the two roots' product only the sum that does not cancel is computed.
            case SQUAREPLUS -> x < 0 ? 2 / (Math.sqrt(x * x + 4) - x) : (x + Math.sqrt(x * x + 4)) / 2;
            case LINEAR, RELU, SIGMOID, TANH, EXPONENTIAL, SOFTMAX, LOG_SOFTMAX, SPARSEMAX, GLU ->
                throw new AssertionError(f);
        };
    }

    /// f'(x) by the output y.
    private static double slopeAtOutput(Activation f, double y) {
        return switch (f) {
            case HARD_SIGMOID -> y > 0 && y < 1 ? 1.0 / 6 : 0;
            case HARD_TANH -> y > -1 && y < 1 ? 1 : 0;
            case SOFTPLUS -> -Math.expm1(-y);
            case SOFTSIGN -> (1 - Math.abs(y)) * (1 - Math.abs(y));
            case ELU, CELU -> y > 0 ? 1 : y + 1;
            case SELU -> y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA;
            case RELU6 -> y > 0 && y < 6 ? 1 : 0;
            case LEAKY_RELU -> y > 0 ? 1 : 0.2;
            case HARD_SHRINK, SOFT_SHRINK -> y == 0 ? 0 : 1;
            case LOG_SIGMOID -> -Math.expm1(y);
            case SPARSE_PLUS -> y < 1 ? Math.sqrt(y) : 1;
            case SPARSE_SIGMOID -> y > 0 && y < 1 ? 0.5 : 0;
            case SQUAREPLUS -> 1 / (1 + 1 / (y * y));
            default -> throw new AssertionError(f);
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
            case GELU_TANH -> {
                double t = Math.tanh(geluInner(x));
                yield (1 + t + x * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBE * x * x)) / 2;
            }
            case HARD_SILU -> x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
            case TANH_SHRINK -> Math.tanh(x) * Math.tanh(x);
            default -> throw new AssertionError(f);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double geluInner(double x) {
        return GELU_SCALE * (x + GELU_CUBE * x * x * x);
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

    /// Each of `rows` rows of n elements.
    ///
    /// ```text
    /// softmax:      y_j = e^(x_j - max) / sum over k of e^(x_k - max)
    /// log-softmax:  its logarithm
    /// sparsemax:    y_j = max(x_j - tau, 0)   tau = (k x_(1) + (k-1) x_(2) + ... + x_(k) - 1) / k   x_(1) the largest
    /// glu:          y_j = x_j * sigmoid(x_(n/2 + j))
    /// ```
    static void rowsForward(Kernels k, Activation f, int rows, int n, float[] x, float[] y) {
        for (int row = 0; row < rows; row++) {
            int at = row * n;
            switch (f) {
                case SPARSEMAX -> sparsemax(n, x, at, y);
                case GLU -> {
                    int half = n / 2;
                    for (int j = 0; j < half; j++) {
                        y[row * half + j] = (float) (x[at + j] * sigmoid(x[at + half + j]));
                    }
                }
                default -> softmax(k, f, n, x, at, y);
            }
        }
    }

    private static void softmax(Kernels k, Activation f, int n, float[] x, int at, float[] y) {
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

    /// The support: the k largest elements, as many as lie above the threshold that they give by themselves.
    private static int support(float[] sorted) {
        double sum = 0;
        int n = sorted.length;
        for (int count = 1; count <= n; count++) {
            double next = sorted[n - count];
            sum += next;
            if (!(1 + count * next > sum)) {
                return count - 1;
            }
        }
        return n;
    }

    private static void sparsemax(int n, float[] x, int at, float[] y) {
        float[] sorted = Arrays.copyOfRange(x, at, at + n);
        Arrays.sort(sorted);
        int k = support(sorted);
        double sum = 0;
        for (int rank = 1; rank <= k; rank++) {
            sum += (k - rank + 1) * (double) sorted[n - rank];
        }
        double tau = (sum - 1) / k;
        for (int j = 0; j < n; j++) {
            y[at + j] = (float) Math.max(x[at + j] - tau, 0);
        }
    }

    /// ```text
    /// softmax:      dx = y * (dy - sum(dy * y))
    /// log-softmax:  dx = dy - e^y * sum(dy)
    /// sparsemax:    dx_j = dy_j [y_j > 0] - (k - rank_j + 1) / k * sum(dy [y > 0]), the latter where rank_j <= k
    /// glu:          da = dy * s   db = dy * a * s (1 - s)        s = sigmoid(b)
    /// ```
    /// `dx` is added to.
    static void rowsBackward(Activation f, int rows, int n, float[] x, float[] y, float[] dy, float[] dx) {
        for (int row = 0; row < rows; row++) {
            int at = row * n;
            switch (f) {
                case SPARSEMAX -> sparsemaxBackward(n, at, x, y, dy, dx);
                case GLU -> {
                    int half = n / 2;
                    for (int j = 0; j < half; j++) {
                        double s = sigmoid(x[at + half + j]);
                        float d = dy[row * half + j];
                        dx[at + j] += (float) (d * s);
                        dx[at + half + j] += (float) (d * x[at + j] * s * (1 - s));
                    }
                }
                default -> softmaxBackward(f, n, at, y, dy, dx);
            }
        }
    }

    private static void softmaxBackward(Activation f, int n, int at, float[] y, float[] dy, float[] dx) {
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

    private static void sparsemaxBackward(int n, int at, float[] x, float[] y, float[] dy, float[] dx) {
        float[] sorted = Arrays.copyOfRange(x, at, at + n);
        Arrays.sort(sorted);
        int k = support(sorted);
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += y[at + j] > 0 ? dy[at + j] : 0;
        }
        for (int j = 0; j < n; j++) {
            int rank = n - Arrays.binarySearch(sorted, x[at + j]);
            double share = rank <= k ? (k - rank + 1) * sum / k : 0;
            dx[at + j] += (float) ((y[at + j] > 0 ? dy[at + j] : 0) - share);
        }
    }
}
