package dev.rondo.testkit.golden;

import dev.rondo.nn.GivenWeights;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentModule;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BinaryOperator;

/// One direction of one layer of a recurrent module of torch: its layer and weights as Rondo's.
///
/// Torch keeps weights `[G*H, F]`, so they are transposed. Its LSTM has the gates i f g o as here; its GRU r z n, here z r h. Its two
/// biases add up but in a GRU, where the recurrent one of the candidate is inside the reset.
///
/// @param node the module
/// @param suffix what the names of the weights end in: `_l0`, `_l1_reverse`
record TorchCell(Node node, String suffix) {
    RecurrentLayer layer() {
        int units = node.count("hidden_size");
        boolean bias = !node.has("bias") || node.flag("bias");
        return switch (node.className()) {
            case "LSTM" -> new Lstm(units, Activation.TANH, Activation.SIGMOID, bias, true, true, false);
            case "GRU" -> new Gru(units, Activation.TANH, Activation.SIGMOID, bias, true, true, false);
            case "RNN" -> new SimpleRnn(units, Activation.of(node.text("nonlinearity")), bias, true, false);
            default -> throw new AssertionError("no layer for torch's " + node.className());
        };
    }

    RecurrentModule build(Golden golden, int features) {
        GivenWeights weights = new GivenWeights(weights(golden, "w.", name() + "/", Matrices::sum));
        RecurrentModule module = layer().build(name(), Signature.sequence(features), weights);
        weights.requireNoneLeft();
        return module;
    }

    /// The name in Rondo, such as `cell_l0`.
    String name() {
        return "cell" + suffix;
    }

    /// The weights, or their gradients, by Rondo's names.
    ///
    /// @param from what the tensors' names start with, such as `w.`
    /// @param to what Rondo's names start with
    /// @param both the one bias of Rondo's SimpleRnn or Lstm from the two of torch
    Map<String, Tensor> weights(Golden golden, String from, String to, BinaryOperator<Tensor> both) {
        boolean gru = node.className().equals("GRU");
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put(to + "kernel", columns(Matrices.transpose(golden.tensor(from + "weight_ih" + suffix)), gru));
        weights.put(to + "recurrent_kernel",
                columns(Matrices.transpose(golden.tensor(from + "weight_hh" + suffix)), gru));
        if (golden.has(from + "bias_ih" + suffix)) {
            Tensor input = columns(golden.tensor(from + "bias_ih" + suffix), gru);
            Tensor recurrent = columns(golden.tensor(from + "bias_hh" + suffix), gru);
            if (gru) {
                weights.put(to + "bias", input);
                weights.put(to + "recurrent_bias", recurrent);
            } else {
                weights.put(to + "bias", both.apply(input, recurrent));
            }
        }
        return weights;
    }

    private static Tensor columns(Tensor tensor, boolean gru) {
        return gru ? Matrices.swapFirstTwoOfThree(tensor) : tensor;
    }
}
