package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.ModelFormatException;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Signature;
import dev.rondo.nn.activation.Prelu;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads the architecture of a model, and of models inside it.
final class ModelConfig {
    private static final int MOST_LAYERS = 4096;
    private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");

    private final LayerConfig layers;
    private final Assets assets;
    private @Nullable TextInput text;

    /// The files beside the configuration.
    interface Assets {
        /// {@return the lines of a file below the folder of assets, empty if there is none}
        List<String> lines(String path) throws IOException;
    }

    /// An architecture.
    ///
    /// @param className `Sequential` or `Functional`
    /// @param name the model's name
    /// @param plan its layers and which is applied to what
    /// @param parts its layers in Keras's order, inputs left out
    record Architecture(String className, String name, Plan plan, List<Part> parts) {}

    /// @param notes where to put what the user should know
    /// @param assets where vocabularies may be
    ModelConfig(List<String> notes, Assets assets) {
        this.assets = assets;
        layers = new LayerConfig(notes);
    }

    /// Reads a model.
    ///
    /// @param where what errors call the file, such as `m.keras: entry 'config.json'`
    Architecture read(JsonNode model, String where) throws IOException {
        if (!model.has("class_name")) {
            throw new ModelFormatException(where,
                    "is no architecture of Keras, with 'class_name' and 'config'; give what model.to_json() writes");
        }
        return read(model, where, true);
    }

    private Architecture read(JsonNode model, String where, boolean top) throws IOException {
        String className = LayerConfig.className(model, where);
        JsonNode config = model.path("config");
        JsonNode given = config.path("name");
        String name = given.isString() ? given.stringValue() : "model";
        if (className.equals("Sequential")) {
            return sequential(name, config, where);
        }
        if (!MODELS.contains(className)) {
            throw new ModelFormatException(where, "the model is a " + quote(className)
                    + ", a class of your own, whose program is not in the file; build it as a Sequential or functional "
                    + "model and save it again");
        }
        return new Calls(this, where, top).read(name, config);
    }

    /// Reads a layer, or a model inside this one.
    Part part(JsonNode node, String where, Set<String> names) throws IOException {
        String className = LayerConfig.className(node, where);
        String name = name(node, className);
        String place = where + ": layer " + quote(name);
        if (TextInput.isOf(className)) {
            throw new ModelFormatException(place + " (" + className + ")",
                    "turns texts or numbers into ids, which Rondo reads only as "
                            + "the first layer of a model with one input; save the model from its Embedding on");
        }
        boolean trained = node.path("config").path("trainable").asBoolean(true);
        String weightName = unique(name, names);
        JsonNode inner = node.path("config").path("layer");
        if (className.equals("TimeDistributed") && MODELS.contains(inner.path("class_name").asString(""))) {
            Architecture each = read(inner, place + ": layer", false);
            return new Part(className, name, weightName, ofSteps(each.plan(), place), each.parts(), trained, Map.of());
        }
        if (MODELS.contains(className)) {
            Architecture model = read(node, place, false);
            return new Part(model.className(), name, weightName, model.plan(), model.parts(), trained,
                    Map.of());
        }
        return new Part(className, name, weightName, layers.read(node, place), List.of(), trained,
                given(node.path("config"), place));
    }

    /// A model of vectors as one that is applied to each step of a sequence: its layers work row by row.
    private static Plan ofSteps(Plan model, String where) throws ModelFormatException {
        Signature input = model.inputs().getFirst().signature();
        if (model.inputs().size() > 1 || input.kind() != Signature.Kind.VECTOR || !worksByRows(model)) {
            throw LayerConfig.sequencesInside(where, "a model of " + input);
        }
        return plan(List.of(new Plan.Input(model.inputs().getFirst().name(), Signature.sequence(input.features()))),
                model.layers(), model.calls(), model.outputs(), where);
    }

    private static boolean worksByRows(Plan model) {
        return model.layers().stream().allMatch(named -> switch (named.layer()) {
            case Plan _,Prelu _,Embedding _ -> false; // axes mean something else in sequences
            case Layer layer -> layer.isStepwise();
        });
    }

    /// The numbers that a normalization was given instead of learning them from data.
    private static Map<String, List<Float>> given(JsonNode config, String where) throws ModelFormatException {
        Map<String, List<Float>> given = new HashMap<>();
        for (String key : List.of("mean", "variance")) {
            JsonNode value = config.path(key);
            while (value.size() == 1) { // Keras keeps the axes of size 1
                value = value.path(0);
            }
            List<JsonNode> numbers = value.isArray() ? value.valueStream().toList() : List.of(value);
            if (numbers.stream().allMatch(JsonNode::isNumber)) {
                given.put(key, floats(numbers, key, where));
            } else if (value.isContainer()) {
                throw new ModelFormatException(where, "'" + key + "' is " + value + "; expected numbers");
            }
        }
        if (given.size() == 1) {
            throw new ModelFormatException(where, "has a '" + given.keySet().iterator().next()
                    + "' alone; expected 'mean' and 'variance', or neither");
        }
        return given;
    }

    private static List<Float> floats(List<JsonNode> numbers, String key, String where) throws ModelFormatException {
        List<Float> floats = new ArrayList<>();
        for (JsonNode number : numbers) {
            float value = (float) number.asDouble(Double.NaN);
            if (!Float.isFinite(value)) {
                throw new ModelFormatException(where, "'" + key + "' holds " + number
                        + "; expected numbers in the range of float32");
            }
            floats.add(value);
        }
        return floats;
    }

    static String name(JsonNode node, String className) {
        JsonNode name = node.path("config").path("name");
        JsonNode outer = node.path("name");
        return name.isString() ? name.stringValue()
                : outer.isString() ? outer.stringValue() : Part.snakeCase(className);
    }

    /// A name without slashes that no other layer has.
    private static String unique(String name, Set<String> used) {
        String plain = name.replace('/', '_').isBlank() ? "layer" : name.replace('/', '_');
        String unique = plain;
        for (int i = 1; !used.add(unique); i++) {
            unique = plain + "_" + i;
        }
        return unique;
    }

    /// How texts become ids before the first layer, null if the model does not begin with texts.
    @Nullable
    TextInput text() {
        return text;
    }

    /// Reads the layer by which texts or numbers become ids.
    TextInput readText(JsonNode node, String className, String where) throws IOException {
        String name = name(node, className);
        List<String> stored = assets.lines("layers/" + Part.snakeCase(className) + "/vocabulary.txt");
        text = TextInput.read(className, name, node.path("config"), stored,
                where + ": layer " + quote(name) + " (" + className + ")");
        return text;
    }

    /// {@return the shape of the ids that a layer makes of an input}
    static JsonNode idsOf(TextInput text, String className, JsonNode input) {
        if (!className.equals("TextVectorization") && input.isArray()) {
            return input; // an id for each word or number
        }
        ArrayNode shape = JsonNodeFactory.instance.arrayNode().addNull();
        return text.length().isPresent() ? shape.add(text.length().getAsInt()) : shape.addNull();
    }

    private Architecture sequential(String name, JsonNode config, String where) throws IOException {
        List<JsonNode> nodes = layers(config, where);
        JsonNode shape = config.path("build_input_shape");
        String inputName = "input";
        List<Part> parts = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode node : nodes) {
            String className = LayerConfig.className(node, where);
            JsonNode own = shape(node.path("config"));
            if (parts.isEmpty() && text == null && !own.isMissingNode()) {
                shape = own;
            }
            if (className.equals("InputLayer")) {
                inputName = name(node, className);
            } else if (parts.isEmpty() && TextInput.isOf(className) && text == null) {
                shape = idsOf(readText(node, className, where), className, shape);
            } else {
                parts.add(part(node, where, names));
            }
        }
        if (parts.isEmpty()) {
            throw new ModelFormatException(where, "the model " + quote(name) + " has no layers; add one");
        }
        Signature input = signature(shape, takesTokens(parts.getFirst().layer(), 0),
                where + ": input " + quote(inputName));
        List<Plan.Named> named = new ArrayList<>();
        List<Plan.Call> calls = new ArrayList<>();
        for (Part part : parts) {
            calls.add(new Plan.Call(named.size(), List.of(new Plan.Port(named.size(), 0))));
            named.add(new Plan.Named(part.weightName(), part.layer()));
        }
        Plan plan = plan(List.of(new Plan.Input(inputName.replace('/', '_'), input)), named, calls,
                List.of(new Plan.Port(named.size(), 0)), where);
        return new Architecture("Sequential", name, plan, parts);
    }

    /// {@return the layers of a model}
    static List<JsonNode> layers(JsonNode config, String where) throws ModelFormatException {
        JsonNode list = config.path("layers");
        if (!list.isArray() || list.isEmpty() || list.size() > MOST_LAYERS) {
            throw new ModelFormatException(where, "has " + (list.isArray() ? list.size() + "" : "no list of")
                    + " layers; expected 1 to " + MOST_LAYERS + ": build the model and save it again");
        }
        return list.valueStream().toList();
    }

    /// {@return the shape of an input layer, or of a layer that is given one}
    static JsonNode shape(JsonNode config) {
        JsonNode shape = config.path("batch_shape");
        return shape.isArray() ? shape : config.path("batch_input_shape");
    }

    /// {@return whether what a layer is fed is token ids}
    static boolean takesTokens(Layer layer, int input) {
        return switch (layer) {
            case Embedding _ -> true;
            case Plan plan -> input < plan.inputs().size()
                    && plan.inputs().get(input).signature().kind() == Signature.Kind.TOKENS;
            default -> false;
        };
    }

    /// {@return what an input of a shape `[null, T, F]`, `[null, T]` or `[null, F]` is}
    static Signature signature(JsonNode shape, boolean tokens, String where) throws ModelFormatException {
        if (!shape.isArray()) {
            throw new ModelFormatException(where,
                    "has no shape; build the model (model.build or a keras.Input) and save "
                            + "it again");
        }
        int[] axes = new int[Math.max(0, shape.size() - 1)];
        for (int i = 0; i < axes.length; i++) {
            JsonNode axis = shape.path(i + 1);
            if (!axis.isNull() && (!axis.isInt() || axis.intValue() < 1)) {
                throw new ModelFormatException(where,
                        "has the shape " + shape + "; expected whole numbers of at least 1");
            }
            axes[i] = axis.isNull() ? Signature.ANY : axis.intValue();
        }
        if (tokens && axes.length == 1) {
            return Signature.tokens().steps(axes[0]);
        }
        if (axes.length == 2 && !tokens && axes[1] != Signature.ANY) {
            return Signature.sequence(axes[1]).steps(axes[0]);
        }
        if (axes.length == 1 && axes[0] != Signature.ANY) {
            return Signature.vector(axes[0]);
        }
        throw new ModelFormatException(where, "has the shape " + shape + (tokens ? " and goes into an Embedding; Rondo "
                + "takes ids [batch, steps]"
                : "; Rondo takes [batch, steps, features] or [batch, features], with a known "
                        + "number of features")
                + ": change the model's input and save it again");
    }

    /// {@return a plan, whose errors become those of the file}
    static Plan plan(List<Plan.Input> inputs, List<Plan.Named> layers, List<Plan.Call> calls, List<Plan.Port> outputs,
            String where) throws ModelFormatException {
        try {
            return new Plan(inputs, layers, calls, outputs);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(where, String.valueOf(e.getMessage()), e);
        }
    }
}
