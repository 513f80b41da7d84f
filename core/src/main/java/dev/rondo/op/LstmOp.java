package dev.rondo.op;

import dev.rondo.internal.kernel.CellActivation;
import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Long short-term memory over a ragged batch (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
///
/// Gate order i f c o, as in Keras. `f` is the recurrent activation (sigmoid), `a` the activation (tanh).
public final class LstmOp {
    private LstmOp() {}

    /// The weights: kernel `[F, 4H]`, recurrent kernel `[H, 4H]`, bias `[4H]` or null.
    public record Weights(Weight kernel, Weight recurrent, float @Nullable [] bias, Activation activation,
            Activation recurrentActivation) implements CellStep {
        /// The activation of the kernels' own gate pass, null where they have none.
        @Nullable
        CellActivation fused() {
            if (recurrentActivation != Activation.SIGMOID) {
                return null;
            }
            return activation == Activation.TANH ? CellActivation.TANH
                    : activation == Activation.RELU ? CellActivation.RELU : null;
        }

        @Override
        public int parts() {
            return 2;
        }

        @Override
        public int room() {
            return units();
        }

        @Override
        public void step(Kernels k, int rows, int continuing, float[] z, int zo, float[][] state, float[] room) {
            float[] h = state[0];
            float[] c = state[1];
            k.gemm(continuing, 0, units(), h, 0, units(), 1, recurrent.packed(k), z, zo, 4 * units());
            gates(k, this, rows, z, zo, null, c, 0, c, room, h, 0);
        }
    }

    /// What backward needs.
    ///
    /// @param gates activations i f c o `[N, 4H]`
    /// @param pre the same before the activations, where a derivative needs them
    /// @param c cell states `[N, H]`
    /// @param tc `a(c)` `[N, H]`
    /// @param y outputs h `[N, H]`
    /// @param lastH the last h of each sequence `[B, H]`
    /// @param lastC the last c of each sequence `[B, H]`
    public record Cache(Scan scan, float[] x, float @Nullable [] h0, float @Nullable [] c0, Weights weights,
            float[] gates,
            float @Nullable [] pre, float[] c, float[] tc, float[] y, float[] lastH, float[] lastC) {}

    /// ```text
    /// Z   = X * W + b                                    for all steps at once
    /// Z_t = Z_t + h_{t-1} * R
    /// i, f, o = f(Z_t)    g = a(Z_t)
    /// c_t = f * c_{t-1} + i * g        h_t = o * a(c_t)
    /// ```
    ///
    /// @param x input `[N, F]`
    /// @param h0 initial h `[B, H]`, null for zero
    /// @param c0 initial c `[B, H]`, null for zero
    public static Cache forward(Kernels k, Buffers buffers, Steps steps, Direction direction, float[] x,
            float @Nullable [] h0, float @Nullable [] c0, Weights p) {
        int rows = steps.total();
        int units = p.units();
        Scan scan = new Scan(steps, direction);
        float[] z = buffers.take(rows, 4 * units);
        float[] c = buffers.take(rows, units);
        float[] tc = buffers.take(rows, units);
        float[] y = buffers.take(rows, units);
        float @Nullable [] pre = p.activation.needsInput() || p.recurrentActivation.needsInput()
                ? buffers.take(rows, 4 * units) : null;
        float[] start = c0 != null ? c0 : buffers.zeros(steps.batch() * units);
        AffineOp.forward(k, rows, x, p.kernel, p.bias, z);                              // Z   = X * W + b
        PackedMatrix r = p.recurrent.packed(k);
        for (int s = 0; s < steps.steps(); s++) {
            int at = steps.offset(scan.step(s));
            int continuing = scan.continuing(s);
            int starting = steps.rows(scan.step(s)) - continuing;
            int begin = at + continuing;
            if (continuing > 0) {
                int from = scan.previous(s) * units;
                k.gemm(continuing, 0, units, y, from, units, 1, r, z, at * 4 * units, 4 * units);   // Z_t += h_{t-1} * R
                gates(k, p, continuing, z, at * 4 * units, pre, c, from, c, tc, y, at * units);
            }
            if (starting > 0) {
                if (h0 != null) {
                    k.gemm(starting, 0, units, h0, continuing * units, units, 1, r, z, begin * 4 * units, 4 * units);
                }
                gates(k, p, starting, z, begin * 4 * units, pre, start, continuing * units, c, tc, y, begin * units);
            }
        }
        float[] lastH = buffers.take(steps.batch() * units);
        float[] lastC = buffers.take(steps.batch() * units);
        scan.gatherLast(y, h0, units, lastH);
        scan.gatherLast(c, c0, units, lastC);
        return new Cache(scan, x, h0, c0, p, z, pre, c, tc, y, lastH, lastC);
    }

    /// Activations and state of `rows` rows: gates from `zo`, c, tc and y from `so` on.
    private static void gates(Kernels k, Weights p, int rows, float[] z, int zo, float @Nullable [] pre, float[] cPrev,
            int po, float[] c, float[] tc, float[] y, int so) {
        int units = p.units();
        CellActivation fused = p.fused();
        if (fused != null) {
            k.lstmForward(fused, rows, units, z, zo, cPrev, po, c, so, tc, so, y, so);
            return;
        }
        if (pre != null) {
            System.arraycopy(z, zo, pre, zo, rows * 4 * units);
        }
        for (int row = 0; row < rows; row++) {
            int i = zo + row * 4 * units;
            ActivationOp.forward(k, p.recurrentActivation, 2 * units, z, i, z, i);
            ActivationOp.forward(k, p.activation, units, z, i + 2 * units, z, i + 2 * units);
            ActivationOp.forward(k, p.recurrentActivation, units, z, i + 3 * units, z, i + 3 * units);
        }
        k.lstmCell(rows, units, z, zo, cPrev, po, c, so);
        ActivationOp.forward(k, p.activation, rows * units, c, so, tc, so);
        k.lstmOutput(rows, units, z, zo, tc, so, y, so);
    }

    /// ```text
    /// dc_t += dh_t * o * a'(c_t)
    /// dZ_t = [ dc_t * g,  dc_t * c_{t-1},  dc_t * i,  dh_t * a(c_t) ] * [ f', f', a', f' ]
    /// dc_{t-1} = dc_t * f        dh_{t-1} = dZ_t * R^T
    /// dX += dZ * W^T    dW += X^T * dZ    dR += sum of h_{t-1}^T * dZ_t    db += sum of dZ
    /// ```
    ///
    /// @param dy gradient of the outputs `[N, H]`, null for zero
    /// @param dLastH gradient of the last h `[B, H]`, null for zero
    /// @param dLastC gradient of the last c `[B, H]`, null for zero
    /// @param dx added to; null if not wanted, as the ones after it
    public static void backward(Kernels k, Buffers buffers, Cache cache, float @Nullable [] dy,
            float @Nullable [] dLastH,
            float @Nullable [] dLastC, float @Nullable [] dx, float @Nullable [] dh0, float @Nullable [] dc0,
            @Nullable Sum dw, @Nullable Sum dr, float @Nullable [] db) {
        Weights p = cache.weights;
        Scan scan = cache.scan;
        Steps steps = scan.steps();
        int units = p.units();
        int batch = steps.batch();
        int rows = steps.total();
        float[] dz = cache.gates;
        float[] dh = States.copyOrZeros(buffers, dLastH, batch * units);
        float[] dc = States.copyOrZeros(buffers, dLastC, batch * units);
        Scratch scratch = new Scratch(buffers.take(batch * units),
                buffers.take(p.fused() != null ? 0 : batch * 4 * units));
        float[] start = cache.c0 != null ? cache.c0 : buffers.zeros(batch * units);
        PackedMatrix rT = p.recurrent.packedTransposed(k);
        float[] zero = buffers.zeros(units);
        for (int s = steps.steps() - 1; s >= 0; s--) {
            int at = steps.offset(scan.step(s));
            int running = steps.rows(scan.step(s));
            int continuing = scan.continuing(s);
            if (dy != null) {
                k.add(running * units, dy, at * units, dh, 0);
            }
            k.flushTiny(running * units, dh, 0);
            k.flushTiny(running * units, dc, 0);
            if (continuing > 0) {
                gatesBackward(k, cache, continuing, at, cache.c, scan.previous(s) * units, dh, dc, 0, scratch);
            }
            if (running > continuing) {
                gatesBackward(k, cache, running - continuing, at + continuing, start, continuing * units, dh, dc,
                        continuing * units, scratch);
            }
            int wanted = dh0 != null ? running : continuing;
            k.affine(wanted, 4 * units, dz, at * 4 * units, 4 * units, 1, rT, zero, 0, dh, 0, units);   // dh_{t-1} = dZ_t * R^T
            Arrays.fill(dh, wanted * units, running * units, 0f);
        }
        if (dh0 != null) {
            k.add(batch * units, dh, 0, dh0, 0);
        }
        if (dc0 != null) {
            k.add(batch * units, dc, 0, dc0, 0);
        }
        if (dx != null) {
            Products.add(k, rows, dz, p.kernel.packedTransposed(k), dx);                             // dX += dZ * W^T
        }
        if (dw != null || dr != null) {
            int features = p.kernel.rows();
            float[] hPrev = buffers.take(rows, units);
            scan.gatherPrevious(cache.y, cache.h0, units, hPrev);
            Products.addTransposed(k, buffers, rows, dz, 0, 4 * units,
                    Products.Term.of(cache.x, features, 4 * units, dw),            // dW += X^T * dZ
                    Products.Term.of(hPrev, units, 4 * units, dr));                // dR += h_{t-1}^T * dZ
        }
        if (db != null) {
            k.addColumnSums(rows, 4 * units, dz, 0, 4 * units, db, 0);
        }
    }

    private static void gatesBackward(Kernels k, Cache cache, int rows, int at, float[] cPrev, int po, float[] dh,
            float[] dc, int so, Scratch scratch) {
        Weights p = cache.weights;
        int units = p.units();
        int zo = at * 4 * units;
        int co = at * units;
        float[] z = cache.gates;
        CellActivation fused = p.fused();
        if (fused != null) {
            k.lstmBackward(fused, rows, units, z, zo, cPrev, po, cache.tc, co, dh, so, dc, so);
            return;
        }
        slopes(k, cache, rows, zo, scratch.slopes);
        k.lstmOutputBackward(rows, units, z, zo, cache.tc, co, dh, so, scratch.dtc, 0);
        ActivationOp.backward(k, p.activation, rows * units, cache.c, co, cache.tc, co, scratch.dtc, 0);
        k.add(rows * units, scratch.dtc, 0, dc, so);
        k.lstmCellBackward(rows, units, z, zo, cPrev, po, dc, so);
        k.multiply(rows * 4 * units, scratch.slopes, 0, z, zo);
    }

    /// Working space of the pass with any activation: gradient of `a(c)` `[B, H]` and derivatives of the gates `[B, 4H]`.
    private record Scratch(float[] dtc, float[] slopes) {}

    /// The derivatives of the activations of `rows` rows of gates from element `zo` on.
    private static void slopes(Kernels k, Cache cache, int rows, int zo, float[] slopes) {
        Weights p = cache.weights;
        int units = p.units();
        float[] z = cache.gates;
        float[] pre = cache.pre != null ? cache.pre : z;
        Arrays.fill(slopes, 0, rows * 4 * units, 1f);
        for (int row = 0; row < rows; row++) {
            int at = row * 4 * units;
            int i = zo + at;
            ActivationOp.backward(k, p.recurrentActivation, 2 * units, pre, i, z, i, slopes, at);
            ActivationOp.backward(k, p.activation, units, pre, i + 2 * units, z, i + 2 * units, slopes, at + 2 * units);
            ActivationOp.backward(k, p.recurrentActivation, units, pre, i + 3 * units, z, i + 3 * units, slopes,
                    at + 3 * units);
        }
    }
}
