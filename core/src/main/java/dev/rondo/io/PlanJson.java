package dev.rondo.io;

import dev.rondo.nn.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A [Plan] as JSON. Values are numbered, inputs first, then calls; `[2, 1]` is the second output of value 2:
///
/// ```json
/// {
///   "inputs": [{"name": "x", "kind": "sequence", "features": 3}],
///   "layers": [{"name": "lstm", "class_name": "LSTM", "config": {"units": 8, "return_state": true}},
///              {"name": "dense", "class_name": "Dense", "config": {"units": 1}}],
///   "calls": [{"layer": 0, "inputs": [[0, 0]]}, {"layer": 1, "inputs": [[1, 2]]}],
///   "outputs": [[2, 0]]
/// }
/// ```
public final class PlanJson {
    static final String[] OPTIONS = {"inputs", "layers", "calls", "outputs"};

    /// The most elements of each list.
    private static final int MOST = 1 << 16;

    private PlanJson() {}

    /// Writes an architecture.
    ///
    /// @throws IllegalArgumentException if a list is too long for a model file, or a layer is not of this library
    public static ObjectNode write(Plan plan) {
        ObjectNode json = Json.mapper().createObjectNode();
        put(plan, json);
        return json;
    }

    /// Reads an architecture. Whether the layers fit together shows when they are built.
    ///
    /// @param json the object
    /// @param where what to name in an error, such as `m.rondo: entry 'model.json'`
    /// @throws ModelFormatException if it is not an architecture; the message names the place
    public static Plan read(JsonNode json, String where) throws ModelFormatException {
        return read(Fields.of(json, where, OPTIONS));
    }

    static void put(Plan plan, ObjectNode json) {
        if (plan.layers().size() > SequentialJson.MOST_LAYERS || plan.calls().size() > MOST
                || plan.inputs().size() > MOST || plan.outputs().size() > MOST) {
            throw new IllegalArgumentException("the model has " + plan.layers().size() + " layers and "
                    + plan.calls().size() + " calls; a model file holds at most " + SequentialJson.MOST_LAYERS + " and "
                    + MOST);
        }
        ArrayNode inputs = json.putArray("inputs");
        for (Plan.Input input : plan.inputs()) {
            SignatureJson.put(input.signature(), inputs.addObject().put("name", input.name()));
        }
        ArrayNode layers = json.putArray("layers");
        for (Plan.Named named : plan.layers()) {
            layers.addObject().put("name", named.name()).setAll(LayerJson.write(named.layer()));
        }
        ArrayNode calls = json.putArray("calls");
        for (Plan.Call call : plan.calls()) {
            put(call.inputs(), calls.addObject().put("layer", call.layer()).putArray("inputs"));
        }
        put(plan.outputs(), json.putArray("outputs"));
    }

    private static void put(List<Plan.Port> ports, ArrayNode json) {
        ports.forEach(port -> json.addArray().add(port.value()).add(port.output()));
    }

    static Plan read(Fields fields) throws ModelFormatException {
        List<Plan.Input> inputs = new ArrayList<>();
        for (JsonNode json : list(fields, "inputs", MOST)) {
            Fields input = Fields.of(json, fields.where() + ": input " + (inputs.size() + 1), "name", "kind",
                    "features",
                    "steps");
            inputs.add(new Plan.Input(input.text("name"), SignatureJson.read(input)));
        }
        List<Plan.Named> layers = new ArrayList<>();
        for (JsonNode json : list(fields, "layers", SequentialJson.MOST_LAYERS)) {
            layers.add(layer(json, fields.where() + ": layer " + (layers.size() + 1)));
        }
        List<Plan.Call> calls = new ArrayList<>();
        for (JsonNode json : list(fields, "calls", MOST)) {
            Fields call = Fields.of(json, fields.where() + ": call " + (calls.size() + 1), "layer", "inputs");
            calls.add(new Plan.Call(call.integer("layer"), ports(call, "inputs")));
        }
        try {
            return new Plan(inputs, layers, calls, ports(fields, "outputs"));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(fields.where(), e.getMessage(), e);
        }
    }

    private static Plan.Named layer(JsonNode json, String where) throws ModelFormatException {
        Fields fields = Fields.of(json, where, "name", "class_name", "config");
        ObjectNode bare = Json.mapper().createObjectNode().put("class_name", fields.text("class_name"));
        if (fields.has("config")) {
            bare.set("config", fields.object("config"));
        }
        String name = fields.text("name");
        return new Plan.Named(name,
                LayerJson.read(bare, OptionalInt.empty(), where + " " + ModelFormatException.quote(name)));
    }

    private static List<Plan.Port> ports(Fields fields, String key) throws ModelFormatException {
        List<Plan.Port> ports = new ArrayList<>();
        for (JsonNode json : list(fields, key, MOST)) {
            if (!(json instanceof ArrayNode pair) || pair.size() != 2 || !pair.get(0).canConvertToInt()
                    || !pair.get(1).canConvertToInt() || !pair.get(0).isIntegralNumber()
                    || !pair.get(1).isIntegralNumber()) {
                throw fields.wrong(key, "has " + Fields.describe(json)
                        + "; expected pairs of whole numbers, a value and which of its outputs");
            }
            ports.add(new Plan.Port(pair.get(0).intValue(), pair.get(1).intValue()));
        }
        return ports;
    }

    private static List<JsonNode> list(Fields fields, String key, int most) throws ModelFormatException {
        List<JsonNode> list = fields.array(key);
        if (list.size() > most) {
            throw fields.wrong(key, "has " + list.size() + " elements; expected at most " + most);
        }
        return list;
    }
}
