package dev.rondo.io;

import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a [Sequential] is, without weights, as JSON with Keras's names:
///
/// ```json
/// {
///   "input": {"kind": "tokens"},
///   "layers": [
///     {"class_name": "Embedding", "config": {"input_dim": 10000, "output_dim": 100}},
///     {"class_name": "LSTM", "config": {"units": 100}},
///     {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}
///   ]
/// }
/// ```
///
/// The input may as well be `{"kind": "sequence", "features": 10}` or `{"kind": "vector", "features": 10}`; `"steps": 20` says that
/// all sequences have so many steps. What has a default in
/// Keras may be left out. Stateless and thread-safe.
public final class SequentialJson {
    /// The most layers of a model.
    public static final int MOST_LAYERS = 4096;

    private SequentialJson() {}

    /// A stack of layers without weights.
    ///
    /// @param input what the first layer is fed
    /// @param layers the layers, first to last
    public record Architecture(Signature input, List<Layer> layers) {
        /// Copies the list.
        public Architecture {
            layers = List.copyOf(layers);
        }

        /// {@return the architecture of a model}
        public static Architecture of(Sequential model) {
            return new Architecture(model.input(), model.layers());
        }

        /// {@return an untrained model}
        ///
        /// @param seed of its initial weights
        /// @throws IllegalArgumentException if a layer cannot take what the one before it gives; the message names it
        public Sequential untrained(long seed) {
            return Sequential.of(input, seed, layers);
        }
    }

    /// Writes an architecture.
    ///
    /// @return the object with `input` and `layers`
    /// @throws IllegalArgumentException if there are more than [#MOST_LAYERS], or one is not of this library
    public static ObjectNode write(Architecture architecture) {
        if (architecture.layers().size() > MOST_LAYERS) {
            throw new IllegalArgumentException("the model has " + architecture.layers().size()
                    + " layers; a model file holds at most " + MOST_LAYERS);
        }
        ObjectNode json = Json.mapper().createObjectNode();
        json.set("input", SignatureJson.write(architecture.input()));
        ArrayNode layers = json.putArray("layers");
        architecture.layers().forEach(layer -> layers.add(LayerJson.write(layer)));
        return json;
    }

    /// Reads an architecture. Whether the layers fit together shows when they are built.
    ///
    /// @param json the object with `input` and `layers`
    /// @param where what to name in an error, such as `m.rondo: entry 'model.json'`
    /// @throws ModelFormatException if it is not an architecture; the message names the layer and the option
    public static Architecture read(JsonNode json, String where) throws ModelFormatException {
        Fields fields = Fields.of(json, where, "input", "layers");
        Signature input = SignatureJson.read(fields.any("input"), where + ": input");
        return new Architecture(input, readLayers(fields.any("layers"), OptionalInt.empty(), where));
    }

    /// Reads layers alone, such as a person writes them in a file of their own.
    ///
    /// @param json the array of layers
    /// @param vocabularySize the `input_dim` of an embedding that leaves it out, where it is known
    /// @param where what to name in an error, such as `m.json`
    /// @throws ModelFormatException if it is not an array of layers; the message names the layer, counted from 1, and the option
    public static List<Layer> readLayers(JsonNode json, OptionalInt vocabularySize, String where)
            throws ModelFormatException {
        if (!(json instanceof ArrayNode array)) {
            throw new ModelFormatException(where, "'layers' is " + Fields.describe(json) + "; expected an array");
        }
        if (array.isEmpty() || array.size() > MOST_LAYERS) {
            throw new ModelFormatException(where, "there are " + array.size() + " layers; expected 1 to "
                    + MOST_LAYERS);
        }
        List<Layer> layers = new ArrayList<>();
        for (JsonNode layer : array) {
            layers.add(LayerJson.read(layer, vocabularySize, where + ": layer " + (layers.size() + 1)));
        }
        return List.copyOf(layers);
    }
}
