package dev.rondo.op;

import java.util.Locale;

/// The activation functions, with Keras's names and definitions.
///
/// The names in JSON files are Keras's: lower case, `hard_sigmoid`, `swish` for [#SILU] is understood too.
public enum Activation {
    /// `x`
    LINEAR,
    /// `max(x, 0)`
    RELU,
    /// `1 / (1 + e^-x)`
    SIGMOID,
    /// `(e^x - e^-x) / (e^x + e^-x)`
    TANH,
    /// `e^x_j / sum over the row of e^x_k`; works on rows, so it is not available inside a recurrent cell.
    SOFTMAX,
    /// `x_j - log(sum over the row of e^x_k)`; works on rows.
    LOG_SOFTMAX,
    /// `min(max(x / 6 + 1/2, 0), 1)`
    HARD_SIGMOID,
    /// `min(max(x, -1), 1)`
    HARD_TANH,
    /// `log(1 + e^x)`
    SOFTPLUS,
    /// `x / (1 + |x|)`
    SOFTSIGN,
    /// `x` above zero, else `e^x - 1` (Clevert et al. 2016)
    ELU,
    /// `1.0507 x` above zero, else `1.0507 * 1.6733 (e^x - 1)` (Klambauer et al. 2017)
    SELU,
    /// `e^x`
    EXPONENTIAL,
    /// `x * sigmoid(x)`, also called swish (Hendrycks and Gimpel 2016)
    SILU,
    /// `x * (1 + erf(x / sqrt 2)) / 2` (Hendrycks and Gimpel 2016)
    GELU,
    /// `x * tanh(softplus(x))` (Misra 2019)
    MISH,
    /// `min(max(x, 0), 6)`
    RELU6,
    /// `x` above zero, else `x / 5` (Keras's slope)
    LEAKY_RELU;

    /// Whether the function works on each element by itself.
    public boolean isElementwise() {
        return this != SOFTMAX && this != LOG_SOFTMAX;
    }

    /// Whether the derivative needs the input and cannot be told from the output.
    boolean needsInput() {
        return switch (this) {
            case SILU, GELU, MISH -> true;
            default -> false;
        };
    }

    /// The name in model files and in Keras, such as `hard_sigmoid`.
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The activation of that name.
    ///
    /// @throws IllegalArgumentException if there is none; the message lists all
    public static Activation of(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        if (wanted.equals("SWISH")) {
            return SILU;
        }
        for (Activation activation : values()) {
            if (activation.name().equals(wanted)) {
                return activation;
            }
        }
        StringBuilder known = new StringBuilder();
        for (Activation activation : values()) {
            known.append(known.isEmpty() ? "" : ", ").append(activation.id());
        }
        throw new IllegalArgumentException("activation \"" + name + "\" is not known; use one of " + known);
    }
}
