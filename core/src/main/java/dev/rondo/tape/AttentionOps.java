package dev.rondo.tape;

import dev.rondo.op.AttentionOp;
import dev.rondo.op.Buffers;
import dev.rondo.op.DropoutOp;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import org.jspecify.annotations.Nullable;

/// Attention of the steps of one value to those of others, on a tape.
public final class AttentionOps {
    private AttentionOps() {}

    /// How queries and keys give scores.
    public sealed interface Score {
        /// Dot products: `factor * scale * q . k`.
        ///
        /// @param factor a constant
        /// @param scale a single number, or null for 1
        record Dot(double factor, @Nullable Parameter scale) implements Score {}

        /// Additive scores: `sum over d of w_d tanh(scale (q_d + k_d))`.
        ///
        /// @param w one number for each column or one for all, or null for ones
        /// @param scale a single number, or null for 1
        record Additive(@Nullable Parameter w, @Nullable Parameter scale) implements Score {}
    }

    /// The options.
    ///
    /// @param heads heads side by side in the columns
    /// @param causal whether a step sees no key after its own step
    /// @param dropout probability that a weight becomes zero in training
    /// @param queryMask whether a masked query sees nothing
    /// @param zeroUnseeing whether a query that sees nothing gets zeros instead of the plain mean of all values
    public record Options(int heads, boolean causal, double dropout, boolean queryMask, boolean zeroUnseeing) {}

    /// For each query the mean of the values, weighted by the softmax of its scores.
    ///
    /// ```text
    /// y_i = sum over j of p_ij v_j      p_ij = e^s_ij / sum over j of e^s_ij
    /// ```
    ///
    /// Only steps of the same sequence see each other; keys that a mask of `values` or `keys` leaves out are not seen. A query that sees
    /// nothing gets the plain mean of all values of its sequence, or zeros.
    ///
    /// @param queries `[.., heads * depth]`
    /// @param values `[.., heads * width]`
    /// @param keys `[.., heads * depth]`, of the same steps as the values
    /// @param sees masks of the keys, each null for all
    /// @return a row for each query `[.., heads * width]`, with the mask of the queries
    public static Var attention(Var queries, Var values, Var keys, Score score, Options options,
            @Nullable Mask... sees) {
        check(queries, values, keys, options.heads);
        return new Attention(queries, values, keys, score, options, sees).run();
    }

    private static void check(Var queries, Var values, Var keys, int heads) {
        queries.tape().checkOwn(values);
        queries.tape().checkOwn(keys);
        if (!values.steps().equals(keys.steps()) || queries.steps().batch() != values.steps().batch()) {
            throw new IllegalArgumentException("attention: queries " + queries + ", values " + values + " and keys "
                    + keys + " are not of the same sequences");
        }
        if (queries.columns() != keys.columns() || queries.columns() % heads != 0 || values.columns() % heads != 0) {
            throw new IllegalArgumentException("attention: queries " + queries + " and keys " + keys
                    + " need the same columns" + (heads > 1 ? ", a multiple of the " + heads + " heads" : ""));
        }
    }

    /// One operation and what its backward needs.
    private static final class Attention {
        private final Var queries;
        private final Var values;
        private final Var keys;
        private final Score score;
        private final Options options;
        private final @Nullable Mask[] sees;
        private final Tape tape;
        private final int[] at;
        private final float[] weights;
        private final float @Nullable [] drop;

        Attention(Var queries, Var values, Var keys, Score score, Options options, @Nullable Mask[] sees) {
            this.queries = queries;
            this.values = values;
            this.keys = keys;
            this.score = score;
            this.options = options;
            this.sees = sees;
            tape = queries.tape();
            int batch = queries.steps().batch();
            at = new int[batch + 1];
            for (int b = 0; b < batch; b++) {
                at[b + 1] = Math.addExact(at[b], shape(b).scores());
            }
            weights = tape.buffers().take(at[batch]);
            boolean drops = tape.isRecording() && options.dropout > 0;
            drop = drops ? tape.buffers().take(at[batch]) : null;
            if (drop != null) {
                DropoutOp.mask(tape.kernels(), tape.nextSeed(), options.dropout, at[batch], drop);
            }
        }

        private AttentionOp.Shape shape(int b) {
            return new AttentionOp.Shape(queries.steps().length(b), keysThere(b),
                    keys.columns() / options.heads, values.columns() / options.heads, options.heads);
        }

        /// The keys of a sequence without those that only fill it up: these must not count even for a query that sees nothing.
        private int keysThere(int b) {
            int there = values.steps().length(b);
            for (Mask mask : sees) {
                there = mask == null ? there : Math.min(there, mask.length(b));
            }
            return there;
        }

        Var run() {
            float[] y = tape.buffers().take(queries.rows(), values.columns());
            for (int b = 0; b < queries.steps().batch(); b++) {
                forward(b, y);
            }
            boolean learned = score instanceof Score.Dot dot ? dot.scale != null
                    : ((Score.Additive) score).w != null || ((Score.Additive) score).scale != null;
            Var out = tape.result(y, queries.rows(), values.columns(), queries.layout(), queries.needsGradient()
                    || values.needsGradient() || keys.needsGradient() || learned).withMask(queries.mask());
            tape.record(() -> {
                float[] dy = out.gradient();
                for (int b = 0; dy != null && b < queries.steps().batch(); b++) {
                    backward(b, dy);
                }
            });
            return out;
        }

        private void forward(int b, float[] y) {
            AttentionOp.Shape s = shape(b);
            Buffers buffers = tape.buffers();
            float[] q = gather(queries, queries.data(), b, s.queries());
            float[] k = gather(keys, keys.data(), b, s.keys());
            switch (score) {
                case Score.Dot dot -> AttentionOp.dotScores(tape.kernels(), buffers, s, dot.factor * one(dot.scale), q,
                        k, weights, at[b]);
                case Score.Additive add -> AttentionOp.additiveScores(tape.kernels(), buffers, s, many(add.w),
                        one(add.scale), q, k, weights, at[b]);
            }
            boolean[] seen = seen(b, s);
            AttentionOp.weights(s, seen, weights, at[b]);
            if (options.zeroUnseeing && seen != null) {
                AttentionOp.zeroUnseeing(s, seen, weights, at[b]);
            }
            float[] out = buffers.zeros(s.queries() * values.columns());
            AttentionOp.values(tape.kernels(), buffers, s, dropped(b, s), droppedAt(b),
                    gather(values, values.data(), b, s.keys()), out);
            scatter(queries.steps(), b, s.queries(), values.columns(), out, y, false);
        }

        /// The weights that values are multiplied with, from [#droppedAt] on.
        private float[] dropped(int b, AttentionOp.Shape s) {
            if (drop == null) {
                return weights;
            }
            float[] dropped = tape.buffers().take(s.scores());
            System.arraycopy(weights, at[b], dropped, 0, s.scores());
            tape.kernels().multiply(s.scores(), drop, at[b], dropped, 0);
            return dropped;
        }

        private int droppedAt(int b) {
            return drop == null ? at[b] : 0;
        }

        private void backward(int b, float[] dy) {
            AttentionOp.Shape s = shape(b);
            var kernels = tape.kernels();
            Buffers buffers = tape.buffers();
            float[] q = gather(queries, queries.data(), b, s.queries());
            float[] k = gather(keys, keys.data(), b, s.keys());
            float[] v = gather(values, values.data(), b, s.keys());
            float[] dOut = buffers.take(s.queries() * values.columns());
            gather(queries.steps(), b, s.queries(), values.columns(), dy, dOut);
            float[] de = buffers.zeros(s.scores());
            float[] dv = buffers.zeros(s.keys() * values.columns());
            AttentionOp.valuesBackward(kernels, buffers, s, dropped(b, s), droppedAt(b), v, dOut, de, dv);
            if (drop != null) {
                kernels.multiply(s.scores(), drop, at[b], de, 0);
            }
            AttentionOp.weightsBackward(s, seen(b, s), weights, at[b], de);
            float[] dq = buffers.zeros(s.queries() * queries.columns());
            float[] dk = buffers.zeros(s.keys() * keys.columns());
            switch (score) {
                case Score.Dot dot -> addTo(dot.scale, dot.factor * AttentionOp.dotScoresBackward(kernels, buffers, s,
                        dot.factor * one(dot.scale), q, k, de, dq, dk));
                case Score.Additive add -> addTo(add.scale, AttentionOp.additiveScoresBackward(kernels, buffers, s,
                        many(add.w), one(add.scale), q, k, de, dq, dk, add.w == null ? null : tape.gradientOf(add.w)));
            }
            add(queries, b, s.queries(), dq);
            add(keys, b, s.keys(), dk);
            add(values, b, s.keys(), dv);
        }

        private void addTo(@Nullable Parameter scale, double gradient) {
            float[] sum = scale == null ? null : tape.gradientOf(scale);
            if (sum != null) {
                sum[0] += (float) gradient;
            }
        }

        private static float one(@Nullable Parameter scale) {
            return scale == null ? 1 : scale.values()[0];
        }

        private static float[] many(@Nullable Parameter w) {
            return w == null ? new float[] {1} : w.values();
        }

        /// Which query may see which key, null if each may see each.
        private boolean @Nullable [] seen(int b, AttentionOp.Shape s) {
            Mask own = options.queryMask ? queries.mask() : null;
            boolean all = own == null && !options.causal;
            for (Mask mask : sees) {
                all &= mask == null;
            }
            if (all) {
                return null;
            }
            boolean[] seen = new boolean[s.queries() * s.keys()];
            for (int i = 0; i < s.queries(); i++) {
                for (int j = 0; j < s.keys(); j++) {
                    boolean may = (own == null || own.counts(i, b)) && (!options.causal || j <= i);
                    for (Mask mask : sees) {
                        may &= mask == null || mask.counts(j, b);
                    }
                    seen[i * s.keys() + j] = may;
                }
            }
            return seen;
        }

        private float[] gather(Var x, float[] data, int b, int length) {
            float[] sequence = tape.buffers().take(length * x.columns());
            gather(x.steps(), b, length, x.columns(), data, sequence);
            return sequence;
        }

        private static void gather(Steps steps, int b, int length, int columns, float[] data, float[] sequence) {
            for (int t = 0; t < length; t++) {
                System.arraycopy(data, steps.row(t, b) * columns, sequence, t * columns, columns);
            }
        }

        private void add(Var x, int b, int length, float[] gradient) {
            float[] dx = x.gradientToAdd();
            if (dx != null) {
                scatter(x.steps(), b, length, x.columns(), gradient, dx, true);
            }
        }

        private void scatter(Steps steps, int b, int length, int columns, float[] sequence, float[] data,
                boolean adding) {
            for (int t = 0; t < length; t++) {
                if (adding) {
                    tape.kernels().add(columns, sequence, t * columns, data, steps.row(t, b) * columns);
                } else {
                    System.arraycopy(sequence, t * columns, data, steps.row(t, b) * columns, columns);
                }
            }
        }
    }
}
