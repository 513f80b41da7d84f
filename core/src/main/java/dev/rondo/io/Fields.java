package dev.rondo.io;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The properties of one JSON object that a person may have written: unknown names and wrong types are refused, with the place
/// and what is allowed; what has a default may be left out.
///
/// ```java
/// Fields config = Fields.of(node, "model.json: text", "tokenizer", "max_length");
/// int length = config.integer("max_length", 50);
/// ```
///
/// Immutable as long as nobody changes the tree.
public final class Fields {
    /// Keras's names for what a model here has no options for.
    private static final List<String> KERAS = List.of("name", "trainable", "dtype", "batch_shape", "batch_input_shape",
            "input_shape", "input_length", "kernel_initializer", "recurrent_initializer", "bias_initializer",
            "embeddings_initializer", "kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
            "embeddings_regularizer", "activity_regularizer", "kernel_constraint", "recurrent_constraint",
            "bias_constraint", "embeddings_constraint", "seed", "noise_shape", "build_config", "module",
            "registered_name", "unroll", "time_major", "zero_output_for_mask", "implementation", "quantization_config");

    private final ObjectNode node;
    private final String where;
    private final List<String> known;

    private Fields(ObjectNode node, String where, List<String> known) {
        this.node = node;
        this.where = where;
        this.known = known;
    }

    /// Takes an object.
    ///
    /// @param node the object
    /// @param where what to name in an error, such as `m.json: layer 2 (LSTM)`
    /// @param known the names that it may have
    /// @throws ModelFormatException if the node is not an object, or has another name
    public static Fields of(JsonNode node, String where, String... known) throws ModelFormatException {
        return of(node, where, List.of(known));
    }

    static Fields of(JsonNode node, String where, List<String> known) throws ModelFormatException {
        if (!(node instanceof ObjectNode object)) {
            throw new ModelFormatException(where, "expected an object, found " + describe(node));
        }
        for (String name : object.propertyNames()) {
            if (!known.contains(name) && KERAS.contains(name)) {
                throw new ModelFormatException(where, ModelFormatException.quote(name)
                        + " is an option of Keras that Rondo does not use; remove it");
            }
            if (!known.contains(name)) {
                throw new ModelFormatException(where, ModelFormatException.quote(name) + " is not known"
                        + (known.isEmpty() ? "; there are no options" : Nearest.advice(name, known)));
            }
        }
        return new Fields(object, where, known);
    }

    /// {@return what errors name}
    public String where() {
        return where;
    }

    /// {@return the exception for a property: the place, its name and the problem}
    ///
    /// @param key its name
    /// @param problem what is wrong with it, such as `is 0; it must be at least 1`
    public ModelFormatException wrong(String key, String problem) {
        return new ModelFormatException(where, "'" + key + "' " + problem);
    }

    /// {@return whether the object has the property}
    public boolean has(String key) {
        return node.has(requireKnown(key));
    }

    /// {@return the value of a property, whatever it is}
    ///
    /// @throws ModelFormatException if it is missing
    public JsonNode any(String key) throws ModelFormatException {
        JsonNode value = node.get(requireKnown(key));
        if (value == null) {
            throw wrong(key, "is missing; add it");
        }
        return value;
    }

    /// {@return a whole number}
    ///
    /// @throws ModelFormatException if it is missing, not a whole number, or not in the range of an int
    public int integer(String key) throws ModelFormatException {
        JsonNode value = any(key);
        if (!value.isIntegralNumber()) {
            throw wrong(key, "is " + describe(value) + "; expected a whole number");
        }
        if (!value.canConvertToInt()) {
            throw wrong(key, "is " + describe(value) + "; expected at most " + Integer.MAX_VALUE);
        }
        return value.intValue();
    }

    /// {@return a whole number, or the default}
    ///
    /// @throws ModelFormatException if it is not a whole number in the range of an int
    public int integer(String key, int otherwise) throws ModelFormatException {
        return has(key) ? integer(key) : otherwise;
    }

    /// {@return whether a property is missing or null}
    boolean isNull(String key) {
        return !has(key) || node.get(key).isNull();
    }

    /// {@return a whole number, alone or as the only element of an array}
    ///
    /// @throws ModelFormatException if it is missing, or neither
    int single(String key) throws ModelFormatException {
        if (any(key).isIntegralNumber()) {
            return integer(key);
        }
        List<Integer> values = integers(key);
        if (values.size() != 1) {
            throw wrong(key, "has " + values.size() + " numbers; expected one");
        }
        return values.getFirst();
    }

    /// {@return a whole number, alone or as the only element of an array, or the default}
    ///
    /// @throws ModelFormatException if it is neither
    int single(String key, int otherwise) throws ModelFormatException {
        return has(key) ? single(key) : otherwise;
    }

    /// {@return an array of whole numbers}
    ///
    /// @throws ModelFormatException if it is missing, or something else
    List<Integer> integers(String key) throws ModelFormatException {
        List<JsonNode> elements = array(key);
        for (JsonNode element : elements) {
            if (!element.isIntegralNumber() || !element.canConvertToInt()) {
                throw wrong(key, "holds " + describe(element) + "; expected whole numbers");
            }
        }
        return elements.stream().map(JsonNode::intValue).toList();
    }

    /// {@return an array of whole numbers, or the default if it is missing or null}
    ///
    /// @throws ModelFormatException if it is something else
    List<Integer> integers(String key, List<Integer> otherwise) throws ModelFormatException {
        return isNull(key) ? otherwise : integers(key);
    }

    /// {@return one number or an array of numbers}
    ///
    /// @throws ModelFormatException if it is missing, or something else
    List<Float> floats(String key) throws ModelFormatException {
        List<JsonNode> elements = any(key).isNumber() ? List.of(any(key)) : array(key);
        List<Float> floats = new ArrayList<>();
        for (JsonNode element : elements) {
            if (!element.isNumber() || !Float.isFinite((float) element.asDouble(Double.NaN))) {
                throw wrong(key, "holds " + describe(element) + "; expected numbers in the range of float32");
            }
            floats.add((float) element.asDouble());
        }
        return floats;
    }

    /// Throws unless an axis is left out, or is the last one of sequences (-1 or 2), alone or as the only element of an array.
    ///
    /// @throws ModelFormatException if it is another
    void lastAxis(String key) throws ModelFormatException {
        int axis = single(key, -1);
        if (axis != -1 && axis != 2) {
            throw wrong(key, "is " + axis + "; Rondo computes this over features only, which is axis -1");
        }
    }

    /// {@return a whole number of 64 bits}
    ///
    /// @throws ModelFormatException if it is missing, not a whole number, or not in the range of a long
    public long longInteger(String key) throws ModelFormatException {
        JsonNode value = any(key);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(key, "is " + describe(value) + "; expected a whole number of at most 64 bits");
        }
        return value.longValue();
    }

    /// {@return a finite number}
    ///
    /// @throws ModelFormatException if it is missing, not a number, or not finite
    public double number(String key) throws ModelFormatException {
        JsonNode value = any(key);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw wrong(key, "is " + describe(value) + "; expected a number");
        }
        return value.doubleValue();
    }

    /// {@return a finite number, or the default}
    ///
    /// @throws ModelFormatException if it is not a finite number
    public double number(String key, double otherwise) throws ModelFormatException {
        return has(key) ? number(key) : otherwise;
    }

    /// {@return true or false, or the default}
    ///
    /// @throws ModelFormatException if it is neither true nor false
    public boolean flag(String key, boolean otherwise) throws ModelFormatException {
        if (!has(key)) {
            return otherwise;
        }
        JsonNode value = any(key);
        if (!value.isBoolean()) {
            throw wrong(key, "is " + describe(value) + "; expected true or false");
        }
        return value.booleanValue();
    }

    /// {@return a text}
    ///
    /// @throws ModelFormatException if it is missing or not a text
    public String text(String key) throws ModelFormatException {
        JsonNode value = any(key);
        if (!value.isString()) {
            throw wrong(key, "is " + describe(value) + "; expected a text in quotes");
        }
        return value.stringValue();
    }

    /// {@return a text, or the default}
    ///
    /// @throws ModelFormatException if it is not a text
    public String text(String key, String otherwise) throws ModelFormatException {
        return has(key) ? text(key) : otherwise;
    }

    /// {@return what a text stands for, or the default}
    ///
    /// @param key its name
    /// @param otherwise the default
    /// @param meaning finds the value; throws [IllegalArgumentException] with a message that lists what is allowed
    /// @throws ModelFormatException if it is not a text, or stands for nothing
    public <T> T choice(String key, T otherwise, Function<String, T> meaning) throws ModelFormatException {
        if (!has(key)) {
            return otherwise;
        }
        String text = text(key);
        try {
            return meaning.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(where, "'" + key + "': " + e.getMessage(), e);
        }
    }

    /// {@return the elements of an array}
    ///
    /// @throws ModelFormatException if it is missing or not an array
    public List<JsonNode> array(String key) throws ModelFormatException {
        JsonNode value = any(key);
        if (!(value instanceof ArrayNode elements)) {
            throw wrong(key, "is " + describe(value) + "; expected an array");
        }
        return List.copyOf(elements.values());
    }

    /// {@return an object, as a tree}
    ///
    /// @throws ModelFormatException if it is missing or not an object
    public ObjectNode object(String key) throws ModelFormatException {
        JsonNode value = any(key);
        if (!(value instanceof ObjectNode object)) {
            throw wrong(key, "is " + describe(value) + "; expected an object");
        }
        return object;
    }

    private String requireKnown(String key) {
        if (!known.contains(key)) {
            throw new IllegalArgumentException("'" + key + "' is not among the known names " + known);
        }
        return key;
    }

    static String describe(JsonNode value) {
        if (value.isMissingNode()) {
            return "nothing: the text is empty";
        }
        if (value.isObject()) {
            return "an object";
        }
        if (value.isArray()) {
            return "an array";
        }
        return value.isString() ? "the text " + ModelFormatException.quote(value.stringValue()) : value.toString();
    }
}
