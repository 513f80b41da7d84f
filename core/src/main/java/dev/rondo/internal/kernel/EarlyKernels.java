package dev.rondo.internal.kernel;

/// The kernels of the first moments of a program: the bits of [VectorKernels] from plain loops, by the same roundings in the same
/// order on the same packed matrices. (Of products with a [PlainMatrix], which are gradients, the sign of a zero may differ.)
///
/// Until C2 has compiled a vector loop, each vector in it is an object, and the loop is about a hundred times slower than a plain
/// one that nobody has compiled. A program that is over soon never needs the vectors. Reductions, whose order depends on the width of
/// vectors, and what is rare are left to the vector kernels.
final class EarlyKernels implements Kernels {
    /// Multiply-adds after which vectors take over: about as long as the vector kernels would take to be compiled.
    private static final long ALL = 1L << 28;
    /// The multiply-adds of a product that shows that there is more to come.
    private static final long LARGEST = 1 << 17;

    private final VectorKernels vectors;
    /// For the loops whose roundings are the same: one operation an element, or none.
    private final ScalarKernels scalar = new ScalarKernels();
    /// Written by several threads at will: how many products are computed here changes no bit.
    private long left;
    private final long largest;

    /// @param left multiply-adds that are computed here
    /// @param largest those of a product that ends it
    EarlyKernels(VectorKernels vectors, long left, long largest) {
        this.vectors = vectors;
        this.left = left;
        this.largest = largest;
    }

    /// For the start of a program.
    static EarlyKernels before(VectorKernels vectors) {
        return new EarlyKernels(vectors, ALL, LARGEST);
    }

    /// Whether the vector kernels are to be used from now on.
    boolean isOver() {
        return left <= 0;
    }

    @Override
    public String name() {
        return vectors.name();
    }

    @Override
    public int packedLength(int k, int n) {
        return vectors.packedLength(k, n);
    }

    @Override
    public void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed) {
        PanelProducts.packPlainly(k, n, b, bo, rs, cs, packed);
    }

    @Override
    public void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] c, int co,
            int ldc) {
        if (!takes(m, kc, b)) {
            vectors.gemm(m, k0, kc, a, ao, rs, cs, b, c, co, ldc);
            return;
        }
        switch (b) {
            case PackedMatrix packed -> {
                for (int j = 0; j < b.n();) {
                    int width = PanelProducts.panel(j, b.n());
                    // Zeros before the columns are added too: to a zero, whose sign they may change, or where A is infinite.
                    int lead = PanelProducts.lead(j, b.n());
                    int from = PanelProducts.FIRST + j * b.k() + k0 * width;
                    columns(Math.min(width, b.n() - j + lead), m, kc, a, ao, rs, cs, packed.data(), from, width, c,
                            co + j - lead, ldc);
                    j += width;
                }
            }
            case PlainMatrix plain -> columns(b.n(), m, kc, a, ao, rs, cs, plain.data(), plain.at() + k0 * plain.ldb(),
                    plain.ldb(), c, co, ldc);
        }
    }

    private void columns(int n, int m, int kc, float[] a, int ao, int rs, int cs, float[] b, int bo, int ldb, float[] c,
            int co, int ldc) {
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < kc; p++) {
                axpy(n, a[ao + i * rs + p * cs], b, bo + p * ldb, c, co + i * ldc);
            }
        }
    }

    @Override
    public void affine(int m, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] row, int ro, float[] c,
            int co, int ldc) {
        fillRows(m, b.n(), row, ro, c, co, ldc);
        gemm(m, 0, kc, a, ao, rs, cs, b, c, co, ldc);
    }

    /// Whether a product is still computed here; a large one is not, and none after it.
    private boolean takes(int m, int kc, RightMatrix b) {
        long work = (long) m * kc * b.n();
        left = work > largest ? 0 : Math.max(0, left - work);
        return left > 0;
    }

    @Override
    public void fillRows(int m, int n, float[] row, int ro, float[] c, int co, int ldc) {
        vectors.fillRows(m, n, row, ro, c, co, ldc);
    }

    @Override
    public void addColumnSums(int m, int n, float[] a, int ao, int lda, float[] sums, int so) {
        scalar.addColumnSums(m, n, a, ao, lda, sums, so);
    }

    @Override
    public void exp(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = PlainMath.exp(x[xo + i]);
        }
    }

    @Override
    public void tanh(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = PlainMath.tanh(x[xo + i]);
        }
    }

    @Override
    public void sigmoid(int n, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = PlainMath.sigmoid(x[xo + i]);
        }
    }

    @Override
    public void relu(int n, float[] x, int xo, float[] y, int yo) {
        scalar.relu(n, x, xo, y, yo);
    }

    @Override
    public void tanhBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        for (int i = 0; i < n; i++) {
            float d = dy[dyo + i];
            dy[dyo + i] = d - d * y[yo + i] * y[yo + i];
        }
    }

    @Override
    public void sigmoidBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        for (int i = 0; i < n; i++) {
            dy[dyo + i] *= y[yo + i] - y[yo + i] * y[yo + i];
        }
    }

    @Override
    public void reluBackward(int n, float[] y, int yo, float[] dy, int dyo) {
        scalar.reluBackward(n, y, yo, dy, dyo);
    }

    @Override
    public void add(int n, float[] x, int xo, float[] y, int yo) {
        scalar.add(n, x, xo, y, yo);
    }

    @Override
    public void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(alpha, x[xo + i], y[yo + i]);
        }
    }

    @Override
    public void scale(int n, float alpha, float[] y, int yo) {
        scalar.scale(n, alpha, y, yo);
    }

    @Override
    public void flushTiny(int n, float[] x, int xo) {
        scalar.flushTiny(n, x, xo);
    }

    @Override
    public void multiply(int n, float[] x, int xo, float[] y, int yo) {
        scalar.multiply(n, x, xo, y, yo);
    }

    @Override
    public void multiplyAdd(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(a[ao + i], b[bo + i], y[yo + i]);
        }
    }

    @Override
    public double sumOfSquares(int n, float[] x, int xo) {
        return vectors.sumOfSquares(n, x, xo);
    }

    @Override
    public float max(int n, float[] x, int xo) {
        return vectors.max(n, x, xo);
    }

    @Override
    public int indexOf(int n, float[] x, int xo, float value) {
        return scalar.indexOf(n, x, xo, value);
    }

    @Override
    public float expOfRow(int n, float[] x, int xo, float less, float[] y, int yo) {
        return vectors.expOfRow(n, x, xo, less, y, yo);
    }

    @Override
    public void lstmForward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] c, int co,
            float[] tc, int to, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int g = go + row * 4 * units;
            sigmoid(2 * units, gates, g, gates, g);
            apply(a, units, gates, g + 2 * units, gates, g + 2 * units);
            sigmoid(units, gates, g + 3 * units, gates, g + 3 * units);
        }
        lstmCell(rows, units, gates, go, cPrev, po, c, co);
        apply(a, rows * units, c, co, tc, to);
        lstmOutput(rows, units, gates, go, tc, to, h, ho);
    }

    private void apply(CellActivation a, int n, float[] x, int xo, float[] y, int yo) {
        switch (a) {
            case TANH -> tanh(n, x, xo, y, yo);
            case RELU -> relu(n, x, xo, y, yo);
        }
    }

    @Override
    public void lstmBackward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po,
            float[] tc, int to,
            float[] dh, int dho, float[] dc, int dco) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            PlainGates.lstmBackward(a, 0, units, gates, go + 4 * s, cPrev, po + s, tc, to + s, dh, dho + s, dc,
                    dco + s);
        }
    }

    @Override
    public void lstmCell(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            PlainGates.lstmCell(0, units, gates, go + 4 * s, cPrev, po + s, c, co + s);
        }
    }

    @Override
    public void lstmOutput(int rows, int units, float[] gates, int go, float[] tc, int to, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            PlainGates.lstmOutput(0, units, gates, go + 4 * s, tc, to + s, h, ho + s);
        }
    }

    @Override
    public void lstmOutputBackward(int rows, int units, float[] gates, int go, float[] tc, int to, float[] dh, int dho,
            float[] dtc, int dto) {
        vectors.lstmOutputBackward(rows, units, gates, go, tc, to, dh, dho, dtc, dto);
    }

    @Override
    public void lstmCellBackward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] dc,
            int dco) {
        vectors.lstmCellBackward(rows, units, gates, go, cPrev, po, dc, dco);
    }

    @Override
    public void gruForward(int rows, int units, float[] gates, int go, float[] rec, int ro, float[] rh, int rho,
            float[] hPrev, int po, float[] h, int ho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            int gz = go + 3 * s;
            int gh = gz + 2 * units;
            int rz = ro + 3 * s;
            add(2 * units, rec, rz, gates, gz);
            sigmoid(2 * units, gates, gz, gates, gz);
            multiplyAdd(units, gates, gz + units, rec, rz + 2 * units, gates, gh);
            tanh(units, gates, gh, gates, gh);
            System.arraycopy(rec, rz + 2 * units, rh, rho + s, units);
            PlainGates.gruOutput(0, units, gates, gz, hPrev, po + s, h, ho + s);
        }
    }

    @Override
    public void gruBackward(int rows, int units, float[] gates, int go, float[] rh, int rho, float[] hPrev, int po,
            float[] dh, int dho) {
        for (int row = 0; row < rows; row++) {
            int s = row * units;
            PlainGates.gruBackward(0, units, gates, go + 3 * s, rh, rho + s, hPrev, po + s, dh, dho + s);
        }
    }

    @Override
    public void dropoutMask(long seed, int threshold, float keep, int n, float[] mask) {
        scalar.dropoutMask(seed, threshold, keep, n, mask);
    }

    @Override
    public void momentum(int n, float[] w, int wo, float[] g, int go, float[] u, int so, float rate, float momentum,
            float lead, float push) {
        for (int i = 0; i < n; i++) {
            float gi = g[go + i];
            float ui = Kernels.normal(u[so + i] * momentum - gi * rate);
            u[so + i] = ui;
            w[wo + i] += ui * lead - gi * push;
        }
    }

    @Override
    public void adam(int n, float[] w, int wo, float[] g, int go, float[] m, float[] v, int so, float alpha, float c1,
            float c2, float epsilon, float shrink) {
        for (int i = 0; i < n; i++) {
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
        vectors.adamAtRest(n, w, wo, m, v, so, alpha, epsilon, shrink, keepM, keepV);
    }

    @Override
    public void rmsprop(int n, float[] w, int wo, float[] g, int go, float[] v, int so, float alpha, float c,
            float epsilon) {
        for (int i = 0; i < n; i++) {
            float gi = g[go + i];
            float vi = Kernels.normal(Math.fma(gi * gi, c, Math.fma(v[so + i], -c, v[so + i])));
            v[so + i] = vi;
            w[wo + i] -= gi * alpha / (float) Math.sqrt(vi + epsilon);
        }
    }
}
