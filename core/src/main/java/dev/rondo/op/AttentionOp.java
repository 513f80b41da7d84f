package dev.rondo.op;

import dev.rondo.internal.kernel.Kernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Attention of the steps of one sequence to those of another: scores, weights by softmax, and weighted sums of values.
///
/// All arrays hold one sequence, steps one after another; the caller goes over the batch.
public final class AttentionOp {
    private AttentionOp() {}

    /// The sizes, and the places of a head's columns.
    ///
    /// @param queries steps that attend, Tq
    /// @param keys steps that are attended to, Tk
    /// @param depth columns of a head's queries and keys
    /// @param width columns of a head's values
    /// @param heads the number of heads, side by side in the columns
    public record Shape(int queries, int keys, int depth, int width, int heads) {
        /// The scores of all heads.
        public int scores() {
            return Math.multiplyExact(Math.multiplyExact(queries, keys), heads);
        }

        private Matrix scores(float[] data, int offset, int head) {
            return new Matrix(data, offset + head * queries * keys, keys, 1);
        }

        private Matrix deep(float[] data, int head) {
            return new Matrix(data, head * depth, heads * depth, 1);
        }

        private Matrix wide(float[] data, int head) {
            return new Matrix(data, head * width, heads * width, 1);
        }
    }

    /// Dot products as scores.
    ///
    /// ```text
    /// S_h = scale * Q_h * K_h^T        Q [Tq, heads * depth]   K [Tk, heads * depth]   S [heads, Tq, Tk]
    /// ```
    public static void dotScores(Kernels k, Buffers buffers, Shape s, double scale, float[] q, float[] keys, float[] e,
            int at) {
        Arrays.fill(e, at, at + s.scores(), 0f);
        for (int h = 0; h < s.heads; h++) {
            Matrix.multiply(k, buffers, s.queries, s.depth, s.keys, s.deep(q, h), s.deep(keys, h).transposed(),
                    s.scores(e, at, h));
        }
        k.scale(s.scores(), (float) scale, e, at);
    }

    /// ```text
    /// dQ_h += scale * dS_h * K_h      dK_h += scale * dS_h^T * Q_h
    /// ```
    ///
    /// @param de the gradient of the scores, which is multiplied by the scale
    /// @return the sum of `dS * S / scale`, the gradient of the scale
    public static double dotScoresBackward(Kernels k, Buffers buffers, Shape s, double scale, float[] q, float[] keys,
            float[] de, float[] dq, float[] dk) {
        double sum = 0;
        float[] back = buffers.zeros(s.queries * s.heads * s.depth);
        for (int h = 0; h < s.heads; h++) {
            Matrix.multiply(k, buffers, s.queries, s.keys, s.depth, s.scores(de, 0, h), s.deep(keys, h),
                    s.deep(back, h));
        }
        for (int i = 0; i < s.queries * s.heads * s.depth; i++) {
            sum += (double) back[i] * q[i];
        }
        k.axpy(s.queries * s.heads * s.depth, (float) scale, back, 0, dq, 0);
        k.scale(s.scores(), (float) scale, de, 0);
        for (int h = 0; h < s.heads; h++) {
            Matrix.multiply(k, buffers, s.keys, s.queries, s.depth, s.scores(de, 0, h).transposed(), s.deep(q, h),
                    s.deep(dk, h));
        }
        return sum;
    }

    /// Additive scores (Bahdanau et al. 2015) of one head.
    ///
    /// ```text
    /// S_ij = sum over d of w_d tanh(c (q_id + k_jd))
    /// ```
    ///
    /// @param w `[depth]`, or one for all columns
    public static void additiveScores(Kernels k, Buffers buffers, Shape s, float[] w, float c, float[] q, float[] keys,
            float[] e, int at) {
        float[] z = buffers.take(s.depth);
        for (int i = 0; i < s.queries; i++) {
            for (int j = 0; j < s.keys; j++) {
                tanh(k, s, c, q, i, keys, j, z);
                double sum = 0;
                for (int d = 0; d < s.depth; d++) {
                    sum += w[w.length == 1 ? 0 : d] * z[d];
                }
                e[at + i * s.keys + j] = (float) sum;
            }
        }
    }

    private static void tanh(Kernels k, Shape s, float c, float[] q, int i, float[] keys, int j, float[] z) {
        for (int d = 0; d < s.depth; d++) {
            z[d] = c * (q[i * s.depth + d] + keys[j * s.depth + d]);
        }
        k.tanh(s.depth, z, 0, z, 0);
    }

    /// ```text
    /// z = tanh(c (q_i + k_j))   dw += dS_ij z   u = dS_ij w (1 - z^2)   dq_i += c u   dk_j += c u   dc += sum(u (q_i + k_j))
    /// ```
    ///
    /// @param dw null if it is not wanted
    /// @return the gradient of c
    public static double additiveScoresBackward(Kernels k, Buffers buffers, Shape s, float[] w, float c, float[] q,
            float[] keys, float[] de, float[] dq, float[] dk, float @Nullable [] dw) {
        float[] z = buffers.take(s.depth);
        double dc = 0;
        for (int i = 0; i < s.queries; i++) {
            for (int j = 0; j < s.keys; j++) {
                float d = de[i * s.keys + j];
                tanh(k, s, c, q, i, keys, j, z);
                for (int p = 0; p < s.depth; p++) {
                    int one = w.length == 1 ? 0 : p;
                    if (dw != null) {
                        dw[one] += d * z[p];
                    }
                    float u = d * w[one] * (1 - z[p] * z[p]);
                    dq[i * s.depth + p] += c * u;
                    dk[j * s.depth + p] += c * u;
                    dc += (double) u * (q[i * s.depth + p] + keys[j * s.depth + p]);
                }
            }
        }
        return dc;
    }

    /// Scores become weights, in place: the softmax of each row over the keys that may be seen; over all keys, with equal weights, for
    /// a query that may see none.
    ///
    /// @param seen `[Tq, Tk]`, null if each query may see each key
    public static void weights(Shape s, boolean @Nullable [] seen, float[] e, int at) {
        for (int h = 0; h < s.heads; h++) {
            for (int i = 0; i < s.queries; i++) {
                row(s.keys, seen, i * s.keys, e, at + (h * s.queries + i) * s.keys);
            }
        }
    }

    /// Zero weights for each query that may see no key.
    public static void zeroUnseeing(Shape s, boolean[] seen, float[] weights, int at) {
        for (int i = 0; i < s.queries; i++) {
            boolean none = true;
            for (int j = 0; j < s.keys; j++) {
                none &= !seen[i * s.keys + j];
            }
            for (int h = 0; none && h < s.heads; h++) {
                int row = at + (h * s.queries + i) * s.keys;
                Arrays.fill(weights, row, row + s.keys, 0);
            }
        }
    }

    private static void row(int keys, boolean @Nullable [] seen, int see, float[] e, int at) {
        double max = Double.NEGATIVE_INFINITY;
        boolean none = true;
        for (int j = 0; j < keys; j++) {
            if (seen == null || seen[see + j]) {
                max = Math.max(max, e[at + j]);
                none = false;
            }
        }
        double sum = 0;
        for (int j = 0; j < keys; j++) {
            boolean sees = seen == null || seen[see + j];
            double weight = none ? 1 : sees ? Math.exp(e[at + j] - max) : 0;
            e[at + j] = (float) weight;
            sum += weight;
        }
        for (int j = 0; j < keys; j++) {
            e[at + j] = (float) (e[at + j] / sum);
        }
    }

    /// `de = p * (dp - sum(dp * p))` for each row, in place of dp; zero for a query that may see no key.
    public static void weightsBackward(Shape s, boolean @Nullable [] seen, float[] p, int at, float[] dp) {
        for (int h = 0; h < s.heads; h++) {
            for (int i = 0; i < s.queries; i++) {
                int from = (h * s.queries + i) * s.keys;
                boolean none = seen != null;
                double dot = 0;
                for (int j = 0; j < s.keys; j++) {
                    none &= seen == null || !seen[i * s.keys + j];
                    dot += (double) dp[from + j] * p[at + from + j];
                }
                for (int j = 0; j < s.keys; j++) {
                    dp[from + j] = none ? 0 : (float) (p[at + from + j] * (dp[from + j] - dot));
                }
            }
        }
    }

    /// ```text
    /// Y_h = P_h * V_h        P [heads, Tq, Tk]   V [Tk, heads * width]   Y [Tq, heads * width], zero before
    /// ```
    public static void values(Kernels k, Buffers buffers, Shape s, float[] p, int at, float[] v, float[] y) {
        for (int h = 0; h < s.heads; h++) {
            Matrix.multiply(k, buffers, s.queries, s.keys, s.width, s.scores(p, at, h), s.wide(v, h), s.wide(y, h));
        }
    }

    /// ```text
    /// dP_h = dY_h * V_h^T      dV_h += P_h^T * dY_h
    /// ```
    ///
    /// @param dp zero before
    public static void valuesBackward(Kernels k, Buffers buffers, Shape s, float[] p, int at, float[] v, float[] dy,
            float[] dp, float[] dv) {
        for (int h = 0; h < s.heads; h++) {
            Matrix.multiply(k, buffers, s.queries, s.width, s.keys, s.wide(dy, h), s.wide(v, h).transposed(),
                    s.scores(dp, 0, h));
            Matrix.multiply(k, buffers, s.keys, s.queries, s.width, s.scores(p, at, h).transposed(), s.wide(dy, h),
                    s.wide(dv, h));
        }
    }
}
