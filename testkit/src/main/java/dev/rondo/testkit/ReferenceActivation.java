package dev.rondo.testkit;

import dev.rondo.op.Activation;
import java.util.function.DoubleUnaryOperator;

/// The elementwise activation functions in double precision, each from its definition.
public final class ReferenceActivation {
    private ReferenceActivation() {}

    /// The function of that name.
    ///
    /// @throws IllegalArgumentException if it works on rows: see [ReferenceOps#softmax] and [ReferenceOps#logSoftmax]
    public static DoubleUnaryOperator of(Activation activation) {
        return switch (activation) {
            case LINEAR -> x -> x;
            case RELU -> x -> Math.max(x, 0);
            case SIGMOID -> ReferenceActivation::sigmoid;
            case TANH -> Math::tanh;
            case HARD_SIGMOID -> x -> Math.min(Math.max(x / 6 + 0.5, 0), 1);
            case HARD_TANH -> x -> Math.min(Math.max(x, -1), 1);
            case SOFTPLUS -> ReferenceActivation::softplus;
            case SOFTSIGN -> x -> x / (1 + Math.abs(x));
            case ELU, CELU -> x -> x > 0 ? x : Math.exp(x) - 1;
            case SELU -> x -> 1.05070098735548 * (x > 0 ? x : 1.67326324235437 * (Math.exp(x) - 1));
            case EXPONENTIAL -> Math::exp;
            case SILU -> x -> x * sigmoid(x);
            case GELU -> x -> x * (1 + erf(x / Math.sqrt(2))) / 2;
            case MISH -> x -> x * Math.tanh(softplus(x));
            case RELU6 -> x -> Math.min(Math.max(x, 0), 6);
            case LEAKY_RELU -> x -> x > 0 ? x : 0.2 * x;
            case GELU_TANH -> x -> x / 2 * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
            case HARD_SILU -> x -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
            case HARD_SHRINK -> x -> x >= -0.5 && x <= 0.5 ? 0 : x;
            case SOFT_SHRINK -> x -> x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0 * x;
            case TANH_SHRINK -> x -> x - Math.tanh(x);
            case LOG_SIGMOID -> x -> x < -30 ? x : -Math.log1p(Math.exp(-x));
            case SPARSE_PLUS -> x -> x < -1 ? 0 : x > 1 ? x : (x + 1) * (x + 1) / 4;
            case SPARSE_SIGMOID -> x -> Math.min(Math.max(x / 2 + 0.5, 0), 1);
            case SQUAREPLUS -> x -> (x + Math.sqrt(x * x + 4)) / 2;
            case SOFTMAX, LOG_SOFTMAX, SPARSEMAX, GLU -> throw new IllegalArgumentException(
                    "activation " + activation.id() + " works on rows; use ReferenceOps");
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return x > 30 ? x : Math.log1p(Math.exp(x));
    }

    /// `2 / sqrt(pi) * e^(-x^2) * (x + 2 x^3 / 3 + 4 x^5 / (3 * 5) + ...)`: all terms have one sign, so nothing cancels. Beyond 6
    /// it is 1 to the last bit of a double.
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = 0;
        for (int odd = 3; sum + term != sum; odd += 2) {
            sum += term;
            term *= 2 * x * x / odd;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
