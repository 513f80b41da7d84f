package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.keras.Calls.Value;
import dev.rondo.io.ModelFormatException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// The operations by which Keras computes masks, which it lists among the layers: which ids are not 0, and what merging layers make of
/// it. Rondo's layers pass masks on by themselves, by the same rules; any other use of an operation is refused.
final class MaskOperations {
    private static final Set<String> KNOWN = Set.of("NotEqual", "Any", "LogicalOr", "LogicalAnd", "ExpandDims",
            "ZerosLike", "OnesLike", "Concatenate", "Cast", "ConvertToTensor");

    private final String where;
    private final Map<String, String> classes = new HashMap<>();
    /// The value that each comparison looks at.
    private final Map<String, Value> compared = new LinkedHashMap<>();

    MaskOperations(String where) {
        this.where = where;
    }

    void add(String name, String className, JsonNode node) throws ModelFormatException {
        classes.put(name, className);
        if (className.equals("NotEqual")) {
            JsonNode arguments = node.path("inbound_nodes").path(0).path("args");
            JsonNode history = arguments.path(0).path("config").path("keras_history");
            Value value = Calls.value(history.isMissingNode() ? arguments.path(0) : history);
            if (!arguments.path(1).isNumber() || value == null) {
                requireNone(name);
            } else {
                compared.put(name, value);
            }
        }
    }

    /// {@return whether an argument is a mask, or a list of masks}
    boolean areMasks(JsonNode argument) {
        if (argument.isArray() && !argument.isEmpty() && !argument.path(0).isString()) {
            return argument.valueStream().allMatch(element -> element.isNull() || areMasks(element));
        }
        JsonNode history = argument.path("config").path("keras_history");
        Value value = Calls.value(history.isMissingNode() ? argument : history);
        return value != null && KNOWN.contains(classes.getOrDefault(value.layer(), ""));
    }

    /// Throws if a mask was not made by a layer: it would have an effect in Keras that no layer has here.
    ///
    /// @param makesMasks whether a layer that makes masks is applied to a value
    void requireFromLayers(Predicate<Value> makesMasks) throws ModelFormatException {
        for (Map.Entry<String, Value> comparison : compared.entrySet()) {
            if (!makesMasks.test(comparison.getValue())) {
                requireNone(comparison.getKey());
            }
        }
    }

    /// Throws if a name is that of an operation.
    void requireNone(String name) throws ModelFormatException {
        String className = classes.get(name);
        if (className != null) {
            throw new ModelFormatException(where + ": layer " + quote(name) + " (" + className + ")",
                    "is an operation of keras.ops and no layer; use the layer that does the same, such as keras.layers."
                            + (className.equals("NotEqual") ? "Masking" : className) + ", and save the model again");
        }
    }
}
