package dev.rondo.nn.attention;

import dev.rondo.nn.Initializer;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.MultiModule;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.AttentionOps.Score;
import dev.rondo.tape.Parameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Attention by dot products (Luong et al. 2015): for each query the mean of the values, weighted by how well the keys match it.
///
/// ```text
/// y_i = sum over j of softmax_j(s_ij) v_j
/// dot:     s_ij = c q_i . k_j                                  concat:  s_ij = w sum over d of tanh(c (q_id + k_jd))
/// ```
///
/// Inputs: queries `[B, Tq, D]`, values `[B, Tv, E]` and, if they are not the values, keys `[B, Tv, D]`. Values that a mask leaves out are
/// not seen; masked queries give zeros. The result `[B, Tq, E]` has the mask of the queries.
///
/// @param useScale whether c is learned, one at first, else it is one; false by default
/// @param scoreMode how scores are made, dot by default
/// @param dropout probability that a weight becomes zero in training, 0 by default
/// @param causal whether a query sees no value after its own step, false by default
public record Attention(boolean useScale, ScoreMode scoreMode, double dropout, boolean causal) implements MultiLayer {
    /// How scores are made.
    public enum ScoreMode {
        /// Dot products.
        DOT,
        /// Sums of tanh.
        CONCAT
    }

    /// @throws IllegalArgumentException if the dropout is not in [0, 1)
    public Attention {
        Attending.checkDropout("attention", dropout);
    }

    /// The layer with Keras's defaults.
    public static Attention of() {
        return new Attention(false, ScoreMode.DOT, 0, false);
    }

    /// This layer with a learned scale.
    public Attention withScale() {
        return new Attention(true, scoreMode, dropout, causal);
    }

    /// This layer with other scores.
    public Attention scoreMode(ScoreMode scoreMode) {
        return new Attention(useScale, scoreMode, dropout, causal);
    }

    /// This layer, in which a query sees no value after its own step.
    public Attention withCausalMask() {
        return new Attention(useScale, scoreMode, dropout, true);
    }

    @Override
    public String kind() {
        return "attention";
    }

    @Override
    public MultiModule build(String name, List<Signature> inputs, WeightSource weights) {
        Signature output = Attending.output(kind() + " \"" + name + "\"", inputs);
        Parameter scale = useScale ? weights.parameter(name + "/scale", Initializer.ones(0, 1)) : null;
        @Nullable
        Parameter w = scoreMode == ScoreMode.CONCAT
                ? weights.parameter(name + "/concat_score_weight", Initializer.ones(0, 1)) : null;
        Score score = scoreMode == ScoreMode.DOT ? new Score.Dot(1, scale) : new Score.Additive(w, scale);
        return new Attending(score, dropout, causal, Attending.present(scale, w), output);
    }
}
