package dev.rondo.io;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Plan;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.op.Activation;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Layers as JSON, with Keras's names: `{"class_name": "LSTM", "config": {"units": 100}}`.
///
/// The names stand in a list here; a name from a file is looked up in it and never taken for a class. When reading, an option that
/// has a default may be left out; when writing, all are written but a few rare ones.
public final class LayerJson {
    private static final String KEEP_DIMS = "keepdims";
    private static final List<LayerKind<?>> BASIC = List.of(
            LayerKind.of("Embedding", Embedding.class, LayerJson::embedding, LayerJson::put, "input_dim", "output_dim",
                    "mask_zero"),
            LayerKind.plain("Masking", Masking.class, config -> new Masking((float) config.number("mask_value", 0)),
                    (layer, config) -> config.put("mask_value", layer.value()), "mask_value"),
            LayerKind.plain("SimpleRNN", SimpleRnn.class, RecurrentJson::simpleRnn, RecurrentJson::put,
                    RecurrentJson.options("units", "activation", "use_bias")),
            LayerKind.plain("LSTM", Lstm.class, RecurrentJson::lstm, RecurrentJson::put,
                    RecurrentJson.options("units", "activation", "recurrent_activation", "use_bias", "unit_forget_bias",
                            "projection")),
            LayerKind.plain("GRU", Gru.class, RecurrentJson::gru, RecurrentJson::put,
                    RecurrentJson.options("units", "activation", "recurrent_activation", "use_bias", "reset_after")),
            LayerKind.plain("RNN", StackedRnn.class, RecurrentJson::stacked, RecurrentJson::put,
                    RecurrentJson.options("cells")),
            LayerKind.plain("Bidirectional", Bidirectional.class, RecurrentJson::bidirectional, RecurrentJson::put,
                    "layer", "merge_mode", "backward_layer"),
            LayerKind.plain("Model", Plan.class, PlanJson::read, PlanJson::put, PlanJson.OPTIONS),
            LayerKind.of("TimeDistributed", TimeDistributed.class, LayerJson::timeDistributed, LayerJson::put, "layer"),
            LayerKind.of("Dropout", Dropout.class, (c, v) -> Dropout.of(c.number("rate")),
                    (d, c) -> c.put("rate", d.rate()),
                    "rate"),
            LayerKind.of("Dense", Dense.class, LayerJson::dense, LayerJson::put, "units", "activation", "use_bias"),
            LayerKind.plain("GlobalMaxPooling1D", GlobalMaxPooling.class,
                    c -> new GlobalMaxPooling(c.flag(KEEP_DIMS, false)), (p, c) -> putTrue(c, KEEP_DIMS, p.keepDims()),
                    KEEP_DIMS),
            LayerKind.plain("GlobalAveragePooling1D", GlobalMeanPooling.class,
                    c -> new GlobalMeanPooling(c.flag(KEEP_DIMS, false)), (p, c) -> putTrue(c, KEEP_DIMS, p.keepDims()),
                    KEEP_DIMS));
    private static final List<LayerKind<?>> KINDS = Stream
            .of(BASIC, ActivationJson.KINDS, WindowJson.KINDS, NormJson.KINDS, MergeJson.KINDS)
            .<LayerKind<?>>flatMap(List::stream).toList();
    private static final List<String> NAMES = KINDS.stream().<String>map(LayerKind::name).toList();

    private LayerJson() {}

    /// {@return Keras's names of all layers that can be read}
    public static List<String> names() {
        return NAMES;
    }

    /// Writes a layer.
    ///
    /// @throws IllegalArgumentException if it is not one of the layers of this list
    public static ObjectNode write(Layer layer) {
        for (LayerKind<?> kind : KINDS) {
            if (kind.isOf(layer)) {
                return kind.json(layer);
            }
        }
        throw new IllegalArgumentException("layer " + layer.kind() + " has no place in a model file, which holds "
                + String.join(", ", NAMES) + "; save the weights of a model with layers of your own as safetensors");
    }

    /// Reads a layer.
    ///
    /// @param node its JSON
    /// @param vocabularySize the `input_dim` of an embedding that leaves it out
    /// @param where the file and the place in it, such as `m.json: layer 2`
    /// @throws ModelFormatException if it is not a layer
    public static Layer read(JsonNode node, OptionalInt vocabularySize, String where) throws ModelFormatException {
        Fields fields = Fields.of(node, where, "class_name", "config");
        String name = fields.text("class_name");
        String place = where + " (" + name + ")";
        for (LayerKind<?> kind : KINDS) {
            if (kind.name().equals(name)) {
                JsonNode config = fields.has("config") ? fields.object("config") : Json.mapper().createObjectNode();
                try {
                    return kind.reader().read(Fields.of(config, place, kind.options()), vocabularySize);
                } catch (IllegalArgumentException e) {
                    throw new ModelFormatException(place, e.getMessage(), e);
                }
            }
        }
        throw new ModelFormatException(where, "class_name " + ModelFormatException.quote(name) + " is not known"
                + Nearest.advice(name, NAMES));
    }

    private static Embedding embedding(Fields config, OptionalInt vocabularySize) throws ModelFormatException {
        int inputDim = vocabularySize.isPresent()
                ? config.integer("input_dim", vocabularySize.getAsInt()) : config.integer("input_dim");
        return new Embedding(inputDim, config.integer("output_dim"), config.flag("mask_zero", false));
    }

    private static void put(Embedding layer, ObjectNode config) {
        config.put("input_dim", layer.inputDim()).put("output_dim", layer.outputDim());
        if (layer.masksZero()) {
            config.put("mask_zero", true);
        }
    }

    private static void putTrue(ObjectNode config, String key, boolean value) {
        if (value) {
            config.put(key, true);
        }
    }

    private static TimeDistributed timeDistributed(Fields config, OptionalInt vocabularySize)
            throws ModelFormatException {
        return TimeDistributed.of(read(config.any("layer"), vocabularySize, config.where() + ": layer"));
    }

    private static void put(TimeDistributed layer, ObjectNode config) {
        config.set("layer", write(layer.layer()));
    }

    private static Dense dense(Fields config, OptionalInt vocabularySize) throws ModelFormatException {
        Dense plain = Dense.of(config.integer("units"));
        return new Dense(plain.units(),
                activation(config, "activation", plain.activation()),
                config.flag("use_bias", plain.useBias()));
    }

    private static void put(Dense layer, ObjectNode config) {
        config.put("units", layer.units())
                .put("activation", layer.activation().id())
                .put("use_bias", layer.useBias());
    }

    static Activation activation(Fields config, String key, Activation otherwise) throws ModelFormatException {
        return config.choice(key, otherwise, Activation::of);
    }
}
