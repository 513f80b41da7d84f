package dev.rondo.interop.torch;

import dev.rondo.data.Inputs;
import dev.rondo.io.Archive;
import dev.rondo.io.Json;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SequentialJson;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tensor.Tensor;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/// A file that PyTorch wrote, the layers it stands for, and what PyTorch computes with it.
record TorchCase(String name, Path file, boolean derived, Architecture architecture) {

    static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(TorchCase.class.getResource("/torch/" + name), name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<TorchCase> all() throws IOException {
        List<TorchCase> cases = new ArrayList<>();
        for (JsonNode node : Json.read(Files.readAllBytes(resource("cases.json")), "cases.json").get("cases")) {
            String name = node.get("name").stringValue();
            cases.add(new TorchCase(name, resource(node.get("file").stringValue()), node.get("derived").booleanValue(),
                    SequentialJson.read(node.get("model"), name)));
        }
        return cases;
    }

    static TorchCase of(String name) throws IOException {
        return all().stream().filter(c -> c.name.equals(name)).findFirst().orElseThrow();
    }

    /// The largest difference between the model's outputs and PyTorch's, as a share of the largest output.
    double difference(Sequential model) throws IOException {
        Archive data = Safetensors.read(resource("cases.safetensors"));
        int[] lengths = Objects.requireNonNull(data.ints().get(name + ".lengths")).data();
        Tensor expected = Objects.requireNonNull(data.tensors().get(name + ".output"));
        float[][] predictions = Trainer.of(model).threads(1).predict(inputs(data, lengths));
        double largest = 0;
        double scale = 0;
        int stride = expected.size() / lengths.length;
        for (int b = 0; b < lengths.length; b++) {
            // PyTorch's outputs are filled up with zeros behind the last step.
            float[] row = Arrays.copyOf(predictions[b], stride);
            if (predictions[b].length > stride || predictions[b].length == 0) {
                throw new AssertionError(name + ": " + predictions[b].length + " numbers, expected at most " + stride);
            }
            for (int i = 0; i < stride; i++) {
                float value = expected.data()[b * stride + i];
                largest = Math.max(largest, Math.abs(row[i] - value));
                scale = Math.max(scale, Math.abs(value));
            }
        }
        return largest / scale;
    }

    private Inputs inputs(Archive data, int[] lengths) {
        if (architecture.input().kind() == Signature.Kind.TOKENS) {
            int[] ids = Objects.requireNonNull(data.ints().get(name + ".input")).data();
            int steps = ids.length / lengths.length;
            int[][] tokens = new int[lengths.length][];
            for (int b = 0; b < tokens.length; b++) {
                tokens[b] = Arrays.copyOfRange(ids, b * steps, b * steps + lengths[b]);
            }
            return Inputs.tokens(tokens);
        }
        Tensor x = Objects.requireNonNull(data.tensors().get(name + ".input"));
        float[][][] features = new float[lengths.length][][];
        for (int b = 0; b < features.length; b++) {
            features[b] = new float[lengths[b]][];
            for (int t = 0; t < lengths[b]; t++) {
                int start = (b * x.dim(1) + t) * x.dim(2);
                features[b][t] = Arrays.copyOfRange(x.data(), start, start + x.dim(2));
            }
        }
        return Inputs.features(features);
    }
}
