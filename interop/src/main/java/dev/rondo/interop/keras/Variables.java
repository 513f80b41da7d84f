package dev.rondo.interop.keras;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.attention.AdditiveAttention;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.Attention.ScoreMode;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.norm.Normalization;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.nn.window.Conv1d;
import java.util.ArrayList;
import java.util.List;

/// Which arrays Keras stores for each layer, in its order, and where their numbers go.
final class Variables {
    private Variables() {}

    /// {@return the arrays of a layer; none if it has no weights}
    static List<Variable> of(Layer layer) {
        return switch (layer) {
            case Embedding _ -> own("embeddings");
            case Dense dense -> own("kernel", dense.useBias() ? "bias" : "");
            case Conv1d windows -> own("kernel", windows.useBias() ? "bias" : "");
            case RecurrentLayer rnn -> recurrent(rnn);
            case Bidirectional both -> join(within(recurrent(both.layer()), "forward_layer/", "forward/"),
                    within(recurrent(both.backward()), "backward_layer/", "backward/"));
            case TimeDistributed steps -> within(of(steps.layer()), "layer/", "");
            case BatchNormalization norm -> batchNormalization(norm);
            case LayerNormalization norm -> own(norm.scale() ? "gamma" : "", norm.center() ? "beta" : "");
            case Normalization _ -> normalization();
            case Prelu _ -> List.of(Variable.own(0, "alpha").reshaped());
            case Attention attention -> own(attention.useScale() ? "scale" : "",
                    attention.scoreMode() == ScoreMode.CONCAT ? "concat_score_weight" : "").stream()
                    .map(Variable::reshaped).toList();
            case AdditiveAttention attention -> own(attention.useScale() ? "scale" : "");
            case MultiHeadAttention heads -> heads(heads);
            default -> List.of();
        };
    }

    private static List<Variable> batchNormalization(BatchNormalization norm) {
        List<Variable> all = own(norm.scale() ? "gamma" : "", norm.center() ? "beta" : "", "moving_mean",
                "moving_variance");
        int learned = all.size() - 2;
        return join(all.subList(0, learned),
                all.subList(learned, all.size()).stream().map(Variable::untrained).toList());
    }

    /// Keras also counts how many values it has seen.
    private static List<Variable> normalization() {
        return List.of(Variable.own(0, "mean").untrained(), Variable.own(1, "variance").untrained(),
                Variable.own(2, "count").untrained().unused());
    }

    /// Keras keeps the heads on an axis of their own, here they are columns side by side.
    private static List<Variable> heads(MultiHeadAttention layer) {
        List<Variable> all = new ArrayList<>();
        for (String map : List.of("query", "key", "value", "output")) {
            String prefix = map.equals("output") ? "attention_output/" : map + "/";
            own("kernel", layer.useBias() ? "bias" : "").forEach(
                    variable -> all.add(variable.reshaped().within(map + "_dense/", prefix)));
        }
        return all;
    }

    private static List<Variable> recurrent(RecurrentLayer layer) {
        return switch (layer) {
            case SimpleRnn rnn -> cell(rnn.useBias());
            case Lstm lstm -> cell(lstm.useBias());
            case Gru gru -> gru(gru);
            case StackedRnn stack -> {
                List<Variable> all = new ArrayList<>();
                List<String> groups = Part.numbered(stack.cells().stream().map(RecurrentLayer::kind).toList());
                for (int i = 0; i < groups.size(); i++) {
                    String group = groups.get(i).replaceFirst("(_\\d+)?$", "_cell$1");
                    for (Variable variable : recurrent(stack.cells().get(i))) {
                        all.add(new Variable(variable.path().substring("cell/".length()), variable.name(), true,
                                variable.weights(), false).within("cell/cells/" + group + "/", "cell_" + i + "/"));
                    }
                }
                yield all;
            }
        };
    }

    private static List<Variable> own(String... names) {
        List<Variable> variables = new ArrayList<>();
        for (String name : names) {
            if (!name.isEmpty()) {
                variables.add(Variable.own(variables.size(), name));
            }
        }
        return variables;
    }

    private static List<Variable> cell(boolean bias) {
        return within(own("kernel", "recurrent_kernel", bias ? "bias" : ""), "cell/", "");
    }

    /// Keras keeps both biases of a GRU whose reset gate comes after the product in one array `[2, 3H]`.
    private static List<Variable> gru(Gru gru) {
        List<Variable> plain = cell(gru.useBias());
        if (!gru.useBias() || !gru.resetAfter()) {
            return plain;
        }
        Variable biases = new Variable(plain.getLast().path(), "bias", true, List.of("bias", "recurrent_bias"), false);
        return List.of(plain.get(0), plain.get(1), biases);
    }

    private static List<Variable> within(List<Variable> inner, String group, String prefix) {
        return inner.stream().map(variable -> variable.within(group, prefix)).toList();
    }

    private static List<Variable> join(List<Variable> a, List<Variable> b) {
        List<Variable> both = new ArrayList<>(a);
        both.addAll(b);
        return both;
    }
}
