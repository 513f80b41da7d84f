package dev.rondo.testkit;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// The gated recurrent unit in double precision, reset gate after the recurrent product (Cho et al. 2014, first version).
///
/// ```text
/// z, r = s(x_t * W + b + h_{t-1} * R + b')             columns of W, R, b, b': z r n
/// n    = a(x_t * W + b + r * (h_{t-1} * R + b'))
/// h_t  = z * h_{t-1} + (1 - z) * n
/// ```
///
/// @param kernel W `[F, 3H]`
/// @param recurrent R `[H, 3H]`
/// @param bias b `[3H]`, null for zero
/// @param recurrentBias b' `[3H]`, null for zero
/// @param activation a, as a rule tanh
/// @param recurrentActivation s, as a rule the sigmoid
public record ReferenceGru(double[][] kernel, double[][] recurrent, double @Nullable [] bias,
        double @Nullable [] recurrentBias, DoubleUnaryOperator activation, DoubleUnaryOperator recurrentActivation)
        implements
            ReferenceCell {
    @Override
    public int units() {
        return recurrent.length;
    }

    @Override
    public int stateParts() {
        return 1;
    }

    @Override
    public double[][] step(double[] x, double[][] state) {
        int units = units();
        double[] before = state[0];
        double[] h = new double[units];
        for (int u = 0; u < units; u++) {
            double z = recurrentActivation.applyAsDouble(input(x, u) + previous(before, u));
            double r = recurrentActivation.applyAsDouble(input(x, units + u) + previous(before, units + u));
            double n = activation.applyAsDouble(input(x, 2 * units + u) + r * previous(before, 2 * units + u));
            h[u] = z * before[u] + (1 - z) * n;
        }
        return new double[][] {h};
    }

    private double input(double[] x, int column) {
        return ReferenceOps.column(x, kernel, column) + (bias == null ? 0 : bias[column]);
    }

    private double previous(double[] h, int column) {
        return ReferenceOps.column(h, recurrent, column) + (recurrentBias == null ? 0 : recurrentBias[column]);
    }
}
