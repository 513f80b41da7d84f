package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.Json;
import dev.rondo.io.LayerJson;
import dev.rondo.io.ModelFormatException;
import dev.rondo.nn.Layer;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Turns a layer's configuration as Keras writes it into the one of Rondo's model files, which has the same names without what only
/// Keras needs: initializers, policies, the modules of its classes.
final class LayerConfig {
    /// What says nothing of a trained layer's outputs.
    private static final Set<String> IGNORED = Set.of("name", "trainable", "dtype", "batch_input_shape", "batch_shape",
            "input_shape", "input_dtype", "input_length", "input_spec", "sparse", "ragged", "seed", "implementation",
            "unroll", "autocast", "build_config", "compile_config", "lora_rank", "lora_alpha",
            "renorm_clipping", "renorm_momentum", "_supports_masking", "stateful_input", "shared_object_id");

    /// Options that say nothing with Keras's default; with another value, the layer must know them.
    private static final Map<String, JsonNode> USUAL = Map.ofEntries(
            Map.entry("time_major", value(false)), Map.entry("return_state", value(false)),
            Map.entry("stateful", value(false)), Map.entry("mask_zero", value(false)),
            Map.entry("zero_output_for_mask", value(false)), Map.entry("dropout", number(0)),
            Map.entry("recurrent_dropout", number(0)), Map.entry("keepdims", value(false)),
            Map.entry("data_format", text("channels_last")), Map.entry("fused", value(true)),
            Map.entry("flash_attention", value(false)), Map.entry("use_gate", value(false)),
            Map.entry("attention_axes", JsonNodeFactory.instance.arrayNode().add(1)));

    private static final List<String> CELLS = List.of("SimpleRNNCell", "LSTMCell", "GRUCell");

    /// Layers that change nothing outside training.
    static final Set<String> PASSING = Set.of("Identity", "ActivityRegularization", "AlphaDropout");
    private static final Set<String> RECURRENT = Set.of("SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional");

    private final List<String> notes;

    /// @param notes where to put what the user should know
    LayerConfig(List<String> notes) {
        this.notes = notes;
    }

    private static JsonNode value(boolean value) {
        return JsonNodeFactory.instance.booleanNode(value);
    }

    private static JsonNode number(double value) {
        return JsonNodeFactory.instance.numberNode(value);
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.stringNode(value);
    }

    /// Reads a layer.
    ///
    /// @param node its JSON
    /// @param where what errors call it, such as `m.keras: entry 'config.json': layer 'lstm'`
    /// @throws ModelFormatException if it is not one of Rondo's, or has an option that Rondo has not
    Layer read(JsonNode node, String where) throws ModelFormatException {
        try {
            return LayerJson.read(plain(node, where), OptionalInt.empty(), where);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(where, String.valueOf(e.getMessage()), e);
        }
    }

    private ObjectNode plain(JsonNode node, String where) throws ModelFormatException {
        String className = className(node, where);
        String place = where + " (" + className + ")";
        requireKnown(node, className, place);
        ObjectNode plain = Json.mapper().createObjectNode().put("class_name", className);
        ObjectNode config = plain.putObject("config");
        JsonNode given = node.path("config");
        requireFloats(given.path("dtype"), place);
        if (PASSING.contains(className)) {
            if (!className.equals("Identity")) {
                note(layer(place) + " is left out: it acts in training only, and further training goes without it");
            }
            config.put("activation", "linear");
            return plain.put("class_name", "Activation");
        }
        if (className.equals("TimeDistributed")) {
            return eachStep(plain, given.path("layer"), place);
        }
        for (Map.Entry<String, JsonNode> option : given.properties()) {
            put(config, option.getKey(), option.getValue(), place);
        }
        lastAxis(config, node.path("build_config").path("input_shape"));
        switch (className) {
            case "Bidirectional" -> bidirectional(config, given, place);
            case "RNN" -> plain.put("class_name", cells(config, given.path("cell"), place));
            case "LeakyReLU" -> rename(config, "alpha", "negative_slope");
            case "Normalization" -> {
                config.remove(List.of("mean", "variance"));
                if (config.path("axis").isArray() && config.path("axis").isEmpty()) {
                    config.remove("axis"); // one mean for all features
                }
            }
            default -> {}
        }
        return plain;
    }

    /// What is applied to each step: vectors of Rondo's are flat, so that Flatten changes nothing there.
    private ObjectNode eachStep(ObjectNode plain, JsonNode inner, String place) throws ModelFormatException {
        String name = className(inner, place + ": layer");
        boolean flat = name.equals("Flatten")
                || name.equals("Reshape") && inner.path("config").path("target_shape").size() == 1;
        if (flat) {
            plain.put("class_name", "Activation").putObject("config").put("activation", "linear");
            return plain;
        }
        ObjectNode layer = plain(inner, place + ": layer");
        if (!LayerJson.read(layer, OptionalInt.empty(), place).ofEachStep().isStepwise()) {
            throw sequencesInside(place, name);
        }
        plain.putObject("config").set("layer", layer);
        return plain;
    }

    /// The refusal of a layer that takes each step for a sequence of its own.
    static ModelFormatException sequencesInside(String place, String what) {
        return new ModelFormatException(place, "applies " + what
                + " to each step, which then is a sequence itself: Rondo "
                + "has no sequences of sequences; save the inner layers as a model of their own, run it on the inner "
                + "sequences, and feed what it gives to a model of the other layers");
    }

    /// {@return the name of a layer's class}
    static String className(JsonNode node, String where) throws ModelFormatException {
        JsonNode name = node.path("class_name");
        if (!name.isString() || !node.path("config").isObject()) {
            throw new ModelFormatException(where,
                    "is no layer as Keras writes it, with 'class_name' and 'config'; save "
                            + "the model again with Keras");
        }
        return name.stringValue();
    }

    /// {@return whether a node is a layer that may be given a state}
    static boolean isRecurrent(JsonNode node) {
        return RECURRENT.contains(node.path("class_name").asString(""));
    }

    /// {@return whether a node is one of Keras's operations and no layer}
    static boolean isOperation(JsonNode node) {
        JsonNode config = node.path("config");
        // HDF5 files do not say the module; there, only layers can be trained.
        return node.has("module") ? node.path("module").asString("").matches("keras\\.(src\\.)?ops\\..*")
                : !config.has("trainable") && !config.has("layers") && node.has("inbound_nodes")
                        && !node.path("class_name").asString("").equals("InputLayer");
    }

    private static void requireKnown(JsonNode node, String className, String place) throws ModelFormatException {
        if (className.equals("Lambda")) {
            throw new ModelFormatException(place,
                    "is a program in Python, which Rondo never runs; replace the Lambda by "
                            + "layers such as Rescaling, Activation or Multiply, and save the model again");
        }
        String module = node.path("module").isString() ? node.path("module").stringValue() : "keras.layers";
        if (isOperation(node)) {
            throw new ModelFormatException(place,
                    "is an operation of keras.ops and no layer; use the layer that does the "
                            + "same, such as keras.layers." + className + ", and save the model again");
        }
        JsonNode registered = node.path("registered_name");
        if (registered.isString() && registered.stringValue().contains(">")
                || !module.startsWith("keras.") && !module.startsWith("tensorflow.")) {
            throw new ModelFormatException(place,
                    "is a class of your own, whose program is not in the file; replace it "
                            + "by layers of Keras, or write it in Java and load the weights as safetensors");
        }
        if (!LayerJson.names().contains(className) && !PASSING.contains(className)) {
            throw new ModelFormatException(place, "is not among the layers that Rondo has, which docs/guide/interop.md "
                    + "lists; replace it by these and save the model again");
        }
    }

    private void requireFloats(JsonNode dtype, String place) throws ModelFormatException {
        String policy = dtype.path("class_name").isString() ? dtype.path("class_name").stringValue() : "";
        JsonNode named = dtype.isObject() ? dtype.path("config").path("name") : dtype;
        String name = named.isString() ? named.stringValue() : "float32";
        if (policy.contains("Quantized") || name.contains("int8") || name.contains("int4") || name.contains("float8")) {
            throw new ModelFormatException(place, "is quantized (" + name
                    + "), which Rondo does not read; save the model before quantize()");
        }
        if (!Set.of("float32", "int32", "int64", "string").contains(name)) {
            note("weights and arithmetic of " + name + " become float32");
        }
    }

    private void put(ObjectNode config, String key, JsonNode value, String place) throws ModelFormatException {
        if (key.endsWith("_regularizer") || key.endsWith("_constraint")) {
            if (!value.isNull()) {
                note(key + " of " + layer(place) + " is left out: further training goes without it");
            }
        } else if (key.equals("quantization_config") && !value.isNull()) {
            throw new ModelFormatException(place,
                    "is quantized, which Rondo does not read; save the model before quantize()");
        } else if (key.endsWith("activation")) {
            config.put(key, activation(value, key, place));
        } else if (key.equals("layer")) {
            config.set(key, plain(value, place + ": " + key));
        } else if (key.equals("merge_mode") && value.isNull()) {
            config.put(key, "none");
        } else if (says(key, value)) {
            config.set(key, value);
        }
    }

    private static boolean says(String key, JsonNode value) {
        boolean usual = value.isNumber() && USUAL.get(key) instanceof JsonNode number && number.isNumber()
                ? value.doubleValue() == number.doubleValue() : value.equals(USUAL.get(key));
        return !value.isNull() && !usual && !IGNORED.contains(key) && !key.endsWith("_initializer")
                && !key.equals("backward_layer") && !key.equals("cell");
    }

    /// Keras writes the last axis by its number once a layer has been built.
    private static void lastAxis(ObjectNode config, JsonNode shape) {
        JsonNode axis = config.path("axis");
        JsonNode only = axis.isArray() && axis.size() == 1 ? axis.path(0) : axis;
        if (only.isInt() && only.intValue() > 0 && only.intValue() == shape.size() - 1 && !shape.path(0).isArray()) {
            config.put("axis", -1);
        }
    }

    private static void rename(ObjectNode config, String old, String key) {
        JsonNode value = config.remove(old);
        if (value != null) {
            config.set(key, value);
        }
    }

    /// The backward layer, given like a forward one, where it differs from the forward layer.
    private void bidirectional(ObjectNode config, JsonNode given, String place) throws ModelFormatException {
        JsonNode backward = given.path("backward_layer");
        if (!backward.isObject()) {
            return;
        }
        ObjectNode other = plain(backward, place + ": backward_layer");
        if (!(other.path("config") instanceof ObjectNode options)
                || !options.path("go_backwards").asBoolean(false)) {
            throw new ModelFormatException(place, "its backward_layer goes forward; give it go_backwards=True");
        }
        options.put("go_backwards", false);
        if (!other.equals(config.path("layer"))) {
            config.set("backward_layer", other);
        }
    }

    /// An RNN over one cell is the layer of that cell; over several it is a stack of them.
    ///
    /// @return the name of the class
    private String cells(ObjectNode config, JsonNode cell, String place) throws ModelFormatException {
        if (!className(cell, place + ": cell").equals("StackedRNNCells")) {
            ObjectNode only = plainCell(cell, place + ": cell");
            only.path("config").properties().forEach(option -> config.set(option.getKey(), option.getValue()));
            return only.path("class_name").stringValue();
        }
        ArrayNode list = config.putArray("cells");
        for (JsonNode each : cell.path("config").path("cells")) {
            list.add(plainCell(each, place + ": cell " + (list.size() + 1)));
        }
        return "RNN";
    }

    private ObjectNode plainCell(JsonNode cell, String place) throws ModelFormatException {
        String name = className(cell, place);
        if (!(cell.deepCopy() instanceof ObjectNode layer) || !CELLS.contains(name)) {
            throw new ModelFormatException(place + " (" + name + ")", "is not among the cells that Rondo has ("
                    + String.join(", ", CELLS) + "); use one of these");
        }
        return plain(layer.put("class_name", name.substring(0, name.length() - "Cell".length())), place);
    }

    private static String layer(String place) {
        int start = place.indexOf("layer '");
        return start < 0 ? place : place.substring(start);
    }

    private void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    /// Keras writes an activation as its name, or as an object around the name.
    private static String activation(JsonNode value, String key, String place) throws ModelFormatException {
        if (value.isNull()) {
            return "linear";
        }
        if (value.isString()) {
            return value.stringValue();
        }
        JsonNode inner = value.path("config");
        if (value.path("class_name").asString("").equals("function") && inner.isString()
                && value.path("module").asString("builtins").equals("builtins")) {
            return inner.stringValue();
        }
        if (value.path("class_name").isString() && value.path("module").asString("").startsWith("keras")) {
            return Part.snakeCase(value.path("class_name").stringValue());
        }
        throw new ModelFormatException(place, "'" + key + "' is " + quote(value.toString())
                + ", a function of your own; use one of Keras's activations");
    }
}
