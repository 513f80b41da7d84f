package dev.rondo.testkit;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// The simple recurrent cell in double precision (Elman 1990).
///
/// ```text
/// h_t = a(x_t * W + h_{t-1} * R + b)
/// ```
///
/// @param kernel W `[F, H]`
/// @param recurrent R `[H, H]`
/// @param bias b `[H]`, null for zero
/// @param activation a
public record ReferenceSimpleRnn(double[][] kernel, double[][] recurrent, double @Nullable [] bias,
        DoubleUnaryOperator activation) implements ReferenceCell {
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
        double[] h = new double[units()];
        for (int u = 0; u < h.length; u++) {
            h[u] = activation.applyAsDouble(
                    ReferenceOps.column(x, kernel, u) + ReferenceOps.column(state[0], recurrent, u)
                            + (bias == null ? 0 : bias[u]));
        }
        return new double[][] {h};
    }
}
