package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.kernel.PackedMatrix;
import dev.rondo.tensor.Steps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The simple recurrent network over a ragged batch (Elman 1990).
public final class SimpleRnnOp {
    private SimpleRnnOp() {}

    /// The weights: kernel `[F, H]`, recurrent kernel `[H, H]`, bias `[H]` or null.
    public record Weights(Weight kernel, Weight recurrent, float @Nullable [] bias, Activation activation)
            implements
                CellStep {
        @Override
        public int parts() {
            return 1;
        }

        @Override
        public int room() {
            return 0;
        }

        @Override
        public void step(Kernels k, int rows, int continuing, float[] z, int zo, float[][] state, float[] room) {
            float[] h = state[0];
            k.gemm(continuing, 0, units(), h, 0, units(), 1, recurrent.packed(k), z, zo, units());
            ActivationOp.forward(k, activation, rows * units(), z, zo, h, 0);
        }
    }

    /// What backward needs.
    ///
    /// @param pre the states before the activation `[N, H]`, where its derivative needs them
    /// @param y outputs h `[N, H]`
    /// @param lastH the last h of each sequence `[B, H]`
    public record Cache(Scan scan, float[] x, float @Nullable [] h0, Weights weights, float @Nullable [] pre, float[] y,
            float[] lastH) {}

    /// ```text
    /// A   = X * W + b                for all steps at once
    /// h_t = a(A_t + h_{t-1} * R)
    /// ```
    ///
    /// @param x input `[N, F]`
    /// @param h0 initial h `[B, H]`, null for zero
    public static Cache forward(Kernels k, Buffers buffers, Steps steps, Direction direction, float[] x,
            float @Nullable [] h0, Weights p) {
        int rows = steps.total();
        int units = p.units();
        Scan scan = new Scan(steps, direction);
        float[] y = buffers.take(rows, units);
        float @Nullable [] pre = p.activation.needsInput() ? buffers.take(rows, units) : null;
        AffineOp.forward(k, rows, x, p.kernel, p.bias, y);                                           // A   = X * W + b
        PackedMatrix r = p.recurrent.packed(k);
        for (int s = 0; s < steps.steps(); s++) {
            int at = steps.offset(scan.step(s)) * units;
            int running = steps.rows(scan.step(s));
            int continuing = scan.continuing(s);
            if (continuing > 0) {
                k.gemm(continuing, 0, units, y, scan.previous(s) * units, units, 1, r, y, at, units);      // A_t += h_{t-1} * R
            }
            if (running > continuing && h0 != null) {
                int from = continuing * units;
                k.gemm(running - continuing, 0, units, h0, from, units, 1, r, y, at + from, units);
            }
            if (pre != null) {
                System.arraycopy(y, at, pre, at, running * units);
            }
            ActivationOp.forward(k, p.activation, running * units, y, at, y, at);
        }
        float[] lastH = buffers.take(steps.batch() * units);
        scan.gatherLast(y, h0, units, lastH);
        return new Cache(scan, x, h0, p, pre, y, lastH);
    }

    /// ```text
    /// dA_t = dh_t * a'(A_t)      dh_{t-1} = dA_t * R^T
    /// dX += dA * W^T    dW += X^T * dA    dR += sum of h_{t-1}^T * dA_t    db += sum of dA
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
        float[] da = buffers.take(rows, units);
        float[] dh = States.copyOrZeros(buffers, dLastH, steps.batch() * units);
        float[] pre = cache.pre != null ? cache.pre : cache.y;
        PackedMatrix rT = p.recurrent.packedTransposed(k);
        float[] zero = buffers.zeros(units);
        for (int s = steps.steps() - 1; s >= 0; s--) {
            int at = steps.offset(scan.step(s)) * units;
            int running = steps.rows(scan.step(s));
            int size = running * units;
            if (dy != null) {
                k.add(size, dy, at, dh, 0);
            }
            k.flushTiny(size, dh, 0);
            System.arraycopy(dh, 0, da, at, size);
            ActivationOp.backward(k, p.activation, size, pre, at, cache.y, at, da, at);              // dA_t = dh_t * a'
            int wanted = dh0 != null ? running : scan.continuing(s);
            k.affine(wanted, units, da, at, units, 1, rT, zero, 0, dh, 0, units);                       // dh_{t-1} = dA_t * R^T
            Arrays.fill(dh, wanted * units, size, 0f);
        }
        if (dh0 != null) {
            k.add(steps.batch() * units, dh, 0, dh0, 0);
        }
        if (dx != null) {
            Products.add(k, rows, da, p.kernel.packedTransposed(k), dx);                             // dX += dA * W^T
        }
        if (dw != null || dr != null) {
            int features = p.kernel.rows();
            float[] hPrev = buffers.take(rows, units);
            scan.gatherPrevious(cache.y, cache.h0, units, hPrev);
            Products.addTransposed(k, buffers, rows, da, 0, units,
                    Products.Term.of(cache.x, features, units, dw),                // dW += X^T * dA
                    Products.Term.of(hPrev, units, units, dr));                    // dR += h_{t-1}^T * dA
        }
        if (db != null) {
            k.addColumnSums(rows, units, da, 0, units, db, 0);
        }
    }
}
