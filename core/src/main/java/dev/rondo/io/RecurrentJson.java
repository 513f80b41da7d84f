package dev.rondo.io;

import static dev.rondo.io.LayerJson.activation;

import dev.rondo.nn.Layer;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The options of recurrent layers as JSON, with Keras's names.
final class RecurrentJson {
    private static final List<String> SHARED = List.of("return_sequences", "return_state", "go_backwards", "stateful",
            "zero_output_for_mask", "dropout", "recurrent_dropout", "mask_given_state");

    private RecurrentJson() {}

    /// The names of a layer's own options and of those that all recurrent layers have.
    static String[] options(String... own) {
        return Stream.concat(Arrays.stream(own), SHARED.stream()).toArray(String[]::new);
    }

    private static RecurrentOptions shared(Fields config) throws ModelFormatException {
        return new RecurrentOptions(config.flag("return_sequences", false), config.flag("return_state", false),
                config.flag("go_backwards", false), config.flag("stateful", false),
                config.flag("zero_output_for_mask", false), config.number("dropout", 0),
                config.number("recurrent_dropout", 0), config.flag("mask_given_state", true));
    }

    /// The less common options are written where they are not Keras's defaults.
    private static void put(RecurrentOptions options, ObjectNode config) {
        config.put("return_sequences", options.returnsSequences()).put("go_backwards", options.goesBackwards());
        putTrue("return_state", options.returnsState(), config);
        putTrue("stateful", options.stateful(), config);
        putTrue("zero_output_for_mask", options.zeroOutputForMask(), config);
        if (options.dropout() > 0) {
            config.put("dropout", options.dropout());
        }
        if (options.recurrentDropout() > 0) {
            config.put("recurrent_dropout", options.recurrentDropout());
        }
        if (!options.masksGivenState()) {
            config.put("mask_given_state", false);
        }
    }

    private static void putTrue(String key, boolean value, ObjectNode config) {
        if (value) {
            config.put(key, true);
        }
    }

    static SimpleRnn simpleRnn(Fields config) throws ModelFormatException {
        SimpleRnn plain = SimpleRnn.of(config.integer("units"));
        return new SimpleRnn(plain.units(),
                activation(config, "activation", plain.activation()),
                config.flag("use_bias", plain.useBias()),
                shared(config));
    }

    static void put(SimpleRnn layer, ObjectNode config) {
        config.put("units", layer.units())
                .put("activation", layer.activation().id())
                .put("use_bias", layer.useBias());
        put(layer.options(), config);
    }

    static Lstm lstm(Fields config) throws ModelFormatException {
        Lstm plain = Lstm.of(config.integer("units"));
        return new Lstm(plain.units(),
                activation(config, "activation", plain.activation()),
                activation(config, "recurrent_activation", plain.recurrentActivation()),
                config.flag("use_bias", plain.useBias()),
                config.flag("unit_forget_bias", plain.unitForgetBias()),
                config.integer("projection", plain.projection()),
                shared(config));
    }

    static void put(Lstm layer, ObjectNode config) {
        config.put("units", layer.units())
                .put("activation", layer.activation().id())
                .put("recurrent_activation", layer.recurrentActivation().id())
                .put("use_bias", layer.useBias())
                .put("unit_forget_bias", layer.unitForgetBias());
        if (layer.projection() > 0) {
            config.put("projection", layer.projection());
        }
        put(layer.options(), config);
    }

    static Gru gru(Fields config) throws ModelFormatException {
        Gru plain = Gru.of(config.integer("units"));
        return new Gru(plain.units(),
                activation(config, "activation", plain.activation()),
                activation(config, "recurrent_activation", plain.recurrentActivation()),
                config.flag("use_bias", plain.useBias()),
                config.flag("reset_after", plain.resetAfter()),
                shared(config));
    }

    static void put(Gru layer, ObjectNode config) {
        config.put("units", layer.units())
                .put("activation", layer.activation().id())
                .put("recurrent_activation", layer.recurrentActivation().id())
                .put("use_bias", layer.useBias())
                .put("reset_after", layer.resetAfter());
        put(layer.options(), config);
    }

    static StackedRnn stacked(Fields config) throws ModelFormatException {
        List<RecurrentLayer> cells = new ArrayList<>();
        for (JsonNode cell : config.array("cells")) {
            cells.add(recurrent(cell, config, "cells"));
        }
        return new StackedRnn(cells, shared(config));
    }

    static void put(StackedRnn layer, ObjectNode config) {
        ArrayNode cells = config.putArray("cells");
        layer.cells().forEach(cell -> cells.add(LayerJson.write(cell)));
        put(layer.options(), config);
    }

    static Bidirectional bidirectional(Fields config) throws ModelFormatException {
        RecurrentLayer forward = recurrent(config.any("layer"), config, "layer");
        RecurrentLayer backward = config.has("backward_layer")
                ? recurrent(config.any("backward_layer"), config, "backward_layer") : forward;
        return new Bidirectional(forward,
                config.choice("merge_mode", MergeMode.CONCAT, RecurrentJson::mergeMode), backward);
    }

    static void put(Bidirectional layer, ObjectNode config) {
        config.set("layer", LayerJson.write(layer.layer()));
        config.put("merge_mode", id(layer.mergeMode()));
        if (!layer.backward().equals(layer.layer())) {
            config.set("backward_layer", LayerJson.write(layer.backward()));
        }
    }

    private static RecurrentLayer recurrent(JsonNode json, Fields config, String key) throws ModelFormatException {
        Layer inner = LayerJson.read(json, OptionalInt.empty(), config.where() + ": " + key);
        if (!(inner instanceof RecurrentLayer recurrent)) {
            throw config.wrong(key, "is a " + inner.kind() + "; expected SimpleRNN, LSTM or GRU");
        }
        return recurrent;
    }

    private static String id(MergeMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private static MergeMode mergeMode(String name) {
        Stream<MergeMode> modes = Arrays.stream(MergeMode.values());
        return modes.filter(mode -> id(mode).equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "merge mode " + ModelFormatException.quote(name) + " is not known; use one of "
                        + String.join(", ", Arrays.stream(MergeMode.values()).map(RecurrentJson::id).toList())));
    }
}
