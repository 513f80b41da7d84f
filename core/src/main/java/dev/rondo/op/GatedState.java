package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What both forms of the GRU share when their activations are not the standard ones.
final class GatedState {
    private GatedState() {}

    /// Activates n elements in place and keeps what they were where `pre` asks for it.
    static void activate(Kernels k, Activation f, int n, float[] z, int at, float @Nullable [] pre) {
        if (pre != null) {
            System.arraycopy(z, at, pre, at, n);
        }
        ActivationOp.forward(k, f, n, z, at, z, at);
    }

    /// `h = z * hPrev + (1 - z) * candidate`.
    static void mix(int units, float[] z, int zo, float[] candidate, int co, float[] hPrev, int po, float[] h, int ho) {
        for (int u = 0; u < units; u++) {
            float update = z[zo + u];
            h[ho + u] = update * hPrev[po + u] + (1f - update) * candidate[co + u];
        }
    }

    /// The derivatives of the activations of one row of gates z r h~.
    static void slopes(Kernels k, Activation activation, Activation recurrentActivation, int units, float[] z, int at,
            float @Nullable [] pre, float[] slopes) {
        float[] input = pre != null ? pre : z;
        Arrays.fill(slopes, 0, 3 * units, 1f);
        ActivationOp.backward(k, recurrentActivation, 2 * units, input, at, z, at, slopes, 0);
        ActivationOp.backward(k, activation, units, input, at + 2 * units, z, at + 2 * units, slopes, 2 * units);
    }
}
