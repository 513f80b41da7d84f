package dev.rondo.op;

import java.util.Locale;

/// The activation functions, with Keras's names, definitions and default constants; functions with constants of one's own are layers.
///
/// The names in JSON files are Keras's: lower case, `hard_sigmoid`; `swish` for [#SILU] and `hard_swish` for [#HARD_SILU] are
/// understood too.
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
    LEAKY_RELU,
    /// `x * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2`: near [#GELU], and PyTorch's `approximate='tanh'`.
    GELU_TANH,
    /// `max(x, 0) + min(e^x - 1, 0)` (Barron 2017); [#ELU] with Keras's alpha of 1.
    CELU,
    /// `x * hard_sigmoid(x)`, also called hard swish (Howard et al. 2019)
    HARD_SILU,
    /// `x`, but 0 where `|x| <= 1/2`
    HARD_SHRINK,
    /// `x` moved by 1/2 towards 0, and 0 where `|x| <= 1/2`
    SOFT_SHRINK,
    /// `x - tanh(x)`
    TANH_SHRINK,
    /// `-log(1 + e^-x)`
    LOG_SIGMOID,
    /// `0` below -1, `x` above 1, `(x + 1)^2 / 4` between
    SPARSE_PLUS,
    /// `min(max((x + 1) / 2, 0), 1)`
    SPARSE_SIGMOID,
    /// `(x + sqrt(x^2 + 4)) / 2` (Barron 2021)
    SQUAREPLUS,
    /// Keras's sparsemax; works on rows. Where one element stands out it gives 1 for it and 0 for the others, as the function of
    /// Martins and Astudillo (2016); else Keras 3 takes a higher threshold than theirs, and the row adds up to less than 1.
    SPARSEMAX,
    /// `a * sigmoid(b)` for a row `[a b]`: half as many columns (Dauphin et al. 2017); works on rows.
    GLU;

    /// Whether the function works on each element by itself.
    public boolean isElementwise() {
        return switch (this) {
            case SOFTMAX, LOG_SOFTMAX, SPARSEMAX, GLU -> false;
            default -> true;
        };
    }

    /// The columns that the function makes of rows of `columns` columns: as many, or half for [#GLU].
    ///
    /// @throws IllegalArgumentException if they cannot be halved
    public int columns(int columns) {
        if (this == GLU && columns % 2 != 0) {
            throw new IllegalArgumentException("activation glu halves the columns, but there are " + columns
                    + "; give the layer before it an even number of units");
        }
        return this == GLU ? columns / 2 : columns;
    }

    /// Whether the derivative needs the input and cannot be told from the output.
    boolean needsInput() {
        return switch (this) {
            case SILU, GELU, GELU_TANH, MISH, HARD_SILU, TANH_SHRINK -> true;
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
        switch (wanted) {
            case "SWISH" -> {
                return SILU;
            }
            case "HARD_SWISH" -> {
                return HARD_SILU;
            }
            default -> {}
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
