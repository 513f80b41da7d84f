package dev.rondo.testkit;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// The gated recurrent unit in double precision, reset gate before the recurrent product (Cho et al. 2014, as published).
///
/// ```text
/// z, r = s(x_t * W + h_{t-1} * R + b)                  columns of W, R, b: z r n
/// n    = a(x_t * W + (r * h_{t-1}) * R + b)
/// h_t  = z * h_{t-1} + (1 - z) * n
/// ```
///
/// @param kernel W `[F, 3H]`
/// @param recurrent R `[H, 3H]`
/// @param bias b `[3H]`, null for zero
/// @param activation a, as a rule tanh
/// @param recurrentActivation s, as a rule the sigmoid
public record ReferenceGruResetBefore(double[][] kernel, double[][] recurrent, double @Nullable [] bias,
        DoubleUnaryOperator activation, DoubleUnaryOperator recurrentActivation) implements ReferenceCell {
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
        double[] resetState = new double[units];
        for (int u = 0; u < units; u++) {
            resetState[u] = recurrentActivation.applyAsDouble(sum(x, before, units + u)) * before[u];
        }
        double[] h = new double[units];
        for (int u = 0; u < units; u++) {
            double z = recurrentActivation.applyAsDouble(sum(x, before, u));
            double n = activation.applyAsDouble(sum(x, resetState, 2 * units + u));
            h[u] = z * before[u] + (1 - z) * n;
        }
        return new double[][] {h};
    }

    private double sum(double[] x, double[] h, int column) {
        return ReferenceOps.column(x, kernel, column) + ReferenceOps.column(h, recurrent, column)
                + (bias == null ? 0 : bias[column]);
    }
}
