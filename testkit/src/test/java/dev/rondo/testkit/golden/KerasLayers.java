package dev.rondo.testkit.golden;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Keras's layers and weights as Rondo's.
final class KerasLayers {
    private KerasLayers() {}

    /// The layer of that configuration; options that are not given have Keras's defaults.
    static Layer of(Node node) {
        return switch (node.className()) {
            case "Embedding" -> Embedding.of(node.count("input_dim"), node.count("output_dim"));
            case "Dense" ->
                new Dense(node.count("units"), activation(node, "activation", Activation.LINEAR), bias(node));
            case "Dropout" -> Dropout.of(node.number("rate"));
            case "TimeDistributed" -> TimeDistributed.of(of(node.layer()));
            case "GlobalMaxPooling1D" -> GlobalMaxPooling.of();
            case "GlobalAveragePooling1D" -> GlobalMeanPooling.of();
            case "Bidirectional" -> new Bidirectional(recurrent(node.layer()),
                    MergeMode.valueOf(node.text("merge_mode").toUpperCase(Locale.ROOT)));
            default -> recurrent(node);
        };
    }

    /// The recurrent layer of that configuration.
    static RecurrentLayer recurrent(Node node) {
        int units = node.count("units");
        Activation activation = activation(node, "activation", Activation.TANH);
        Activation recurrentActivation = activation(node, "recurrent_activation", Activation.SIGMOID);
        boolean sequences = node.flag("return_sequences");
        boolean backwards = node.flag("go_backwards");
        return switch (node.className()) {
            case "SimpleRNN" -> new SimpleRnn(units, activation, bias(node), sequences, backwards);
            case "LSTM" -> new Lstm(units, activation, recurrentActivation, bias(node), true, sequences, backwards);
            case "GRU" -> new Gru(units, activation, recurrentActivation, bias(node), node.flag("reset_after"),
                    sequences, backwards);
            default -> throw new AssertionError("no layer for Keras's " + node.className());
        };
    }

    private static Activation activation(Node node, String option, Activation otherwise) {
        return node.has(option) ? Activation.of(node.text(option)) : otherwise;
    }

    private static boolean bias(Node node) {
        return !node.has("use_bias") || node.flag("use_bias");
    }

    /// The weights, or their gradients, by Rondo's names.
    ///
    /// A GRU's `bias` `[2, 3H]` becomes `bias` and `recurrent_bias`; other names differ by the separator alone.
    ///
    /// @param from what the tensors' names start with: `w.` or `g.`, `init.` or `final.`
    /// @param to what Rondo's names start with
    static Map<String, Tensor> weights(Golden golden, String from, String to) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (String name : golden.names()) {
            String plain = name.startsWith(from) ? name.substring(from.length()) : "input";
            if (plain.equals("input") || plain.startsWith("initial_")) {
                continue;
            }
            Tensor tensor = golden.tensor(name);
            String renamed = to + plain.replace('.', '/');
            if (renamed.endsWith("bias") && tensor.rank() == 2) {
                int size = tensor.dim(1);
                weights.put(renamed, Tensor.of(Arrays.copyOf(tensor.data(), size), size));
                weights.put(renamed.replaceFirst("bias$", "recurrent_bias"),
                        Tensor.of(Arrays.copyOfRange(tensor.data(), size, 2 * size), size));
            } else {
                weights.put(renamed, tensor);
            }
        }
        return weights;
    }
}
