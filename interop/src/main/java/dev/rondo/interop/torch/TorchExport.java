package dev.rondo.interop.torch;

import dev.rondo.interop.torch.TorchModule.CellKind;
import dev.rondo.io.Archive;
import dev.rondo.io.AtomicFile;
import dev.rondo.io.Safetensors;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Model;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.op.Activation;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The weights of a model as PyTorch keeps them, for `load_state_dict`.
///
/// ```python
/// class Net(torch.nn.Module):
///     def __init__(self):
///         super().__init__()
///         self.embedding = torch.nn.Embedding(1000, 16)             # named as the layers are in Rondo
///         self.lstm = torch.nn.LSTM(16, 32, batch_first=True)
///         self.dense = torch.nn.Linear(32, 1)
/// Net().load_state_dict(safetensors.torch.load_file("m.safetensors"))
/// ```
///
/// The names are those of Rondo's layers with those of PyTorch's parameters behind a dot: `lstm.weight_ih_l0`. PyTorch keeps two biases
/// for each gate where Rondo has one: the second is zero. Each recurrent layer is a module of its own; activations, dropout and merges have no
/// weights. Thread-safe while nobody trains the model.
///
/// @param model a [Sequential] or a [Graph]
public record TorchExport(Model model) {
    /// @throws IllegalArgumentException if the model is neither a [Sequential] nor a [Graph]
    public TorchExport {
        if (!(model instanceof Sequential || model instanceof Graph)) {
            throw new IllegalArgumentException("a Sequential or a Graph can be exported, not a "
                    + model.getClass().getSimpleName() + "; put its layers into one of them");
        }
    }

    /// The export of a model.
    public static TorchExport of(Model model) {
        return new TorchExport(model);
    }

    /// Writes the weights as a safetensors file, in one step: see [AtomicFile].
    ///
    /// @param file the file, replaced if it exists
    /// @throws IllegalArgumentException if PyTorch has not a layer with weights; the message names it
    /// @throws IOException if writing fails; the file is then as it was
    public void write(Path file) throws IOException {
        Safetensors.write(file, Archive.of(weights()));
    }

    /// All weights by PyTorch's names.
    ///
    /// @throws IllegalArgumentException if PyTorch has not a layer with weights; the message names it
    public SequencedMap<String, Tensor> weights() {
        Map<String, Parameter> parameters = new HashMap<>();
        model.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
        Weights weights = new Weights(parameters, new LinkedHashMap<>());
        switch (model) {
            case Sequential stack -> {
                for (int i = 0; i < stack.layers().size(); i++) {
                    weights.put(stack.names().get(i), stack.layers().get(i));
                }
            }
            case Graph graph -> weights.put("", graph.plan());
            default -> throw new AssertionError(model);
        }
        if (!parameters.isEmpty()) {
            throw new IllegalArgumentException("the weights " + parameters.keySet().stream().sorted().toList()
                    + " belong to layers that PyTorch has not; export to .keras or without --names pytorch");
        }
        return weights.to;
    }

    /// Takes parameters out of one map and puts tensors into another.
    private record Weights(Map<String, Parameter> from, SequencedMap<String, Tensor> to) {
        void put(String name, Layer layer) {
            String torch = name.replace('/', '.') + ".";
            switch (layer) {
                case Plan plan -> plan.layers().forEach(named -> put((name.isEmpty() ? "" : name + "/") + named.name(),
                        named.layer()));
                case TimeDistributed each -> put(name, each.layer());
                case Embedding _ -> plain(name + "/embeddings", torch + "weight");
                case Dense dense -> {
                    matrix(name + "/kernel", torch + "weight", 0);
                    plain(name + "/bias", torch + "bias");
                }
                case LayerNormalization _ -> norm(name, torch);
                case BatchNormalization _ -> {
                    norm(name, torch);
                    plain(name + "/moving_mean", torch + "running_mean");
                    plain(name + "/moving_variance", torch + "running_var");
                }
                case Conv1d _ -> {
                    filters(name + "/kernel", torch + "weight");
                    plain(name + "/bias", torch + "bias");
                }
                case RecurrentLayer cell -> cell(name, torch, "", cell);
                case Bidirectional both -> {
                    if (!both.layer().equals(both.backward())) {
                        throw new IllegalArgumentException("layer \"" + name
                                + "\" (bidirectional) has two different layers, which PyTorch has not");
                    }
                    cell(name + "/forward", torch, "", both.layer());
                    cell(name + "/backward", torch, "_reverse", both.backward());
                }
                default -> {}
            }
        }

        private void norm(String name, String torch) {
            plain(name + "/gamma", torch + "weight");
            plain(name + "/beta", torch + "bias");
        }

        private void cell(String name, String torch, String way, RecurrentLayer layer) {
            int[] order = known(name, layer).order();
            String end = "_l0" + way;
            matrix(name + "/kernel", torch + "weight_ih" + end, order);
            matrix(name + "/recurrent_kernel", torch + "weight_hh" + end, order);
            matrix(name + "/projection", torch + "weight_hr" + end, 0);
            Parameter bias = from.remove(name + "/bias");
            Parameter second = from.remove(name + "/recurrent_bias");
            if (bias != null) {
                to.put(torch + "bias_ih" + end, LayerWeights.reordered(bias.tensor(), order));
                to.put(torch + "bias_hh" + end, second == null ? Tensor.zeros(bias.size())
                        : LayerWeights.reordered(second.tensor(), order));
            }
        }

        /// PyTorch's kind of a layer, with all options that it has.
        private static CellKind known(String name, RecurrentLayer layer) {
            String lacks = switch (layer) {
                case Lstm lstm when lstm.activation() != Activation.TANH
                        || lstm.recurrentActivation() != Activation.SIGMOID ->
                    "other activations than tanh and sigmoid";
                case Gru gru when gru.activation() != Activation.TANH
                        || gru.recurrentActivation() != Activation.SIGMOID ->
                    "other activations than tanh and sigmoid";
                case Gru gru when !gru.resetAfter() -> "its reset gate before the product";
                case SimpleRnn rnn when !List.of(Activation.TANH, Activation.RELU).contains(rnn.activation()) ->
                    "another activation than tanh and relu";
                case Lstm _,Gru _,SimpleRnn _ -> "";
                default -> "several cells";
            };
            CellKind kind = LayerWeights.kind(layer);
            if (kind == null || !lacks.isEmpty()) {
                throw new IllegalArgumentException("layer \"" + name + "\" (" + layer.kind() + ") has " + lacks
                        + ", which PyTorch's has not; export to .keras or without --names pytorch");
            }
            return kind;
        }

        private void plain(String name, String torch) {
            Parameter parameter = from.remove(name);
            if (parameter != null) {
                to.put(torch, Tensor.of(parameter.values().clone(), parameter.shape()));
            }
        }

        /// `[F, G*H]` to `[G*H, F]`, with the blocks of the gates in another order.
        private void matrix(String name, String torch, int... order) {
            Parameter parameter = from.remove(name);
            if (parameter == null) {
                return;
            }
            int rows = parameter.shape()[0];
            int columns = parameter.shape()[1];
            int units = columns / order.length;
            float[] source = parameter.values();
            float[] target = new float[source.length];
            for (int gate = 0; gate < order.length; gate++) {
                for (int unit = 0; unit < units; unit++) {
                    for (int row = 0; row < rows; row++) {
                        target[(gate * units + unit) * rows + row] = source[row * columns + order[gate] * units + unit];
                    }
                }
            }
            to.put(torch, Tensor.of(target, columns, rows));
        }

        /// `[kernel, in, out]` to `[out, in, kernel]`.
        private void filters(String name, String torch) {
            Parameter parameter = from.remove(name);
            if (parameter == null) {
                return;
            }
            int[] shape = parameter.shape();
            float[] source = parameter.values();
            float[] target = new float[source.length];
            for (int k = 0; k < shape[0]; k++) {
                for (int i = 0; i < shape[1]; i++) {
                    for (int o = 0; o < shape[2]; o++) {
                        target[(o * shape[1] + i) * shape[0] + k] = source[(k * shape[1] + i) * shape[2] + o];
                    }
                }
            }
            to.put(torch, Tensor.of(target, shape[2], shape[1], shape[0]));
        }
    }
}
