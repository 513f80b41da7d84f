package dev.rondo.io;

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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Layers as JSON, with Keras's names: `{"class_name": "LSTM", "config": {"units": 100}}`.
///
/// The names stand in a list here; a name from a file is looked up in it and never taken for a class. When reading, an option that
/// has a default may be left out; when writing, all are written.
public final class LayerJson {
    private static final List<LayerKind<?>> BASIC = List.of(
            LayerKind.of("Embedding", Embedding.class, LayerJson::embedding, LayerJson::put, "input_dim", "output_dim"),
            LayerKind.of("SimpleRNN", SimpleRnn.class, LayerJson::simpleRnn, LayerJson::put,
                    "units", "activation", "use_bias", "return_sequences", "go_backwards"),
            LayerKind.of("LSTM", Lstm.class, LayerJson::lstm, LayerJson::put, "units", "activation",
                    "recurrent_activation",
                    "use_bias", "unit_forget_bias", "return_sequences", "go_backwards"),
            LayerKind.of("GRU", Gru.class, LayerJson::gru, LayerJson::put, "units", "activation",
                    "recurrent_activation",
                    "use_bias", "reset_after", "return_sequences", "go_backwards"),
            LayerKind.of("Bidirectional", Bidirectional.class, LayerJson::bidirectional, LayerJson::put, "layer",
                    "merge_mode"),
            LayerKind.of("TimeDistributed", TimeDistributed.class, LayerJson::timeDistributed, LayerJson::put, "layer"),
            LayerKind.of("Dropout", Dropout.class, (c, v) -> Dropout.of(c.number("rate")),
                    (d, c) -> c.put("rate", d.rate()),
                    "rate"),
            LayerKind.of("Dense", Dense.class, LayerJson::dense, LayerJson::put, "units", "activation", "use_bias"),
            LayerKind.of("GlobalMaxPooling1D", GlobalMaxPooling.class, (c, v) -> GlobalMaxPooling.of(), (p, c) -> {}),
            LayerKind.of("GlobalAveragePooling1D", GlobalMeanPooling.class, (c, v) -> GlobalMeanPooling.of(),
                    (p, c) -> {}));
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
    static ObjectNode write(Layer layer) {
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
        return Embedding.of(inputDim, config.integer("output_dim"));
    }

    private static void put(Embedding layer, ObjectNode config) {
        config.put("input_dim", layer.inputDim()).put("output_dim", layer.outputDim());
    }

    private static SimpleRnn simpleRnn(Fields config, OptionalInt vocabularySize) throws ModelFormatException {
        SimpleRnn plain = SimpleRnn.of(config.integer("units"));
        return new SimpleRnn(plain.units(),
                activation(config, "activation", plain.activation()),
                config.flag("use_bias", plain.useBias()),
                config.flag("return_sequences", plain.returnsSequences()),
                config.flag("go_backwards", plain.goesBackwards()));
    }

    private static void put(SimpleRnn layer, ObjectNode config) {
        config.put("units", layer.units())
                .put("activation", layer.activation().id())
                .put("use_bias", layer.useBias())
                .put("return_sequences", layer.returnsSequences())
                .put("go_backwards", layer.goesBackwards());
    }

    private static Lstm lstm(Fields config, OptionalInt vocabularySize) throws ModelFormatException {
        Lstm plain = Lstm.of(config.integer("units"));
        return new Lstm(plain.units(),
                activation(config, "activation", plain.activation()),
                activation(config, "recurrent_activation", plain.recurrentActivation()),
                config.flag("use_bias", plain.useBias()),
                config.flag("unit_forget_bias", plain.unitForgetBias()),
                config.flag("return_sequences", plain.returnsSequences()),
                config.flag("go_backwards", plain.goesBackwards()));
    }

    private static void put(Lstm layer, ObjectNode config) {
        config.put("units", layer.units())
                .put("activation", layer.activation().id())
                .put("recurrent_activation", layer.recurrentActivation().id())
                .put("use_bias", layer.useBias())
                .put("unit_forget_bias", layer.unitForgetBias())
                .put("return_sequences", layer.returnsSequences())
                .put("go_backwards", layer.goesBackwards());
    }

    private static Gru gru(Fields config, OptionalInt vocabularySize) throws ModelFormatException {
        Gru plain = Gru.of(config.integer("units"));
        return new Gru(plain.units(),
                activation(config, "activation", plain.activation()),
                activation(config, "recurrent_activation", plain.recurrentActivation()),
                config.flag("use_bias", plain.useBias()),
                config.flag("reset_after", plain.resetAfter()),
                config.flag("return_sequences", plain.returnsSequences()),
                config.flag("go_backwards", plain.goesBackwards()));
    }

    private static void put(Gru layer, ObjectNode config) {
        config.put("units", layer.units())
                .put("activation", layer.activation().id())
                .put("recurrent_activation", layer.recurrentActivation().id())
                .put("use_bias", layer.useBias())
                .put("reset_after", layer.resetAfter())
                .put("return_sequences", layer.returnsSequences())
                .put("go_backwards", layer.goesBackwards());
    }

    private static Bidirectional bidirectional(Fields config, OptionalInt vocabularySize) throws ModelFormatException {
        Layer inner = read(config.any("layer"), vocabularySize, config.where() + ": layer");
        if (!(inner instanceof RecurrentLayer recurrent)) {
            throw config.wrong("layer", "is a " + inner.kind() + "; expected SimpleRNN, LSTM or GRU");
        }
        Bidirectional plain = Bidirectional.of(recurrent);
        return plain.mergeMode(config.choice("merge_mode", plain.mergeMode(), LayerJson::mergeMode));
    }

    private static void put(Bidirectional layer, ObjectNode config) {
        config.set("layer", write(layer.layer()));
        config.put("merge_mode", id(layer.mergeMode()));
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

    private static String id(MergeMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private static MergeMode mergeMode(String name) {
        Stream<MergeMode> modes = Arrays.stream(MergeMode.values());
        return modes.filter(mode -> id(mode).equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "merge mode " + ModelFormatException.quote(name) + " is not known; use one of "
                        + String.join(", ", Arrays.stream(MergeMode.values()).map(LayerJson::id).toList())));
    }
}
