package dev.rondo.nn.attention;

import dev.rondo.nn.Initializer;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.MultiModule;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.AttentionOps.Score;
import dev.rondo.tape.Parameter;
import java.util.List;

/// Additive attention (Bahdanau et al. 2015): for each query the mean of the values, weighted by how well the keys match it.
///
/// ```text
/// y_i = sum over j of softmax_j(s_ij) v_j        s_ij = sum over d of w_d tanh(q_id + k_jd)
/// ```
///
/// Inputs, masks and result are those of [Attention].
///
/// @param useScale whether w `[D]` is learned, glorot-uniform at first, else it is one; true by default
/// @param dropout probability that a weight becomes zero in training, 0 by default
/// @param causal whether a query sees no value after its own step, false by default
public record AdditiveAttention(boolean useScale, double dropout, boolean causal) implements MultiLayer {
    /// @throws IllegalArgumentException if the dropout is not in [0, 1)
    public AdditiveAttention {
        Attending.checkDropout("additive_attention", dropout);
    }

    /// The layer with Keras's defaults.
    public static AdditiveAttention of() {
        return new AdditiveAttention(true, 0, false);
    }

    @Override
    public String kind() {
        return "additive_attention";
    }

    @Override
    public MultiModule build(String name, List<Signature> inputs, WeightSource weights) {
        Signature output = Attending.output(kind() + " \"" + name + "\"", inputs);
        Parameter w = useScale ? weights.parameter(name + "/scale", Initializer.glorotUniform(),
                inputs.getFirst().features()) : null;
        return new Attending(new Score.Additive(w, null), dropout, causal, Attending.present(w), output);
    }
}
