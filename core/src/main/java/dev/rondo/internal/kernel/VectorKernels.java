package dev.rondo.internal.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The kernels on the Vector API, one source for every vector width.
///
/// Matrix products are in [PanelProducts], gate passes in [VectorGates]. Loops over elements end with plain Java in the same order
/// of the same roundings, so that the bits of an element do not depend on the length. There are no masked loads and stores: the
/// JIT boxes their vectors when it cannot rule out their slow path, and where many meet in a method may not compile it at all.
public final class VectorKernels implements Kernels {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int L = S.length();

    @Override
    public String name() {
        return "vector-" + S.vectorBitSize();
    }

    @Override
    public int packedLength(int k, int n) {
        return PanelProducts.packedLength(k, n);
    }

    @Override
    public void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed) {
        PanelProducts.pack(k, n, b, bo, rs, cs, packed);
    }

    @Override
    public void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] c, int co,
            int ldc) {
        PanelProducts.gemm(m, k0, kc, a, ao, rs, cs, b, c, co, ldc);
    }

    @Override
    public void affine(int m, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] row, int ro, float[] c,
            int co, int ldc) {
        PanelProducts.affine(m, kc, a, ao, rs, cs, b, row, ro, c, co, ldc);
    }

    @Override
    public void fillRows(int m, int n, float[] row, int ro, float[] c, int co, int ldc) {
        for (int i = 0; i < m; i++) {
            System.arraycopy(row, ro, c, co + i * ldc, n);
        }
    }

    @Override
    public void addColumnSums(int m, int n, float[] a, int ao, int lda, float[] sums, int so) {
        int i = 0;
        for (; i + 8 <= m; i += 8) {
            addEightRows(n, a, ao + i * lda, lda, sums, so);
        }
        for (; i < m; i++) {
            add(n, a, ao + i * lda, sums, so);
        }
    }

    /// Eight rows at a time: no vector goes round the loop, as a running sum of columns would, which C2 boxes in some runs of a program.
    private static void addEightRows(int n, float[] a, int a0, int lda, float[] sums, int so) {
        int a1 = a0 + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int a4 = a3 + lda;
        int a5 = a4 + lda;
        int a6 = a5 + lda;
        int a7 = a6 + lda;
        int j = 0;
        for (; j < S.loopBound(n); j += L) {
            fromArray(S, sums, so + j).add(fromArray(S, a, a0 + j)).add(fromArray(S, a, a1 + j))
                    .add(fromArray(S, a, a2 + j)).add(fromArray(S, a, a3 + j)).add(fromArray(S, a, a4 + j))
                    .add(fromArray(S, a, a5 + j)).add(fromArray(S, a, a6 + j)).add(fromArray(S, a, a7 + j))
                    .intoArray(sums, so + j);
        }
        for (; j < n; j++) {
            sums[so + j] = sums[so + j] + a[a0 + j] + a[a1 + j] + a[a2 + j] + a[a3 + j] + a[a4 + j] + a[a5 + j]
                    + a[a6 + j] + a[a7 + j];
        }
    }

    @Override
    public void exp(int n, float[] x, int xo, float[] y, int yo) {
        VectorMath.exp(n, x, xo, y, yo, VectorMath.room());
    }

    @Override
    public void tanh(int n, float[] x, int xo, float[] y, int yo) {
        VectorMath.tanh(n, x, xo, y, yo, VectorMath.room());
    }

    @Override
    public void sigmoid(int n, float[] x, int xo, float[] y, int yo) {
        VectorMath.sigmoid(n, x, xo, y, yo, VectorMath.room());
    }

    @Override
    public void relu(int n, float[] x, int xo, float[] y, int yo) {
        VectorMath.relu(n, x, xo, y, yo);
    }

    @Override
    public void tanhBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector v = fromArray(S, y, yo + i);
            FloatVector d = fromArray(S, dy, dyo + i);
            d.sub(d.mul(v).mul(v)).intoArray(dy, dyo + i);
        }
        for (; i < n; i++) {
            float d = dy[dyo + i];
            dy[dyo + i] = d - d * y[yo + i] * y[yo + i];
        }
    }

    @Override
    public void sigmoidBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector v = fromArray(S, y, yo + i);
            fromArray(S, dy, dyo + i).mul(v.sub(v.mul(v))).intoArray(dy, dyo + i);
        }
        for (; i < n; i++) {
            dy[dyo + i] *= y[yo + i] - y[yo + i] * y[yo + i];
        }
    }

    @Override
    public void reluBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        FloatVector zero = FloatVector.zero(S);
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector d = fromArray(S, dy, dyo + i);
            zero.blend(d, fromArray(S, y, yo + i).compare(VectorOperators.GT, 0f)).intoArray(dy, dyo + i);
        }
        for (; i < n; i++) {
            dy[dyo + i] = y[yo + i] > 0f ? dy[dyo + i] : 0f;
        }
    }

    @Override
    public void add(int n, float[] x, int xo, float[] y, int yo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            fromArray(S, y, yo + i).add(fromArray(S, x, xo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            fromArray(S, x, xo + i).fma(FloatVector.broadcast(S, alpha), fromArray(S, y, yo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.fma(alpha, x[xo + i], y[yo + i]);
        }
    }

    @Override
    public void scale(int n, float alpha, float[] y, int yo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            fromArray(S, y, yo + i).mul(alpha).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] *= alpha;
        }
    }

    @Override
    public void flushTiny(int n, float[] x, int xo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector v = fromArray(S, x, xo + i);
            v.blend(0f, v.abs().lt(TINY)).intoArray(x, xo + i);
        }
        for (; i < n; i++) {
            x[xo + i] = Math.abs(x[xo + i]) < TINY ? 0f : x[xo + i];
        }
    }

    @Override
    public void multiply(int n, float[] x, int xo, float[] y, int yo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            fromArray(S, y, yo + i).mul(fromArray(S, x, xo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] *= x[xo + i];
        }
    }

    @Override
    public void multiplyAdd(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            fromArray(S, a, ao + i).fma(fromArray(S, b, bo + i), fromArray(S, y, yo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.fma(a[ao + i], b[bo + i], y[yo + i]);
        }
    }

    @Override
    public double sumOfSquares(int n, float[] x, int xo) {
        return VectorSums.squares(n, x, xo);
    }

    @Override
    public float max(int n, float[] x, int xo) {
        return VectorSoftmax.max(n, x, xo, VectorMath.room());
    }

    @Override
    public int indexOf(int n, float[] x, int xo, float value) {
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            int lane = fromArray(S, x, xo + i).compare(VectorOperators.EQ, value).firstTrue();
            if (lane < L) {
                return i + lane;
            }
        }
        while (i < n && x[xo + i] != value) {
            i++;
        }
        return Math.min(i, n - 1);
    }

    @Override
    public float expOfRow(int n, float[] x, int xo, float less, float[] y, int yo) {
        return VectorSoftmax.expOfRow(n, x, xo, less, y, yo, VectorMath.room());
    }

    @Override
    public void dropoutMask(long seed, int threshold, float keep, int n, float[] mask) {
        VectorRandom.dropoutMask(seed, threshold, keep, n, mask);
    }

    /// See [Kernels#normal].
    private static FloatVector normal(FloatVector x) {
        return x.blend(0f, x.abs().lt(Float.MIN_NORMAL));
    }

    @Override
    public void momentum(int n, float[] w, int wo, float[] g, int go, float[] u, int so, float rate, float momentum,
            float lead, float push) {
        FloatVector ahead = FloatVector.broadcast(S, lead);
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector gi = fromArray(S, g, go + i);
            FloatVector ui = normal(fromArray(S, u, so + i).mul(momentum).sub(gi.mul(rate)));
            ui.intoArray(u, so + i);
            FloatVector step = ui.mul(ahead).sub(gi.mul(push));
            fromArray(S, w, wo + i).add(step).intoArray(w, wo + i);
        }
        for (; i < n; i++) {
            float gi = g[go + i];
            float ui = Kernels.normal(u[so + i] * momentum - gi * rate);
            u[so + i] = ui;
            w[wo + i] += ui * lead - gi * push;
        }
    }

    @Override
    public void adam(int n, float[] w, int wo, float[] g, int go, float[] m, float[] v, int so, float alpha, float c1,
            float c2, float epsilon, float shrink) {
        FloatVector share1 = FloatVector.broadcast(S, c1);
        FloatVector share2 = FloatVector.broadcast(S, c2);
        FloatVector smaller = FloatVector.broadcast(S, shrink);
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector gi = fromArray(S, g, go + i);
            FloatVector mi = fromArray(S, m, so + i);
            FloatVector vi = fromArray(S, v, so + i);
            mi = normal(gi.sub(mi).fma(share1, mi));
            vi = normal(gi.mul(gi).sub(vi).fma(share2, vi));
            mi.intoArray(m, so + i);
            vi.intoArray(v, so + i);
            FloatVector step = mi.mul(alpha).div(vi.sqrt().add(epsilon));
            FloatVector wi = fromArray(S, w, wo + i);
            wi.sub(wi.fma(smaller, step)).intoArray(w, wo + i);
        }
        for (; i < n; i++) {
            float gi = g[go + i];
            float mi = Kernels.normal(Math.fma(gi - m[so + i], c1, m[so + i]));
            float vi = Kernels.normal(Math.fma(gi * gi - v[so + i], c2, v[so + i]));
            m[so + i] = mi;
            v[so + i] = vi;
            float step = mi * alpha / ((float) Math.sqrt(vi) + epsilon);
            w[wo + i] -= Math.fma(w[wo + i], shrink, step);
        }
    }

    @Override
    public void adamAtRest(int n, float[] w, int wo, float[] m, float[] v, int so, float alpha, float epsilon,
            float shrink, float keepM, float keepV) {
        FloatVector smaller = FloatVector.broadcast(S, shrink);
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector mi = fromArray(S, m, so + i);
            FloatVector vi = fromArray(S, v, so + i);
            normal(mi.mul(keepM)).intoArray(m, so + i);
            normal(vi.mul(keepV)).intoArray(v, so + i);
            FloatVector step = mi.mul(alpha).div(vi.sqrt().add(epsilon));
            FloatVector wi = fromArray(S, w, wo + i);
            wi.sub(wi.fma(smaller, step)).intoArray(w, wo + i);
        }
        for (; i < n; i++) {
            float mi = m[so + i];
            float vi = v[so + i];
            m[so + i] = Kernels.normal(mi * keepM);
            v[so + i] = Kernels.normal(vi * keepV);
            float step = mi * alpha / ((float) Math.sqrt(vi) + epsilon);
            w[wo + i] -= Math.fma(w[wo + i], shrink, step);
        }
    }

    @Override
    public void rmsprop(int n, float[] w, int wo, float[] g, int go, float[] v, int so, float alpha, float c,
            float epsilon) {
        FloatVector share = FloatVector.broadcast(S, c);
        FloatVector loss = share.neg();
        int i = 0;
        for (; i < S.loopBound(n); i += L) {
            FloatVector gi = fromArray(S, g, go + i);
            FloatVector vi = fromArray(S, v, so + i);
            vi = normal(gi.mul(gi).fma(share, vi.fma(loss, vi)));
            vi.intoArray(v, so + i);
            FloatVector step = gi.mul(alpha).div(vi.add(epsilon).sqrt());
            fromArray(S, w, wo + i).sub(step).intoArray(w, wo + i);
        }
        for (; i < n; i++) {
            float gi = g[go + i];
            float vi = Kernels.normal(Math.fma(gi * gi, c, Math.fma(v[so + i], -c, v[so + i])));
            v[so + i] = vi;
            w[wo + i] -= gi * alpha / (float) Math.sqrt(vi + epsilon);
        }
    }

    @Override
    public void lstmForward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] c, int co,
            float[] tc, int to, float[] h, int ho) {
        VectorGates.lstmForward(a, rows, units, gates, go, cPrev, po, c, co, tc, to, h, ho);
    }

    @Override
    public void lstmBackward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] tc, int to,
            float[] dh, int dho, float[] dc, int dco) {
        VectorGates.lstmBackward(a, rows, units, gates, go, cPrev, po, tc, to, dh, dho, dc, dco);
    }

    @Override
    public void lstmCell(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co) {
        VectorGates.lstmCell(rows, units, gates, go, cPrev, po, c, co);
    }

    @Override
    public void lstmOutput(int rows, int units, float[] gates, int go, float[] tc, int to, float[] h, int ho) {
        VectorGates.lstmOutput(rows, units, gates, go, tc, to, h, ho);
    }

    @Override
    public void lstmOutputBackward(int rows, int units, float[] gates, int go, float[] tc, int to, float[] dh, int dho,
            float[] dtc, int dto) {
        VectorGates.lstmOutputBackward(rows, units, gates, go, tc, to, dh, dho, dtc, dto);
    }

    @Override
    public void lstmCellBackward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] dc,
            int dco) {
        VectorGates.lstmCellBackward(rows, units, gates, go, cPrev, po, dc, dco);
    }

    @Override
    public void gruForward(int rows, int units, float[] gates, int go, float[] rec, int ro, float[] rh, int rho,
            float[] hPrev, int po, float[] h, int ho) {
        VectorGates.gruForward(this, rows, units, gates, go, rec, ro, rh, rho, hPrev, po, h, ho);
    }

    @Override
    public void gruBackward(int rows, int units, float[] gates, int go, float[] rh, int rho, float[] hPrev, int po,
            float[] dh, int dho) {
        VectorGates.gruBackward(rows, units, gates, go, rh, rho, hPrev, po, dh, dho);
    }
}
