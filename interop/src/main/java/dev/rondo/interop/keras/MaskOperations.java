package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.keras.Calls.Value;
import dev.rondo.io.ModelFormatException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The operations by which Keras computes masks, which it lists among the layers: which ids are not 0, and what merging layers make of
/// it. Rondo's layers pass masks on by themselves, by the same rules; any other use of an operation is refused.
final class MaskOperations {
    private static final Set<String> KNOWN = Set.of("NotEqual", "Any", "LogicalOr", "LogicalAnd", "ExpandDims",
            "ZerosLike",
            "OnesLike", "Concatenate", "Cast");

    private final String where;
    private final Map<String, String> classes = new HashMap<>();

    MaskOperations(String where) {
        this.where = where;
    }

    void add(String name, String className, JsonNode node) throws ModelFormatException {
        classes.put(name, className);
        if (className.equals("NotEqual")) {
            JsonNode compared = node.path("inbound_nodes").path(0).path("args").path(1);
            if (!compared.isNumber()) {
                requireNone(name);
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
