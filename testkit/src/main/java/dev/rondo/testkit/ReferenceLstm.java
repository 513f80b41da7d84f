package dev.rondo.testkit;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// The long short-term memory cell in double precision (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000).
///
/// ```text
/// i, f, o = s(x_t * W + h_{t-1} * R + b)      g = a(x_t * W + h_{t-1} * R + b)      columns of W, R, b: i f g o
/// c_t = f * c_{t-1} + i * g                   h_t = o * a(c_t)
/// ```
///
/// @param kernel W `[F, 4H]`
/// @param recurrent R `[H, 4H]`
/// @param bias b `[4H]`, null for zero
/// @param activation a, as a rule tanh
/// @param recurrentActivation s, as a rule the sigmoid
public record ReferenceLstm(double[][] kernel, double[][] recurrent, double @Nullable [] bias,
        DoubleUnaryOperator activation, DoubleUnaryOperator recurrentActivation) implements ReferenceCell {
    @Override
    public int units() {
        return recurrent.length;
    }

    @Override
    public int stateParts() {
        return 2;
    }

    @Override
    public double[][] step(double[] x, double[][] state) {
        int units = units();
        double[] h = new double[units];
        double[] c = new double[units];
        for (int u = 0; u < units; u++) {
            double i = recurrentActivation.applyAsDouble(sum(x, state[0], u));
            double f = recurrentActivation.applyAsDouble(sum(x, state[0], units + u));
            double g = activation.applyAsDouble(sum(x, state[0], 2 * units + u));
            double o = recurrentActivation.applyAsDouble(sum(x, state[0], 3 * units + u));
            c[u] = f * state[1][u] + i * g;
            h[u] = o * activation.applyAsDouble(c[u]);
        }
        return new double[][] {h, c};
    }

    private double sum(double[] x, double[] h, int column) {
        return ReferenceOps.column(x, kernel, column) + ReferenceOps.column(h, recurrent, column)
                + (bias == null ? 0 : bias[column]);
    }
}
