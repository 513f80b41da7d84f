package dev.rondo.nn.attention;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.MultiModule;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.AttentionOps;
import dev.rondo.tape.AttentionOps.Options;
import dev.rondo.tape.AttentionOps.Score;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Multi-head attention (Vaswani et al. 2017).
///
/// ```text
/// Y = [Y_1 ... Y_H] O + b      Y_h = softmax(Q_h K_h^T / sqrt(keyDim)) V_h      Q_h, K_h, V_h linear in queries, keys, values
/// ```
///
/// Inputs: queries `[B, Tq, F]`, values `[B, Tv, G]` and, if they are not the values, keys `[B, Tv, K]`; one input alone attends to
/// itself. Values and keys that their mask leaves out are not seen. The result `[B, Tq, outputDim]` has the mask of the queries; where that
/// leaves a query out its numbers are those of the plain mean of all values, or of zeros where there is a dropout, as in Keras.
///
/// The heads stand side by side in the columns of the weights: `query/kernel` `[F, numHeads * keyDim]`, and likewise key, value and
/// `attention_output`.
///
/// @param numHeads the number of heads, H, at least 1
/// @param keyDim columns of a head's queries and keys, at least 1
/// @param valueDim columns of a head's values, at least 1, `keyDim` by default
/// @param outputDim columns of the result, at least 1, or 0 (the default) for as many as the queries have
/// @param dropout probability that a weight becomes zero in training, 0 by default
/// @param useBias whether the linear maps have biases, true by default
/// @param causal whether a query sees no value after its own step, false by default
public record MultiHeadAttention(int numHeads, int keyDim, int valueDim, int outputDim, double dropout, boolean useBias,
        boolean causal) implements MultiLayer {
    /// @throws IllegalArgumentException if a number is out of its range
    public MultiHeadAttention {
        Checks.positive("multi_head_attention", "numHeads", numHeads);
        Checks.positive("multi_head_attention", "keyDim", keyDim);
        Checks.positive("multi_head_attention", "valueDim", valueDim);
        Attending.checkDropout("multi_head_attention", dropout);
        if (outputDim < 0) {
            throw new IllegalArgumentException("multi_head_attention: outputDim is " + outputDim
                    + "; it must be at least 1, or 0 for as many as the queries have");
        }
    }

    /// That many heads of that many columns.
    public static MultiHeadAttention of(int numHeads, int keyDim) {
        return new MultiHeadAttention(numHeads, keyDim, keyDim, 0, 0, true, false);
    }

    /// This layer with values of another width.
    public MultiHeadAttention valueDim(int valueDim) {
        return new MultiHeadAttention(numHeads, keyDim, valueDim, outputDim, dropout, useBias, causal);
    }

    /// This layer, in which a query sees no value after its own step.
    public MultiHeadAttention withCausalMask() {
        return new MultiHeadAttention(numHeads, keyDim, valueDim, outputDim, dropout, useBias, true);
    }

    @Override
    public String kind() {
        return "multi_head_attention";
    }

    @Override
    public MultiModule build(String name, List<Signature> inputs, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        if (inputs.isEmpty() || inputs.size() > 3) {
            throw new IllegalArgumentException(where + " takes queries, values and perhaps keys, not " + inputs.size()
                    + " inputs");
        }
        inputs.forEach(input -> Checks.sequence(where, input));
        Signature queries = inputs.getFirst();
        Signature values = inputs.get(Math.min(1, inputs.size() - 1));
        int deep = Checks.product(where, numHeads, keyDim);
        int wide = Checks.product(where, numHeads, valueDim);
        int out = outputDim == 0 ? queries.features() : outputDim;
        return new Heads(this, map(name + "/query", queries.features(), deep, weights),
                map(name + "/key", inputs.getLast().features(), deep, weights),
                map(name + "/value", values.features(), wide, weights),
                map(name + "/attention_output", wide, out, weights), queries.features(out));
    }

    private Linear map(String name, int inputs, int outputs, WeightSource weights) {
        return new Linear(weights.parameter(name + "/kernel", Initializer.glorotUniform(), inputs, outputs),
                useBias ? weights.parameter(name + "/bias", Initializer.zeros(), outputs) : null);
    }

    private record Linear(Parameter kernel, @Nullable Parameter bias) {
        Var of(Var x) {
            return Ops.affine(x, kernel, bias);
        }
    }

    private record Heads(MultiHeadAttention layer, Linear query, Linear key, Linear value, Linear out, Signature output)
            implements
                MultiModule {
        @Override
        public List<Signature> outputs() {
            return List.of(output);
        }

        @Override
        public List<Parameter> parameters() {
            return Stream.of(query, key, value, out)
                    .flatMap(map -> Attending.present(map.kernel, map.bias).stream()).toList();
        }

        @Override
        public List<Var> apply(List<Var> inputs) {
            Var queries = inputs.getFirst();
            Var values = inputs.get(Math.min(1, inputs.size() - 1));
            Var keys = inputs.getLast();
            Var attended = AttentionOps.attention(query.of(queries), value.of(values), key.of(keys),
                    new Score.Dot(1 / Math.sqrt(layer.keyDim), null),
                    new Options(layer.numHeads, layer.causal, layer.dropout, true, layer.dropout > 0), values.mask(),
                    keys.mask());
            return List.of(out.of(attended));
        }
    }
}
