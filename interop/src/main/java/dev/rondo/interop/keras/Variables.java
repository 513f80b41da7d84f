package dev.rondo.interop.keras;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import java.util.ArrayList;
import java.util.List;

/// Which arrays Keras stores for each layer, in its order, and where their numbers go.
final class Variables {
    private Variables() {}

    /// {@return the arrays of a layer; none if it has no weights}
    static List<Variable> of(Layer layer) {
        return switch (layer) {
            case Embedding _ -> List.of(Variable.own(0, "embeddings"));
            case Dense dense -> own("kernel", dense.useBias() ? "bias" : "");
            case SimpleRnn rnn -> cell(rnn.useBias());
            case Lstm lstm -> cell(lstm.useBias());
            case Gru gru -> gru(gru);
            case Bidirectional both -> {
                List<Variable> inner = of(both.layer());
                yield join(within(inner, "forward_layer/", "forward/"), within(inner, "backward_layer/", "backward/"));
            }
            case TimeDistributed steps -> within(of(steps.layer()), "layer/", "");
            default -> List.of();
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
