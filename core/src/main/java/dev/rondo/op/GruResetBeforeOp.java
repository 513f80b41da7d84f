package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Gated recurrent unit over a ragged batch, reset gate *before* the recurrent product (Cho et al. 2014, as published; Keras's
/// `reset_after=False`). [GruOp] is the other form.
///
/// Gate order z r h, as in Keras. `f` is the recurrent activation (sigmoid), `a` the activation (tanh).
public final class GruResetBeforeOp {
    private GruResetBeforeOp() {}

    /// The weights: kernel `[F, 3H]`, recurrent kernel `[H, 3H]`, bias `[3H]` or null.
    public record Weights(Weight kernel, Weight recurrent, float @Nullable [] bias, Activation activation,
            Activation recurrentActivation) implements CellStep {
        @Override
        public int parts() {
            return 1;
        }

        @Override
        public int room() {
            return units();
        }

        @Override
        public void step(Kernels k, int rows, int continuing, float[] z, int zo, float[][] state, float[] room) {
            int units = units();
            int width = 3 * units;
            float[] h = state[0];
            k.gemm(rows, 0, units, h, 0, units, 1, recurrent.packedColumns(k, 0, 2 * units), z, zo, width);
            for (int row = 0; row < rows; row++) {
                int i = zo + row * width;
                GatedState.activate(k, recurrentActivation, 2 * units, z, i, null);
                System.arraycopy(h, row * units, room, row * units, units);
                k.multiply(units, z, i + units, room, row * units);
            }
            PackedMatrix rState = recurrent.packedColumns(k, 2 * units, width);
            k.gemm(rows, 0, units, room, 0, units, 1, rState, z, zo + 2 * units, width);
            for (int row = 0; row < rows; row++) {
                int i = zo + row * width;
                GatedState.activate(k, activation, units, z, i + 2 * units, null);
                GatedState.mix(units, z, i, z, i + 2 * units, h, row * units, h, row * units);
            }
        }
    }

    /// What backward needs.
    ///
    /// @param gates activations z r h~ `[N, 3H]`
    /// @param pre the same before the activations, where a derivative needs them
    /// @param hPrev the previous state of every row `[N, H]`
    /// @param reset `r * h_{t-1}` `[N, H]`
    /// @param y outputs h `[N, H]`
    /// @param lastH the last h of each sequence `[B, H]`
    public record Cache(Scan scan, float[] x, Weights weights, float[] gates, float @Nullable [] pre, float[] hPrev,
            float[] reset, float[] y, float[] lastH) {}

    /// ```text
    /// Z = X * W + b                              for all steps at once
    /// z, r = f(Z_t + h_{t-1} * R_zr)             h~ = a(Z_t + (r * h_{t-1}) * R_h)
    /// h_t = z * h_{t-1} + (1 - z) * h~
    /// ```
    ///
    /// @param x input `[N, F]`
    /// @param h0 initial h `[B, H]`, null for zero
    public static Cache forward(Kernels k, Buffers buffers, Steps steps, Direction direction, float[] x,
            float @Nullable [] h0, Weights p) {
        int rows = steps.total();
        int units = p.units();
        Scan scan = new Scan(steps, direction);
        float[] z = buffers.take(rows, 3 * units);
        float[] hPrev = buffers.take(rows, units);
        float[] reset = buffers.take(rows, units);
        float[] y = buffers.take(rows, units);
        float @Nullable [] pre = p.activation.needsInput() || p.recurrentActivation.needsInput()
                ? buffers.take(rows, 3 * units) : null;
        float[] start = h0 != null ? h0 : buffers.zeros(steps.batch() * units);
        AffineOp.forward(k, rows, x, p.kernel, p.bias, z);                                           // Z = X * W + b
        PackedMatrix rGates = p.recurrent.packedColumns(k, 0, 2 * units);
        PackedMatrix rState = p.recurrent.packedColumns(k, 2 * units, 3 * units);
        for (int s = 0; s < steps.steps(); s++) {
            int at = steps.offset(scan.step(s));
            int running = steps.rows(scan.step(s));
            int continuing = scan.continuing(s) * units;
            int zo = at * 3 * units;
            int so = at * units;
            if (continuing > 0) {
                System.arraycopy(y, scan.previous(s) * units, hPrev, so, continuing);
            }
            System.arraycopy(start, continuing, hPrev, so + continuing, running * units - continuing);
            k.gemm(running, 0, units, hPrev, so, units, 1, rGates, z, zo, 3 * units);                // Z_t += h_{t-1} * R_zr
            for (int row = 0; row < running; row++) {
                int i = zo + row * 3 * units;
                int u = so + row * units;
                GatedState.activate(k, p.recurrentActivation, 2 * units, z, i, pre);
                System.arraycopy(hPrev, u, reset, u, units);
                k.multiply(units, z, i + units, reset, u);
            }
            k.gemm(running, 0, units, reset, so, units, 1, rState, z, zo + 2 * units, 3 * units);    // Z_t += (r * h_{t-1}) * R_h
            for (int row = 0; row < running; row++) {
                int i = zo + row * 3 * units;
                int u = so + row * units;
                GatedState.activate(k, p.activation, units, z, i + 2 * units, pre);
                GatedState.mix(units, z, i, z, i + 2 * units, hPrev, u, y, u);
            }
        }
        float[] lastH = buffers.take(steps.batch() * units);
        scan.gatherLast(y, h0, units, lastH);
        return new Cache(scan, x, p, z, pre, hPrev, reset, y, lastH);
    }

    /// ```text
    /// dh~ = dh_t * (1 - z) * a'       dz = dh_t * (h_{t-1} - h~) * f'
    /// du = dh~ * R_h^T                dr = du * h_{t-1} * f'
    /// dh_{t-1} = dh_t * z + du * r + [dz, dr] * R_zr^T
    /// dZ_t = [dz, dr, dh~]    dX += dZ * W^T    dW += X^T * dZ    db += sum of dZ
    /// dR_zr += sum of h_{t-1}^T * [dz, dr]      dR_h += sum of (r * h_{t-1})^T * dh~
    /// ```
    ///
    /// @param dy gradient of the outputs `[N, H]`, null for zero
    /// @param dLastH gradient of the last h `[B, H]`, null for zero
    /// @param dx added to; null if not wanted, as the ones after it
    public static void backward(Kernels k, Buffers buffers, Cache cache, float @Nullable [] dy,
            float @Nullable [] dLastH,
            float @Nullable [] dx, float @Nullable [] dh0, @Nullable Sum dw, @Nullable Sum dr,
            float @Nullable [] db) {
        Weights p = cache.weights;
        Scan scan = cache.scan;
        Steps steps = scan.steps();
        int units = p.units();
        int rows = steps.total();
        float[] dz = cache.gates;
        float[] dh = States.copyOrZeros(buffers, dLastH, steps.batch() * units);
        float[] du = buffers.take(steps.batch() * units);
        float[] slopes = buffers.take(steps.batch() * 3 * units);
        float[] rowSlopes = buffers.take(3 * units);
        PackedMatrix rT = p.recurrent.packedTransposed(k);
        for (int s = steps.steps() - 1; s >= 0; s--) {
            int at = steps.offset(scan.step(s));
            int running = steps.rows(scan.step(s));
            int zo = at * 3 * units;
            if (dy != null) {
                k.add(running * units, dy, at * units, dh, 0);
            }
            k.flushTiny(running * units, dh, 0);
            for (int row = 0; row < running; row++) {
                int i = zo + row * 3 * units;
                GatedState.slopes(k, p.activation, p.recurrentActivation, units, dz, i, cache.pre, rowSlopes);
                System.arraycopy(rowSlopes, 0, slopes, row * 3 * units, 3 * units);
                candidateBackward(units, dz, i, cache.hPrev, (at + row) * units, dh, row * units, rowSlopes);
            }
            Arrays.fill(du, 0, running * units, 0f);
            k.gemm(running, 2 * units, units, dz, zo + 2 * units, 3 * units, 1, rT, du, 0, units);   // du = dh~ * R_h^T
            for (int row = 0; row < running; row++) {
                resetBackward(units, dz, zo + row * 3 * units + units, cache.hPrev, (at + row) * units, du, dh,
                        row * units,
                        slopes, row * 3 * units + units);
            }
            int wanted = dh0 != null ? running : scan.continuing(s);
            k.gemm(wanted, 0, 2 * units, dz, zo, 3 * units, 1, rT, dh, 0, units);                    // dh_{t-1} += [dz, dr] * R_zr^T
        }
        if (dh0 != null) {
            k.add(steps.batch() * units, dh, 0, dh0, 0);
        }
        if (dx != null) {
            Products.add(k, rows, dz, p.kernel.packedTransposed(k), dx);                             // dX += dZ * W^T
        }
        var x = Products.Term.of(cache.x, p.kernel.rows(), 3 * units, dw);
        if (dr == null) {
            Products.addTransposed(k, buffers, rows, dz, 0, 3 * units, x);                           // dW += X^T * dZ
        } else {
            Products.addTransposed(k, buffers, rows, dz, 0, 3 * units, x,
                    new Products.Term(cache.hPrev, units, 2 * units, dr, 0, 3 * units));                              // dR_zr += h_{t-1}^T * [dz, dr]
            Products.addTransposed(k, buffers, rows, dz, 2 * units, 3 * units,
                    new Products.Term(cache.reset, units, units, dr, 2 * units, 3 * units));                      // dR_h += (r * h_{t-1})^T * dh~
        }
        if (db != null) {
            k.addColumnSums(rows, 3 * units, dz, 0, 3 * units, db, 0);
        }
    }

    /// Puts dz and dh~ in place of z and h~ of one row, and `dh * z` in place of dh.
    private static void candidateBackward(int units, float[] z, int zo, float[] hPrev, int po, float[] dh, int dho,
            float[] slopes) {
        for (int u = 0; u < units; u++) {
            float d = dh[dho + u];
            float update = z[zo + u];
            float candidate = z[zo + 2 * units + u];
            z[zo + u] = d * (hPrev[po + u] - candidate) * slopes[u];
            z[zo + 2 * units + u] = d * (1f - update) * slopes[2 * units + u];
            dh[dho + u] = d * update;
        }
    }

    /// Puts dr in place of r of one row and adds `du * r` to dh.
    private static void resetBackward(int units, float[] z, int ro, float[] hPrev, int po, float[] du, float[] dh,
            int dho,
            float[] slopes, int so) {
        for (int u = 0; u < units; u++) {
            float reset = z[ro + u];
            float d = du[dho + u];
            dh[dho + u] += d * reset;
            z[ro + u] = d * hPrev[po + u] * slopes[so + u];
        }
    }
}
