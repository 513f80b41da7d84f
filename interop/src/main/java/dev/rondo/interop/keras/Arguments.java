package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.keras.Calls.Value;
import dev.rondo.io.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The arguments of one application, as Keras 2 or Keras 3 writes them.
record Arguments(String place, MaskOperations masks) {
    private static final String CAUSAL = "use_causal_mask";

    /// What may be given and says nothing of the outputs in inference.
    private static final Set<String> IGNORED = Set.of("training", "mask");

    /// The order of arguments that may be given by name.
    private static final List<String> NAMED = List.of("inputs", "sequences", "sequence", "x", "query", "value",
            "key",
            "initial_state");

    List<Value> values(JsonNode applied) throws ModelFormatException {
        List<Value> values = new ArrayList<>();
        if (applied.isObject()) {
            for (JsonNode argument : applied.path("args")) {
                add(argument, values, "an argument");
            }
            named(applied.path("kwargs"), values);
            return values;
        }
        for (JsonNode input : Calls.value(applied) == null ? applied : List.of(applied)) {
            Value value = Calls.value(input);
            if (value == null) {
                throw new ModelFormatException(place, "is applied to " + quote(input.toString())
                        + "; expected values of other layers");
            }
            values.add(value);
            named(input.path(3), values);
        }
        return values;
    }

    private void named(JsonNode arguments, List<Value> values) throws ModelFormatException {
        for (String name : NAMED) {
            if (arguments.has(name)) {
                add(arguments.path(name), values, "'" + name + "'");
            }
        }
        for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
            JsonNode value = argument.getValue();
            if (argument.getKey().endsWith("mask") && masks.areMasks(value)) {
                continue;
            }
            boolean says = !value.isNull() && !(value.isBoolean() && !value.booleanValue())
                    && !(value.isArray() && value.valueStream().allMatch(JsonNode::isNull));
            if (says && !NAMED.contains(argument.getKey()) && !argument.getKey().equals(CAUSAL)) {
                throw new ModelFormatException(place, "is called with '" + argument.getKey() + "' = "
                        + quote(value.toString()) + (IGNORED.contains(argument.getKey())
                                ? "; Rondo knows no other than the default: leave it out and save the model again"
                                : ", which Rondo has not; leave it out and save the model again"));
            }
        }
    }

    private void add(JsonNode argument, List<Value> values, String what) throws ModelFormatException {
        if (argument.isNull()) {
            return;
        }
        JsonNode history = argument.path("config").path("keras_history");
        Value value = Calls.value(history.isMissingNode() ? argument : history);
        if (value != null) {
            values.add(value);
        } else if (argument.isArray()) {
            for (JsonNode element : argument) {
                add(element, values, what);
            }
        } else {
            throw new ModelFormatException(place, "is applied to " + what + " " + quote(argument.toString())
                    + ", a constant; Rondo's layers take values of other layers: use a layer such as Rescaling");
        }
    }
}
