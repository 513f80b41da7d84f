package dev.rondo.interop.torch;

import dev.rondo.interop.torch.TorchModule.BatchNorm;
import dev.rondo.interop.torch.TorchModule.CellKind;
import dev.rondo.interop.torch.TorchModule.Convolution;
import dev.rondo.interop.torch.TorchModule.Direction;
import dev.rondo.interop.torch.TorchModule.Matrix;
import dev.rondo.interop.torch.TorchModule.Norm;
import dev.rondo.interop.torch.TorchModule.Recurrent;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.op.Activation;
import dev.rondo.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Which PyTorch module a layer can take its weights from, and how they change.
///
/// ```text
/// Linear              weight [out, in]            kernel [in, out], transposed
/// RNN, LSTM           b_ih, b_hh                  bias = b_ih + b_hh
/// LSTM                gates i f g o               i f c o, the same order
/// LSTM with proj_size weight_hr [P, H]            projection [H, P], transposed
/// GRU                 gates r z n, b_ih, b_hh     z r h; bias = b_ih, recurrent bias = b_hh
/// LayerNorm           weight, bias                gamma, beta
/// BatchNorm1d         running_mean, running_var   moving mean and variance
/// Conv1d              weight [out, in, kernel]    kernel [kernel, in, out]
/// ```
final class LayerWeights {
    private final Transposition transposition;
    private final Map<String, Tensor> weights;

    /// @param weights gets the weights, by the names that the layers ask for
    LayerWeights(Transposition transposition, Map<String, Tensor> weights) {
        this.transposition = transposition;
        this.weights = weights;
    }

    /// Whether a layer has weights that a module can give.
    static boolean needed(Layer layer) {
        return switch (layer) {
            case TimeDistributed wrapper -> needed(wrapper.layer());
            case Embedding _,Dense _,Bidirectional _,RecurrentLayer _,BatchNormalization _,Conv1d _ -> true;
            case LayerNormalization norm -> norm.scale() || norm.center();
            default -> false;
        };
    }

    /// Whether a module has the weights of a layer, by kind and shape.
    static boolean fit(Layer layer, Signature input, TorchModule module) {
        return switch (layer) {
            case TimeDistributed wrapper -> fit(wrapper.layer(), input, module);
            case Embedding table -> module instanceof Matrix matrix && matrix.bias() == null
                    && has(matrix.weight(), table.inputDim(), table.outputDim());
            case Dense dense -> module instanceof Matrix matrix && (matrix.bias() != null) == dense.useBias()
                    && has(matrix.weight(), dense.units(), input.features());
            case LayerNormalization norm -> module instanceof Norm given && norm.scale()
                    && given.weight().size() == input.features() && (given.bias() != null) == norm.center();
            case BatchNormalization norm -> module instanceof BatchNorm given
                    && given.mean().size() == input.features() && (given.weight() != null) == norm.scale()
                    && (given.bias() != null) == norm.center();
            case Conv1d filters -> module instanceof Convolution given && (given.bias() != null) == filters.useBias()
                    && Arrays.equals(given.weight().shape(), new int[] {filters.filters(),
                            input.features() / filters.groups(), filters.kernelSize()});
            case Bidirectional both -> module instanceof Recurrent cell && cell.backward() != null
                    && fit(both.layer(), input, cell);
            case RecurrentLayer one -> module instanceof Recurrent cell && cell.backward() == null
                    && fit(one, input, cell);
            default -> false;
        };
    }

    private static boolean fit(RecurrentLayer layer, Signature input, Recurrent cell) {
        return cell.kind() == kind(layer) && cell.units() == layer.units() && cell.features() == input.features()
                && cell.hasBias() == usesBias(layer) && cell.width() == layer.width();
    }

    private static boolean has(Tensor tensor, int rows, int columns) {
        return tensor.dim(0) == rows && tensor.dim(1) == columns;
    }

    /// The module that a layer needs, in the words in which modules are described.
    static String description(Layer layer, Signature input) {
        String features = input.kind() == Signature.Kind.TOKENS ? "token ids" : input.features() + " features";
        return switch (layer) {
            case TimeDistributed wrapper -> description(wrapper.layer(), input);
            case Embedding table -> "Embedding [" + table.inputDim() + ", " + table.outputDim() + "]";
            case Dense dense -> "Linear " + (dense.useBias() ? "" : "without bias ") + "[" + dense.units() + ", "
                    + input.features() + "]";
            case LayerNormalization norm ->
                "LayerNorm of " + input.features() + (norm.center() ? "" : ", without bias");
            case BatchNormalization norm -> "BatchNorm1d of " + input.features()
                    + (norm.scale() || norm.center() ? "" : ", without weights");
            case Conv1d filters -> "Conv1d [" + filters.filters() + ", " + input.features() / filters.groups() + ", "
                    + filters.kernelSize() + "]" + (filters.useBias() ? "" : ", without bias");
            case Bidirectional both -> "bidirectional " + description(both.layer(), input);
            case RecurrentLayer one -> (one instanceof StackedRnn ? "stacked cells" : String.valueOf(kind(one)))
                    + " with " + one.units() + " units"
                    + (one.width() == one.units() ? "" : " projected to " + one.width()) + ", for " + features
                    + (usesBias(one) ? "" : ", without bias");
            default -> layer.toString();
        };
    }

    /// PyTorch's kind of a layer, null for stacked cells.
    static @Nullable CellKind kind(RecurrentLayer layer) {
        return switch (layer) {
            case SimpleRnn _ -> CellKind.RNN;
            case Lstm _ -> CellKind.LSTM;
            case Gru _ -> CellKind.GRU;
            case StackedRnn _ -> null;
        };
    }

    private static boolean usesBias(RecurrentLayer layer) {
        return switch (layer) {
            case SimpleRnn rnn -> rnn.useBias();
            case Lstm lstm -> lstm.useBias();
            case Gru gru -> gru.useBias();
            case StackedRnn _ -> false;
        };
    }

    /// What keeps a layer from computing what PyTorch's module does, although the shapes fit.
    ///
    /// @return the option and its remedy, or null
    static @Nullable String difference(Layer layer) {
        return switch (layer) {
            case Bidirectional both -> difference(both.layer());
            case SimpleRnn rnn -> rnn.activation() == Activation.TANH || rnn.activation() == Activation.RELU
                    ? null : "has the activation " + rnn.activation().id() + "; nn.RNN has tanh or relu";
            case Lstm lstm -> gates("nn.LSTM", lstm.activation(), lstm.recurrentActivation());
            case Gru gru -> gru.resetAfter() ? gates("nn.GRU", gru.activation(), gru.recurrentActivation())
                    : "applies the reset gate before the product; nn.GRU does so after it: set reset_after to true";
            default -> null;
        };
    }

    private static @Nullable String gates(String module, Activation activation, Activation recurrent) {
        return activation == Activation.TANH && recurrent == Activation.SIGMOID ? null
                : "has the activations " + activation.id() + " and " + recurrent.id() + "; " + module
                        + " has tanh and sigmoid";
    }

    /// Adds the weights of a layer.
    void put(String name, Layer layer, TorchModule module) {
        switch (layer) {
            case TimeDistributed wrapper -> put(name, wrapper.layer(), module);
            case Embedding _ -> weights.put(name + "/embeddings", ((Matrix) module).weight());
            case Dense _ -> {
                Matrix matrix = (Matrix) module;
                weights.put(name + "/kernel", transposition.of(matrix.weight(), 0));
                if (matrix.bias() != null) {
                    weights.put(name + "/bias", matrix.bias());
                }
            }
            case LayerNormalization _ -> {
                Norm norm = (Norm) module;
                putIfThere(name + "/gamma", norm.weight());
                putIfThere(name + "/beta", norm.bias());
            }
            case BatchNormalization _ -> {
                BatchNorm norm = (BatchNorm) module;
                putIfThere(name + "/gamma", norm.weight());
                putIfThere(name + "/beta", norm.bias());
                weights.put(name + "/moving_mean", norm.mean());
                weights.put(name + "/moving_variance", norm.variance());
            }
            case Conv1d _ -> {
                Convolution filters = (Convolution) module;
                weights.put(name + "/kernel", reversed(filters.weight()));
                putIfThere(name + "/bias", filters.bias());
            }
            case Bidirectional _ -> {
                Recurrent cell = (Recurrent) module;
                put(name + "/forward", cell.kind(), cell.forward());
                put(name + "/backward", cell.kind(), Objects.requireNonNull(cell.backward()));
            }
            default -> put(name, ((Recurrent) module).kind(), ((Recurrent) module).forward());
        }
    }

    private void putIfThere(String name, @Nullable Tensor tensor) {
        if (tensor != null) {
            weights.put(name, tensor);
        }
    }

    /// `[out, in, kernel]` to `[kernel, in, out]`.
    private static Tensor reversed(Tensor weight) {
        int outputs = weight.dim(0);
        int inputs = weight.dim(1);
        int steps = weight.dim(2);
        float[] to = new float[weight.size()];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                for (int k = 0; k < steps; k++) {
                    to[(k * inputs + i) * outputs + o] = weight.data()[(o * inputs + i) * steps + k];
                }
            }
        }
        return Tensor.of(to, steps, inputs, outputs);
    }

    private void put(String name, CellKind kind, Direction from) {
        int[] order = kind.order();
        weights.put(name + "/kernel", transposition.of(from.input(), order));
        weights.put(name + "/recurrent_kernel", transposition.of(from.recurrent(), order));
        if (from.projection() != null) {
            weights.put(name + "/projection", transposition.of(from.projection(), 0));
        }
        Tensor bias = from.inputBias();
        Tensor recurrentBias = from.recurrentBias();
        if (bias == null || recurrentBias == null) {
            return;
        }
        if (kind == CellKind.GRU) {
            weights.put(name + "/bias", reordered(bias, order));
            weights.put(name + "/recurrent_bias", reordered(recurrentBias, order));
        } else {
            weights.put(name + "/bias", sum(bias, recurrentBias));
        }
    }

    /// Biases with the blocks of the gates in another order.
    static Tensor reordered(Tensor bias, int[] order) {
        int units = bias.size() / order.length;
        float[] to = new float[bias.size()];
        for (int gate = 0; gate < order.length; gate++) {
            System.arraycopy(bias.data(), order[gate] * units, to, gate * units, units);
        }
        return Tensor.of(to, to.length);
    }

    private static Tensor sum(Tensor a, Tensor b) {
        float[] to = new float[a.size()];
        for (int i = 0; i < to.length; i++) {
            to[i] = a.data()[i] + b.data()[i];
        }
        return Tensor.of(to, to.length);
    }
}
