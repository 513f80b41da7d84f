package dev.rondo.testkit.golden;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.optim.AdamW;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.RmsProp;
import dev.rondo.optim.Sgd;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a golden case of kind `trajectory` trains, and how, in Rondo's terms.
///
/// @param model with the initial weights
/// @param last the expected weights at the end, by Rondo's names
/// @param correctsEpsilon whether Adam adds epsilon after its bias correction, as in torch, and not before, as in Keras and here
record Training(Sequential model, Map<String, Tensor> last, Optimizer optimizer, Clipping clipping, Loss loss,
        boolean correctsEpsilon) {
    private static final double TORCH_EPSILON = 1e-8;

    static Training keras(Golden golden) {
        List<Layer> layers = Node.list(golden.text("model")).stream().map(KerasLayers::of).toList();
        Node optimizer = Node.of(golden.text("optimizer"));
        double rate = optimizer.number("learning_rate");
        Clipping clipping = optimizer.has("global_clipnorm") ? Clipping.globalNorm(optimizer.number("global_clipnorm"))
                : Clipping.none();
        return new Training(model(golden, layers, KerasLayers.weights(golden, "init.", "")),
                KerasLayers.weights(golden, "final.", ""), switch (optimizer.className()) {
                    case "SGD" -> sgd(optimizer, rate);
                    case "RMSprop" -> RmsProp.of(rate);
                    case "Adam" -> Adam.of(rate);
                    case "AdamW" -> AdamW.of(rate).weightDecay(optimizer.number("weight_decay"));
                    default -> throw new AssertionError("no optimizer for " + optimizer.className());
                }, clipping, Loss.of(Node.of(golden.text("loss")).className().equals("BinaryCrossentropy")
                        ? "binary_crossentropy" : "mse"),
                false);
    }

    /// RMSprop adds epsilon to the root in torch, but inside it here, so its square is the nearest.
    static Training torch(Golden golden) {
        boolean logits = Node.of(golden.text("loss")).className().equals("BCEWithLogitsLoss");
        List<Layer> layers = torchLayers(Node.list(golden.text("model")), logits);
        Node optimizer = Node.of(golden.text("optimizer"));
        double rate = optimizer.number("lr");
        return new Training(model(golden, layers, torchWeights(golden, "init.")), torchWeights(golden, "final."),
                switch (optimizer.className()) {
                    case "SGD" -> sgd(optimizer, rate);
                    case "RMSprop" -> RmsProp.of(rate).rho(0.99).epsilon(TORCH_EPSILON * TORCH_EPSILON);
                    case "Adam" -> Adam.of(rate).epsilon(TORCH_EPSILON);
                    case "AdamW" -> AdamW.of(rate).epsilon(TORCH_EPSILON).weightDecay(optimizer.number("weight_decay"));
                    default -> throw new AssertionError("no optimizer for " + optimizer.className());
                }, Clipping.none(), logits ? Loss.BINARY_CROSSENTROPY : Loss.MEAN_SQUARED_ERROR, true);
    }

    /// The optimizer of a step. Epsilon after the correction of `v` is `epsilon * sqrt(1 - beta2^step)` before it.
    ///
    /// @param step from 1
    Optimizer optimizer(int step) {
        return switch (optimizer) {
            case Adam adam when correctsEpsilon -> adam.epsilon(corrected(adam.epsilon(), adam.beta2(), step));
            case AdamW adam when correctsEpsilon -> adam.epsilon(corrected(adam.epsilon(), adam.beta2(), step));
            default -> optimizer;
        };
    }

    private static double corrected(double epsilon, double beta2, int step) {
        return epsilon * Math.sqrt(1 - Math.pow(beta2, step));
    }

    private static Sgd sgd(Node optimizer, double rate) {
        Sgd sgd = Sgd.of(rate);
        if (optimizer.has("momentum")) {
            sgd = sgd.momentum(optimizer.number("momentum"));
        }
        return optimizer.flag("nesterov") ? sgd.nesterov() : sgd;
    }

    private static Sequential model(Golden golden, List<Layer> layers, Map<String, Tensor> weights) {
        boolean tokens = layers.getFirst() instanceof Embedding;
        Signature input = tokens ? Signature.tokens() : Signature.sequence(golden.tensor("batch0.x").dim(2));
        Sequential model = Sequential.of(input, 0, layers);
        model.setWeights(weights);
        return model;
    }

    private static List<Layer> torchLayers(List<Node> nodes, boolean logits) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            boolean sequences = !nodes.get(i + 1 < nodes.size() ? i + 1 : i).className().equals("Linear");
            layers.add(switch (node.className()) {
                case "Embedding" -> Embedding.of(node.count("num_embeddings"), node.count("embedding_dim"));
                case "LSTM" -> sequences ? Lstm.of(node.count("hidden_size")).returnSequences()
                        : Lstm.of(node.count("hidden_size"));
                case "GRU" -> sequences ? Gru.of(node.count("hidden_size")).returnSequences()
                        : Gru.of(node.count("hidden_size"));
                case "Linear" -> Dense.of(node.count("out_features"))
                        .activation(logits ? Activation.SIGMOID : Activation.LINEAR);
                default -> throw new AssertionError("no layer for torch's " + node.className());
            });
        }
        return layers;
    }

    /// The LSTM's recurrent bias is zero and not trained in torch's cases, so that the sum of the two biases is Rondo's one.
    private static Map<String, Tensor> torchWeights(Golden golden, String from) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (Node node : Node.list(golden.text("model"))) {
            switch (node.className()) {
                case "Embedding" -> weights.put("embedding/embeddings", golden.tensor(from + "embedding.weight"));
                case "LSTM" -> weights.putAll(
                        new TorchCell(node, "_l0").weights(golden, from + "lstm.", "lstm/", Matrices::sum));
                case "GRU" -> weights.putAll(
                        new TorchCell(node, "_l0").weights(golden, from + "gru.", "gru/", Matrices::sum));
                case "Linear" -> {
                    weights.put("dense/kernel", Matrices.transpose(golden.tensor(from + "dense.weight")));
                    weights.put("dense/bias", golden.tensor(from + "dense.bias"));
                }
                default -> throw new AssertionError("no weights for torch's " + node.className());
            }
        }
        return weights;
    }

    /// The batch of one step.
    Batch batch(Golden golden, int step) {
        String name = "batch" + step;
        Inputs inputs = model.input().kind() == Signature.Kind.TOKENS ? tokens(golden, name)
                : features(golden.tensor(name + ".x"));
        Tensor targets = golden.tensor(name + ".y");
        float[][] rows = new float[targets.dim(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(targets.data(), i * targets.dim(1), (i + 1) * targets.dim(1));
        }
        int[] samples = new int[rows.length];
        Arrays.setAll(samples, i -> i);
        return Batch.of(new Dataset(inputs, Targets.values(rows)), samples);
    }

    private static Inputs tokens(Golden golden, String name) {
        IntTensor padded = golden.ints(name + ".x");
        int steps = padded.dim(1);
        int[][] ids = new int[padded.dim(0)][];
        for (int i = 0; i < ids.length; i++) {
            int length = golden.has(name + ".lengths") ? golden.ints(name + ".lengths").data()[i] : steps;
            ids[i] = Arrays.copyOfRange(padded.data(), i * steps, i * steps + length);
        }
        return Inputs.tokens(ids);
    }

    private static Inputs features(Tensor dense) {
        int size = dense.dim(1) * dense.dim(2);
        float[][] values = new float[dense.dim(0)][];
        for (int i = 0; i < values.length; i++) {
            values[i] = Arrays.copyOfRange(dense.data(), i * size, (i + 1) * size);
        }
        return new Inputs.Features(values, dense.dim(2));
    }
}
