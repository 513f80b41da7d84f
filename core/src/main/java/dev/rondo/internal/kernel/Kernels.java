package dev.rondo.internal.kernel;

/// The arithmetic of Rondo on float arrays, in two implementations: [VectorKernels] (Vector API) and [ScalarKernels]
/// (plain Java, the readable reference).
///
/// Arrays come with the offset of their first element and, for matrices, the distance between rows. Nothing is checked
/// here except by the array accesses themselves. Stateless and safe for use by several threads.
///
/// Both implementations compute an element of a matrix product as a chain of multiply-adds in the order of k, so that its
/// bits do not depend on the other rows of the batch.
public sealed interface Kernels permits ScalarKernels, VectorKernels, EarlyKernels {
    /// 2^-80: see [#flushTiny].
    float TINY = 0x1p-80f;

    /// The kernels of this machine: the vector ones where the JVM has the module `jdk.incubator.vector`, chosen once.
    /// At the start of a program these may be plain loops with the same bits ([EarlyKernels]): ask again for each piece of work.
    static Kernels best() {
        return KernelChoice.now();
    }

    /// Name for logs and provenance, such as `vector-512` or `scalar`.
    String name();

    /// The number of floats that a packed `[k, n]` matrix takes.
    int packedLength(int k, int n);

    /// Rearranges B `[k, n]`, whose element (p, j) is `b[bo + p * rs + j * cs]`, for [#gemm].
    void pack(int k, int n, float[] b, int bo, int rs, int cs, float[] packed);

    /// `C[m, n] += A[m, kc] * B[k0 .. k0 + kc, n]` with `A[i, p] = a[ao + i * rs + p * cs]` and `C[i, j] = c[co + i * ldc + j]`; B packed or
    /// plain, to the same bits. Where A is infinite, an element of C may become NaN that would be infinite.
    void gemm(int m, int k0, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] c, int co, int ldc);

    /// `C[i, j] = row[j] + (A[m, kc] * B[kc, n])[i, j]` with A as for [#gemm]: the bits of [#fillRows] and [#gemm].
    void affine(int m, int kc, float[] a, int ao, int rs, int cs, RightMatrix b, float[] row, int ro, float[] c, int co,
            int ldc);

    /// `C[i, j] = row[j]` for all m rows.
    void fillRows(int m, int n, float[] row, int ro, float[] c, int co, int ldc);

    /// `sums[j] += A[0, j] + A[1, j] + ...` over m rows.
    void addColumnSums(int m, int n, float[] a, int ao, int lda, float[] sums, int so);

    /// `y = e^x`; relative error at most 2e-7 on [-87, 88], 0 below, `e^88` above; NaN stays NaN.
    void exp(int n, float[] x, int xo, float[] y, int yo);

    /// `y = tanh x`; relative error at most 4e-7 (or half the spacing of subnormals), odd to the bit, `|y| <= 1`; NaN stays NaN.
    void tanh(int n, float[] x, int xo, float[] y, int yo);

    /// `y = 1 / (1 + e^-x)`; relative error at most 4e-7 for x >= -87, `0 < y <= 1.7e-38` below; NaN stays NaN.
    void sigmoid(int n, float[] x, int xo, float[] y, int yo);

    /// `y = max(x, 0)`.
    void relu(int n, float[] x, int xo, float[] y, int yo);

    /// `dy = dy * (1 - y^2)`.
    void tanhBackward(int n, float[] y, int yo, float[] dy, int dyo);

    /// `dy = dy * y * (1 - y)`.
    void sigmoidBackward(int n, float[] y, int yo, float[] dy, int dyo);

    /// `dy = y > 0 ? dy : 0`.
    void reluBackward(int n, float[] y, int yo, float[] dy, int dyo);

    /// `y += x`.
    void add(int n, float[] x, int xo, float[] y, int yo);

    /// `y += alpha * x`.
    void axpy(int n, float alpha, float[] x, int xo, float[] y, int yo);

    /// `y *= alpha`.
    void scale(int n, float alpha, float[] y, int yo);

    /// `x = |x| < 2^-80 ? 0 : x`. A gradient that vanishes over many steps ends among the subnormal numbers, where a processor
    /// takes some 30 times as long for a product; 2^-80 is so small that what is made of it in one step is not there yet.
    void flushTiny(int n, float[] x, int xo);

    /// `y *= x`.
    void multiply(int n, float[] x, int xo, float[] y, int yo);

    /// `y += a * b`.
    void multiplyAdd(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo);

    /// The sum of `x^2`, accumulated in double precision, in a fixed order.
    double sumOfSquares(int n, float[] x, int xo);

    /// The largest element, NaN if there is one, either of a positive and a negative zero; n is at least 1.
    float max(int n, float[] x, int xo);

    /// The index in `[0, n)` of the first of n numbers that equals `value`, n - 1 if none does.
    int indexOf(int n, float[] x, int xo, float value);

    /// How far x may be above what [#expOfRow] takes off: sums of e^16 are far from any limit.
    float MOST_AHEAD = 16f;

    /// `y = e^(x - less)`, for n numbers x that are at most less + 16 ([#MOST_AHEAD]), in place or not.
    ///
    /// @return the sum of y
    float expOfRow(int n, float[] x, int xo, float less, float[] y, int yo);

    /// The LSTM gate pass for `rows` consecutive rows, H units each: gates `[rows, 4H]` hold the pre-activations i f c o and
    /// become the activations.
    ///
    /// ```text
    /// i, f, o = sigmoid   g = a   c = f * cPrev + i * g   tc = a(c)   h = o * tc
    /// ```
    void lstmForward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c,
            int co, float[] tc,
            int to, float[] h, int ho);

    /// The gate pass backwards: gates (activations) become the gradients of the pre-activations; `dc` `[rows, H]` goes in as the
    /// gradient of c and comes out as the gradient of cPrev.
    ///
    /// ```text
    /// dc += dh * o * a'(c)
    /// do = dh * tc * o(1-o)   di = dc * g * i(1-i)   df = dc * cPrev * f(1-f)   dg = dc * i * a'   dc = dc * f
    /// ```
    void lstmBackward(CellActivation a, int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] tc,
            int to, float[] dh,
            int dho, float[] dc, int dco);

    /// The cell of an LSTM whose gates are activated already, with any activation: `c = f * cPrev + i * g`.
    void lstmCell(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] c, int co);

    /// `h = o * tc` where o is the last quarter of the gates.
    void lstmOutput(int rows, int units, float[] gates, int go, float[] tc, int to, float[] h, int ho);

    /// `dtc = dh * o` and, in place of o, `dh * tc`.
    void lstmOutputBackward(int rows, int units, float[] gates, int go, float[] tc, int to, float[] dh, int dho,
            float[] dtc, int dto);

    /// Turns i f g into `dc * g`, `dc * cPrev`, `dc * i` (not yet through the activations' derivatives) and dc into `dc * f`.
    void lstmCellBackward(int rows, int units, float[] gates, int go, float[] cPrev, int po, float[] dc, int dco);

    /// The standard GRU gate pass (reset gate after the product). gates `[rows, 3H]` hold the input part of z r h and become
    /// the activations; rec `[rows, 3H]` is the recurrent part with its bias; its last third is kept in `rh` `[rows, H]`.
    ///
    /// ```text
    /// z, r = sigmoid(gates + rec)   hh = tanh(gates_h + r * rec_h)   h = z * hPrev + (1 - z) * hh
    /// ```
    void gruForward(int rows, int units, float[] gates, int go, float[] rec, int ro, float[] rh, int rho, float[] hPrev,
            int po, float[] h, int ho);

    /// The gate pass backwards: gates become the gradients of the input part, rh the gradient of the recurrent part of h;
    /// dh goes in as the gradient of h and comes out as its direct share in that of hPrev, `dh * z`.
    void gruBackward(int rows, int units, float[] gates, int go, float[] rh, int rho, float[] hPrev, int po, float[] dh,
            int dho);

    /// Multipliers of the hash behind [#dropped]: 2^32 over the golden ratio, and those of MurmurHash3's finish.
    int GOLDEN = 0x9E3779B9;
    int MIX_1 = 0x85EBCA6B;
    int MIX_2 = 0xC2B2AE35;

    /// Whether a hash of the seed and i falls into the first `threshold` of 2^24 parts.
    static boolean dropped(long seed, int i, int threshold) {
        int h = i * GOLDEN + (int) seed;
        h = (h ^ h >>> 16 ^ (int) (seed >>> 32)) * MIX_1;
        h = (h ^ h >>> 13) * MIX_2;
        h ^= h >>> 16;
        return (h >>> 8) < threshold;
    }

    /// `mask[i] = dropped(seed, i, threshold) ? 0 : keep`, see [#dropped].
    void dropoutMask(long seed, int threshold, float keep, int n, float[] mask);

    /// x, or zero where x is subnormal. A moment without gradient shrinks to the smallest number there is, which no product with
    /// 0.9 makes smaller, and would slow every later step: see [#flushTiny].
    static float normal(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? 0f : x;
    }

    /// One step of gradient descent with momentum on n weights (Polyak 1964; Sutskever et al. 2013):
    /// `u = momentum * u - rate * g`, `w += lead * u - push * g`.
    void momentum(int n, float[] w, int wo, float[] g, int go, float[] u, int so, float rate, float momentum,
            float lead, float push);

    /// One step of Adam on n weights (Kingma and Ba 2015, with Keras's placing of epsilon), with `c1 = 1 - beta1` and
    /// `c2 = 1 - beta2`, which a float holds more precisely than the betas near one:
    /// `m += c1 (g-m)`, `v += c2 (g^2-v)`, `w -= shrink * w + alpha * m / (sqrt v + epsilon)`.
    void adam(int n, float[] w, int wo, float[] g, int go, float[] m, float[] v, int so, float alpha, float c1,
            float c2, float epsilon, float shrink);

    /// Several steps of Adam without gradient at once:
    /// `w -= shrink * w + alpha * m / (sqrt v + epsilon)`, then `m *= keepM`, `v *= keepV`.
    void adamAtRest(int n, float[] w, int wo, float[] m, float[] v, int so, float alpha, float epsilon, float shrink,
            float keepM, float keepV);

    /// One step of RMSprop on n weights (Tieleman and Hinton 2012), with `c = 1 - rho`:
    /// `v = v - c v + c g^2`, `w -= alpha * g / sqrt(v + epsilon)`.
    void rmsprop(int n, float[] w, int wo, float[] g, int go, float[] v, int so, float alpha, float c, float epsilon);
}
