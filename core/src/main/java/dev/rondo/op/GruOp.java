package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Gated recurrent unit over a ragged batch, reset gate *after* the recurrent product (Cho et al. 2014, first version; the
/// default of Keras and the only form of PyTorch and cuDNN). [GruResetBeforeOp] is the other form.
///
/// Gate order z r h, as in Keras. `f` is the recurrent activation (sigmoid), `a` the activation (tanh).
public final class GruOp {
    private GruOp() {}

    /// The weights: kernel W `[F, 3H]`, recurrent kernel R `[H, 3H]`, input bias b and recurrent bias q `[3H]` or null.
    public record Weights(Weight kernel, Weight recurrent, float @Nullable [] bias, float @Nullable [] recurrentBias,
            Activation activation, Activation recurrentActivation) implements CellStep {
        /// Whether the fused gate pass of the kernels applies.
        boolean isStandard() {
            return activation == Activation.TANH && recurrentActivation == Activation.SIGMOID;
        }

        @Override
        public int parts() {
            return 1;
        }

        @Override
        public int room() {
            return 4 * units();
        }

        @Override
        public void step(Kernels k, int rows, int continuing, float[] z, int zo, float[][] state, float[] room) {
            float[] h = state[0];
            int width = 3 * units();
            if (recurrentBias != null) {
                k.affine(continuing, units(), h, 0, units(), 1, recurrent.packed(k), recurrentBias, 0, room, 0, width);
                k.fillRows(rows - continuing, width, recurrentBias, 0, room, continuing * width, width);
            } else {
                Arrays.fill(room, 0, rows * width, 0f);
                k.gemm(continuing, 0, units(), h, 0, units(), 1, recurrent.packed(k), room, 0, width);
            }
            gates(k, this, rows, z, zo, null, room, 0, room, rows * width, h, 0, h, 0);
        }
    }

    /// What backward needs.
    ///
    /// @param scan the steps in the order in which they were visited
    /// @param x input `[N, F]`
    /// @param h0 initial h `[B, H]`, null for zero
    /// @param weights the weights that forward used
    /// @param gates activations z r h~ `[N, 3H]`
    /// @param pre the same before the activations, where a derivative needs them
    /// @param rh the recurrent part of h~, `h_{t-1} * R_h + q_h` `[N, H]`
    /// @param y outputs h `[N, H]`
    /// @param lastH the last h of each sequence `[B, H]`
    public record Cache(Scan scan, float[] x, float @Nullable [] h0, Weights weights, float[] gates,
            float @Nullable [] pre,
            float[] rh, float[] y, float[] lastH) {}

    /// ```text
    /// Z   = X * W + b                       for all steps at once
    /// Q   = h_{t-1} * R + q
    /// z, r = f(Z_t + Q)      h~ = a(Z_t + r * Q)
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
        float[] rh = buffers.take(rows, units);
        float[] y = buffers.take(rows, units);
        float @Nullable [] pre = p.activation.needsInput() || p.recurrentActivation.needsInput()
                ? buffers.take(rows, 3 * units) : null;
        float[] q = buffers.take(steps.batch() * 3 * units);
        float[] noBias = buffers.zeros(3 * units);
        float[] bias = p.recurrentBias != null ? p.recurrentBias : noBias;
        float[] start = h0 != null ? h0 : buffers.zeros(steps.batch() * units);
        AffineOp.forward(k, rows, x, p.kernel, p.bias, z);                                           // Z = X * W + b
        PackedMatrix r = p.recurrent.packed(k);
        for (int s = 0; s < steps.steps(); s++) {
            int at = steps.offset(scan.step(s));
            int continuing = scan.continuing(s);
            int starting = steps.rows(scan.step(s)) - continuing;
            if (continuing > 0) {
                int from = scan.previous(s) * units;
                k.affine(continuing, units, y, from, units, 1, r, bias, 0, q, 0, 3 * units);            // Q = h_{t-1} * R + q
                gates(k, p, continuing, z, at * 3 * units, pre, q, 0, rh, at * units, y, from, y, at * units);
            }
            if (starting > 0) {
                int qo = continuing * 3 * units;
                if (h0 != null) {
                    k.affine(starting, units, h0, continuing * units, units, 1, r, bias, 0, q, qo, 3 * units);
                } else {
                    k.fillRows(starting, 3 * units, bias, 0, q, qo, 3 * units);
                }
                int begin = at + continuing;
                gates(k, p, starting, z, begin * 3 * units, pre, q, qo, rh, begin * units, start, continuing * units, y,
                        begin * units);
            }
        }
        float[] lastH = buffers.take(steps.batch() * units);
        scan.gatherLast(y, h0, units, lastH);
        return new Cache(scan, x, h0, p, z, pre, rh, y, lastH);
    }

    /// Activations and state of `rows` rows: gates from `zo`, rh from `rho`, y from `so` on.
    private static void gates(Kernels k, Weights p, int rows, float[] z, int zo, float @Nullable [] pre, float[] q,
            int qo, float[] rh, int rho, float[] hPrev, int po, float[] y, int so) {
        int units = p.units();
        if (p.isStandard()) {
            k.gruForward(rows, units, z, zo, q, qo, rh, rho, hPrev, po, y, so);
            return;
        }
        for (int row = 0; row < rows; row++) {
            int i = zo + row * 3 * units;
            int j = qo + row * 3 * units;
            int r = rho + row * units;
            System.arraycopy(q, j + 2 * units, rh, r, units);
            k.add(2 * units, q, j, z, i);
            GatedState.activate(k, p.recurrentActivation, 2 * units, z, i, pre);
            k.multiplyAdd(units, z, i + units, rh, r, z, i + 2 * units);
            GatedState.activate(k, p.activation, units, z, i + 2 * units, pre);
            GatedState.mix(units, z, i, z, i + 2 * units, hPrev, po + row * units, y, so + row * units);
        }
    }

    /// ```text
    /// dh~ = dh_t * (1 - z) * a'      dz = dh_t * (h_{t-1} - h~) * f'      dr = dh~ * Q_h * f'
    /// dZ_t = [dz, dr, dh~]           dQ_t = [dz, dr, dh~ * r]
    /// dh_{t-1} = dh_t * z + dQ_t * R^T
    /// dX += dZ * W^T    dW += X^T * dZ    dR += sum of h_{t-1}^T * dQ_t    db += sum of dZ    dq += sum of dQ
    /// ```
    ///
    /// @param dy gradient of the outputs `[N, H]`, null for zero
    /// @param dLastH gradient of the last h `[B, H]`, null for zero
    /// @param dx added to; null if not wanted, as the ones after it
    public static void backward(Kernels k, Buffers buffers, Cache cache, float @Nullable [] dy,
            float @Nullable [] dLastH,
            float @Nullable [] dx, float @Nullable [] dh0, @Nullable Sum dw, @Nullable Sum dr,
            float @Nullable [] db, float @Nullable [] dRecurrentBias) {
        Weights p = cache.weights;
        Scan scan = cache.scan;
        Steps steps = scan.steps();
        int units = p.units();
        int rows = steps.total();
        float[] dz = cache.gates;
        float[] dq = cache.rh;
        float[] hPrev = buffers.take(rows, units);
        scan.gatherPrevious(cache.y, cache.h0, units, hPrev);
        float[] dh = States.copyOrZeros(buffers, dLastH, steps.batch() * units);
        float[] slopes = buffers.take(p.isStandard() ? 0 : 3 * units);
        PackedMatrix rT = p.recurrent.packedTransposed(k);
        for (int s = steps.steps() - 1; s >= 0; s--) {
            int at = steps.offset(scan.step(s));
            int running = steps.rows(scan.step(s));
            if (dy != null) {
                k.add(running * units, dy, at * units, dh, 0);
            }
            k.flushTiny(running * units, dh, 0);
            gatesBackward(k, cache, running, at, hPrev, dh, slopes);
            int wanted = dh0 != null ? running : scan.continuing(s);
            k.gemm(wanted, 0, 2 * units, dz, at * 3 * units, 3 * units, 1, rT, dh, 0, units);        // dh_{t-1} += dQ_t * R^T
            k.gemm(wanted, 2 * units, units, dq, at * units, units, 1, rT, dh, 0, units);
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
                    new Products.Term(hPrev, units, 2 * units, dr, 0, 3 * units));                              // dR += h_{t-1}^T * dQ
            Products.addTransposed(k, buffers, rows, dq, 0, units,
                    new Products.Term(hPrev, units, units, dr, 2 * units, 3 * units));
        }
        addBiases(k, buffers, rows, units, dz, dq, db, dRecurrentBias);
    }

    /// The gates z and r have the same gradient in both biases, so that it is summed once.
    private static void addBiases(Kernels k, Buffers buffers, int rows, int units, float[] dz, float[] dq,
            float @Nullable [] db, float @Nullable [] dRecurrentBias) {
        if (db == null && dRecurrentBias == null) {
            return;
        }
        float[] sums = buffers.zeros(3 * units);
        k.addColumnSums(rows, 3 * units, dz, 0, 3 * units, sums, 0);
        if (db != null) {
            k.add(3 * units, sums, 0, db, 0);
        }
        if (dRecurrentBias != null) {
            k.add(2 * units, sums, 0, dRecurrentBias, 0);
            k.addColumnSums(rows, units, dq, 0, units, dRecurrentBias, 2 * units);
        }
    }

    private static void gatesBackward(Kernels k, Cache cache, int rows, int at, float[] hPrev, float[] dh,
            float[] slopes) {
        Weights p = cache.weights;
        int units = p.units();
        int zo = at * 3 * units;
        int so = at * units;
        float[] z = cache.gates;
        if (p.isStandard()) {
            k.gruBackward(rows, units, z, zo, cache.rh, so, hPrev, so, dh, 0);
            return;
        }
        for (int row = 0; row < rows; row++) {
            int i = zo + row * 3 * units;
            GatedState.slopes(k, p.activation, p.recurrentActivation, units, z, i, cache.pre, slopes);
            for (int u = 0; u < units; u++) {
                int state = so + row * units + u;
                float d = dh[row * units + u];
                float update = z[i + u];
                float reset = z[i + units + u];
                float candidate = z[i + 2 * units + u];
                float dCandidate = d * (1f - update) * slopes[2 * units + u];
                z[i + u] = d * (hPrev[state] - candidate) * slopes[u];
                z[i + units + u] = dCandidate * cache.rh[state] * slopes[units + u];
                z[i + 2 * units + u] = dCandidate;
                cache.rh[state] = dCandidate * reset;
                dh[row * units + u] = d * update;
            }
        }
    }
}
