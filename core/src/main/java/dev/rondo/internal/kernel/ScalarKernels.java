package dev.rondo.internal.kernel;

/// The kernels in plain Java: the reference to read, and what runs where the Vector API is absent.
public final class ScalarKernels implements Kernels {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int packedLength(int k, int n) {
        return Math.multiplyExact(k, n);
    }

    @Override
    public void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed) {
        for (int p = 0; p < k; p++) {
            for (int j = 0; j < n; j++) {
                packed[p * n + j] = b[bo + p * rs + j * cs];
            }
        }
    }

    @Override
    public void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] c, int co,
            int ldc) {
        int n = b.n();
        switch (b) {
            case PackedMatrix packed ->
                PlainProduct.gemm(m, n, kc, a, ao, rs, cs, packed.data(), k0 * n, n, c, co, ldc);
            case PlainMatrix plain -> PlainProduct.gemm(m, n, kc, a, ao, rs, cs, plain.data(),
                    plain.at() + k0 * plain.ldb(), plain.ldb(), c, co, ldc);
        }
    }

    @Override
    public void affine(int m, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] row, int ro, float[] c,
            int co, int ldc) {
        fillRows(m, b.n(), row, ro, c, co, ldc);
        gemm(m, 0, kc, a, ao, rs, cs, b, c, co, ldc);
    }

    @Override
    public void fillRows(int m, int n, float[] row, int ro, float[] c, int co, int ldc) {
        for (int i = 0; i < m; i++) {
            System.arraycopy(row, ro, c, co + i * ldc, n);
        }
    }

    @Override
    public void addColumnSums(int m, int n, float[] a, int ao, int lda, float[] sums, int so) {
        for (int i = 0; i < m; i++) {
            add(n, a, ao + i * lda, sums, so);
        }
    }

    @Override
    public void exp(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = exp(x[xo + i]);
        }
    }

    @Override
    public void tanh(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = tanh(x[xo + i]);
        }
    }

    @Override
    public void sigmoid(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = sigmoid(x[xo + i]);
        }
    }

    /// `e^x`, 0 below -87.
    static float exp(float x) {
        return x < -87f ? 0f : (float) Math.exp(Math.min(x, 88f));
    }

    /// The function of [VectorMath#tanh] in double precision, right to 1.6e-7, and to 2.4e-7 where it is 1: `Math.tanh` takes five times as
    /// long. In float it would lose too much of `1 - y^2`. Both polynomials are summed in pairs, as a step of a stream waits for two of
    /// these after each other.
    static float tanh(float x) {
        double c = Math.max(-VectorMath.TANH_LIMIT, Math.min(x, VectorMath.TANH_LIMIT));
        double s = c * c;
        double s2 = s * s;
        double p = (s2 * VectorMath.P13 + (s * VectorMath.P11 + VectorMath.P9)) * (s2 * s2)
                + ((s * VectorMath.P7 + VectorMath.P5) * s2 + (s * VectorMath.P3 + VectorMath.P1));
        double q = (s * VectorMath.Q6 + VectorMath.Q4) * s2 + (s * VectorMath.Q2 + VectorMath.Q0);
        return (float) (p / q * c);
    }

    static float sigmoid(float x) {
        return 1f / (1f + (float) Math.exp(-Math.max(x, -87f)));
    }

    @Override
    public void relu(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0f);
        }
    }

    @Override
    public void tanhBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        for (int i = 0; i < n; i++) {
            dy[dyo + i] *= 1f - y[yo + i] * y[yo + i];
        }
    }

    @Override
    public void sigmoidBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        for (int i = 0; i < n; i++) {
            dy[dyo + i] *= y[yo + i] * (1f - y[yo + i]);
        }
    }

    @Override
    public void reluBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        for (int i = 0; i < n; i++) {
            dy[dyo + i] = y[yo + i] > 0f ? dy[dyo + i] : 0f;
        }
    }

    @Override
    public void add(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += alpha * x[xo + i];
        }
    }

    @Override
    public void scale(int n, float alpha, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] *= alpha;
        }
    }

    @Override
    public void flushTiny(int n, float[] x, int xo) {
        for (int i = 0; i < n; i++) {
            x[xo + i] = Math.abs(x[xo + i]) < TINY ? 0f : x[xo + i];
        }
    }

    @Override
    public void multiply(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] *= x[xo + i];
        }
    }

    @Override
    public void multiplyAdd(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] += a[ao + i] * b[bo + i];
        }
    }

    @Override
    public double sumOfSquares(int n, float[] x, int xo) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[xo + i] * x[xo + i];
        }
        return sum;
    }

    @Override
    public float max(int n, float[] x, int xo) {
        float max = x[xo];
        for (int i = 1; i < n; i++) {
            max = Math.max(max, x[xo + i]);
        }
        return max;
    }

    @Override
    public int indexOf(int n, float[] x, int xo, float value) {
        int i = 0;
        while (i < n - 1 && x[xo + i] != value) {
            i++;
        }
        return i;
    }

    @Override
    public float expOfRow(int n, float[] x, int xo, float less, float[] y, int yo) {
        float sum = 0f;
        for (int i = 0; i < n; i++) {
            y[yo + i] = exp(x[xo + i] - less);
            sum += y[yo + i];
        }
        return sum;
    }

    @Override
    public void lstmForward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] c, int co,
            float[] tc, int to, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int gi = go + row * 4 * units;
            for (int u = 0; u < units; u++, gi++) {
                int s = row * units + u;
                float i = sigmoid(gates[gi]);
                float f = sigmoid(gates[gi + units]);
                float g = a.of(gates[gi + 2 * units]);
                float o = sigmoid(gates[gi + 3 * units]);
                float ct = f * cPrev[po + s] + i * g;
                float t = a.of(ct);
                gates[gi] = i;
                gates[gi + units] = f;
                gates[gi + 2 * units] = g;
                gates[gi + 3 * units] = o;
                c[co + s] = ct;
                tc[to + s] = t;
                h[ho + s] = o * t;
            }
        }
    }

    @Override
    public void lstmBackward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] tc, int to,
            float[] dh, int dho, float[] dc, int dco) {
        for (int row = 0; row < rows; row++) {
            int gi = go + row * 4 * units;
            for (int u = 0; u < units; u++, gi++) {
                int s = row * units + u;
                float i = gates[gi];
                float f = gates[gi + units];
                float g = gates[gi + 2 * units];
                float o = gates[gi + 3 * units];
                float t = tc[to + s];
                float d = dh[dho + s];
                float dct = dc[dco + s] + a.back(t, d * o);
                gates[gi] = dct * g * i * (1f - i);
                gates[gi + units] = dct * cPrev[po + s] * f * (1f - f);
                gates[gi + 2 * units] = a.back(g, dct * i);
                gates[gi + 3 * units] = d * t * o * (1f - o);
                dc[dco + s] = dct * f;
            }
        }
    }

    @Override
    public void lstmCell(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co) {
        for (int row = 0; row < rows; row++) {
            int gi = go + row * 4 * units;
            for (int u = 0; u < units; u++, gi++) {
                int s = row * units + u;
                c[co + s] = gates[gi + units] * cPrev[po + s] + gates[gi] * gates[gi + 2 * units];
            }
        }
    }

    @Override
    public void lstmOutput(int rows, int units, float[] gates, int go, float[] tc, int to, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int oi = go + row * 4 * units + 3 * units;
            for (int u = 0; u < units; u++) {
                int s = row * units + u;
                h[ho + s] = gates[oi + u] * tc[to + s];
            }
        }
    }

    @Override
    public void lstmOutputBackward(int rows, int units, float[] gates, int go, float[] tc, int to, float[] dh, int dho,
            float[] dtc, int dto) {
        for (int row = 0; row < rows; row++) {
            int oi = go + row * 4 * units + 3 * units;
            for (int u = 0; u < units; u++) {
                int s = row * units + u;
                float d = dh[dho + s];
                dtc[dto + s] = d * gates[oi + u];
                gates[oi + u] = d * tc[to + s];
            }
        }
    }

    @Override
    public void lstmCellBackward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] dc,
            int dco) {
        for (int row = 0; row < rows; row++) {
            int gi = go + row * 4 * units;
            for (int u = 0; u < units; u++, gi++) {
                int s = row * units + u;
                float d = dc[dco + s];
                float i = gates[gi];
                float f = gates[gi + units];
                gates[gi] = d * gates[gi + 2 * units];
                gates[gi + units] = d * cPrev[po + s];
                gates[gi + 2 * units] = d * i;
                dc[dco + s] = d * f;
            }
        }
    }

    @Override
    public void gruForward(int rows, int units, float[] gates, int go, float[] rec, int ro, float[] rh, int rho,
            float[] hPrev, int po, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int gi = go + row * 3 * units;
            int ri = ro + row * 3 * units;
            for (int u = 0; u < units; u++, gi++, ri++) {
                int s = row * units + u;
                float z = sigmoid(gates[gi] + rec[ri]);
                float r = sigmoid(gates[gi + units] + rec[ri + units]);
                float q = rec[ri + 2 * units];
                float hh = tanh(gates[gi + 2 * units] + r * q);
                gates[gi] = z;
                gates[gi + units] = r;
                gates[gi + 2 * units] = hh;
                rh[rho + s] = q;
                h[ho + s] = z * hPrev[po + s] + (1f - z) * hh;
            }
        }
    }

    @Override
    public void gruBackward(int rows, int units, float[] gates, int go, float[] rh, int rho, float[] hPrev, int po,
            float[] dh, int dho) {
        for (int row = 0; row < rows; row++) {
            int gi = go + row * 3 * units;
            for (int u = 0; u < units; u++, gi++) {
                int s = row * units + u;
                float z = gates[gi];
                float r = gates[gi + units];
                float hh = gates[gi + 2 * units];
                float d = dh[dho + s];
                float dhh = d * (1f - z) * (1f - hh * hh);
                gates[gi] = d * (hPrev[po + s] - hh) * z * (1f - z);
                gates[gi + units] = dhh * rh[rho + s] * r * (1f - r);
                gates[gi + 2 * units] = dhh;
                rh[rho + s] = dhh * r;
                dh[dho + s] = d * z;
            }
        }
    }

    @Override
    public void dropoutMask(long seed, int threshold, float keep, int n, float[] mask) {
        for (int i = 0; i < n; i++) {
            mask[i] = Kernels.dropped(seed, i, threshold) ? 0f : keep;
        }
    }

    @Override
    public void momentum(int n, float[] w, int wo, float[] g, int go, float[] u, int so, float rate, float momentum,
            float lead, float push) {
        for (int i = 0; i < n; i++) {
            float gi = g[go + i];
            float ui = Kernels.normal(momentum * u[so + i] - rate * gi);
            u[so + i] = ui;
            w[wo + i] += lead * ui - push * gi;
        }
    }

    @Override
    public void adam(int n, float[] w, int wo, float[] g, int go, float[] m, float[] v, int so, float alpha, float c1,
            float c2, float epsilon, float shrink) {
        for (int i = 0; i < n; i++) {
            float gi = g[go + i];
            float mi = Kernels.normal(m[so + i] + c1 * (gi - m[so + i]));
            float vi = Kernels.normal(v[so + i] + c2 * (gi * gi - v[so + i]));
            m[so + i] = mi;
            v[so + i] = vi;
            w[wo + i] -= shrink * w[wo + i] + alpha * mi / ((float) Math.sqrt(vi) + epsilon);
        }
    }

    @Override
    public void adamAtRest(int n, float[] w, int wo, float[] m, float[] v, int so, float alpha, float epsilon,
            float shrink, float keepM, float keepV) {
        for (int i = 0; i < n; i++) {
            float mi = m[so + i];
            float vi = v[so + i];
            m[so + i] = Kernels.normal(keepM * mi);
            v[so + i] = Kernels.normal(keepV * vi);
            w[wo + i] -= shrink * w[wo + i] + alpha * mi / ((float) Math.sqrt(vi) + epsilon);
        }
    }

    @Override
    public void rmsprop(int n, float[] w, int wo, float[] g, int go, float[] v, int so, float alpha, float c,
            float epsilon) {
        for (int i = 0; i < n; i++) {
            float gi = g[go + i];
            float vi = Kernels.normal(v[so + i] - c * v[so + i] + c * gi * gi);
            v[so + i] = vi;
            w[wo + i] -= alpha * gi / (float) Math.sqrt(vi + epsilon);
        }
    }
}
