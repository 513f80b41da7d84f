package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.keras.ModelConfig.Architecture;
import dev.rondo.io.ModelFormatException;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Signature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a functional model: which layer is applied to which values, in which order.
///
/// Keras lists layers by depth, each with all its applications (nodes); values are named by layer, node and output. Here the
/// applications are put in an order in which they can be computed.
final class Calls {
    private static final String CAUSAL = "use_causal_mask";
    private static final String MASK_GIVEN_STATE = "mask_given_state";

    private final ModelConfig models;
    private final String where;
    private final Map<String, Node> inputs = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final MaskOperations masks;
    private final boolean top;
    /// The layer that makes ids of the only input, and that input.
    private final Map<Value, Value> ids = new HashMap<>();
    /// Models inside, whose calls Keras 3 counts from 1 in `output_layers` and from 0 everywhere else.
    private final Set<String> fromOne = new HashSet<>();

    /// An input layer.
    private record Node(String name, JsonNode shape) {}

    /// An output of a layer's application.
    record Value(String layer, int node, int output) {}

    /// An application whose inputs may not be there yet.
    private record Pending(String layer, int node, List<Value> inputs) {}

    /// @param top whether this is the whole model and not one inside
    Calls(ModelConfig models, String where, boolean top) {
        this.models = models;
        this.where = where;
        this.top = top;
        masks = new MaskOperations(where);
    }

    Architecture read(String name, JsonNode config) throws IOException {
        List<Pending> pending = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<JsonNode> nodes = ModelConfig.layers(config, where);
        for (JsonNode node : nodes) { // a layer may stand before the operations that it is called with
            String className = LayerConfig.className(node, where);
            if (LayerConfig.isOperation(node)) {
                masks.add(ModelConfig.name(node, className), className, node);
            }
        }
        for (JsonNode node : nodes) {
            String className = LayerConfig.className(node, where);
            String layer = ModelConfig.name(node, className);
            if (inputs.containsKey(layer) || numbers.containsKey(layer)) {
                throw new ModelFormatException(where,
                        "two layers are called " + quote(layer) + "; save the model again");
            }
            if (className.equals("InputLayer")) {
                inputs.put(layer, new Node(layer, ModelConfig.shape(node.path("config"))));
                continue;
            }
            if (LayerConfig.isOperation(node)) {
                continue;
            }
            if (TextInput.isOf(className) && makesInput(node, layer, className, nodes)) {
                continue;
            }
            numbers.put(layer, parts.size());
            String place = where + ": layer " + quote(layer) + " (" + className + ")";
            parts.add(models.part(withCallOptions(node, place), where, names));
            int number = 0;
            if (className.equals("Functional") && node.path("inbound_nodes").path(0).isObject()) {
                fromOne.add(layer);
            }
            for (JsonNode applied : node.path("inbound_nodes")) {
                pending.add(new Pending(layer, number++, new Arguments(place, masks).values(applied)));
            }
        }
        for (Pending call : pending) {
            for (Value value : call.inputs()) {
                masks.requireNone(value.layer());
            }
        }
        masks.requireFromLayers(value -> pending.stream().anyMatch(call -> call.inputs().contains(value)
                && switch (parts.get(number(call.layer())).layer()) {
                    case Embedding embedding -> embedding.masksZero();
                    case Masking _ -> true;
                    default -> false;
                }));
        takeIds(pending);
        return order(name, config, pending);
    }

    /// Reads a layer that makes ids of the only input, whose place the ids take.
    ///
    /// @return whether it is such a layer
    private boolean makesInput(JsonNode node, String layer, String className, List<JsonNode> nodes) throws IOException {
        long given = nodes.stream().filter(n -> n.path("class_name").asString("").equals("InputLayer")).count();
        if (!top || given != 1 || !ids.isEmpty() || node.path("inbound_nodes").size() != 1) {
            return false;
        }
        String place = where + ": layer " + quote(layer) + " (" + className + ")";
        List<Value> of = new Arguments(place, masks).values(node.path("inbound_nodes").path(0));
        Node input = of.size() == 1 ? inputs.get(of.getFirst().layer()) : null;
        if (input == null) {
            return false;
        }
        inputs.put(input.name(), new Node(input.name(),
                ModelConfig.idsOf(models.readText(node, className, where), className, input.shape())));
        ids.put(new Value(layer, 0, 0), of.getFirst());
        return true;
    }

    private void takeIds(List<Pending> calls) throws ModelFormatException {
        for (Pending call : calls) {
            requireOther(call);
        }
        calls.replaceAll(call -> new Pending(call.layer(), call.node(),
                call.inputs().stream().map(value -> ids.getOrDefault(value, value)).toList()));
    }

    private void requireOther(Pending call) throws ModelFormatException {
        if (call.inputs().stream().anyMatch(ids::containsValue)) {
            throw new ModelFormatException(where, "layer " + quote(call.layer()) + " takes the input from which "
                    + quote(ids.keySet().iterator().next().layer()) + " makes ids, and Rondo's model takes the ids "
                    + "alone; save the model from its Embedding on");
        }
    }

    /// What attention layers are told when they are called is an option of the layer here.
    ///
    /// Recurrent layers of Keras 3 that are given a state look at no mask, unless it is an argument too; those of Keras 2 do.
    private JsonNode withCallOptions(JsonNode node, String place) throws ModelFormatException {
        Set<Boolean> ways = new HashSet<>();
        Set<Boolean> masked = new HashSet<>();
        for (JsonNode applied : node.path("inbound_nodes")) {
            JsonNode named = applied.path("kwargs");
            ways.add(named.path(CAUSAL).asBoolean(false) || applied.path(0).path(3).path(CAUSAL).asBoolean(false));
            if (named.path("initial_state").isContainer() || applied.path("args").size() > 1) {
                masked.add(named.path("mask").isContainer());
            }
        }
        boolean causal = ways.contains(true);
        boolean maskless = masked.contains(false);
        if (ways.size() > 1 || masked.size() > 1 && LayerConfig.isRecurrent(node)) {
            throw new ModelFormatException(place, "is applied twice, " + (ways.size() > 1 ? "with and without " + CAUSAL
                    : "with a state and a mask, and with a state alone")
                    + ", which is one option of the layer in Rondo; give each its own layer and save the model again");
        }
        if (!causal && !maskless || !(node.deepCopy() instanceof ObjectNode copy)
                || !(copy.path("config") instanceof ObjectNode config)) {
            return node;
        }
        if (causal) {
            config.put(CAUSAL, true);
        }
        if (maskless && LayerConfig.isRecurrent(node)) {
            config.put(MASK_GIVEN_STATE, false);
            for (String inner : List.of("layer", "backward_layer")) {
                if (config.path(inner).path("config") instanceof ObjectNode options) {
                    options.put(MASK_GIVEN_STATE, false);
                    config.remove(MASK_GIVEN_STATE);
                }
            }
        }
        return copy;
    }

    private Architecture order(String name, JsonNode config, List<Pending> pending) throws ModelFormatException {
        List<Value> given = values(config.path("input_layers"), "input_layers");
        Map<Value, Plan.Port> known = new HashMap<>();
        List<Plan.Input> planInputs = new ArrayList<>();
        for (Value value : given) {
            Node input = inputs.get(value.layer());
            if (input == null) {
                throw new ModelFormatException(where, "'input_layers' names " + quote(value.layer())
                        + ", which is no InputLayer; save the model again");
            }
            known.put(new Value(input.name(), 0, 0), new Plan.Port(planInputs.size(), 0));
            planInputs.add(new Plan.Input(input.name().replace('/', '_'), signature(input, pending)));
        }
        List<Plan.Call> calls = new ArrayList<>();
        Map<String, Map<Integer, Integer>> called = new HashMap<>();
        List<Pending> left = new ArrayList<>(pending);
        boolean moved = true;
        while (!left.isEmpty() && moved) {
            moved = false;
            List<Pending> waiting = new ArrayList<>();
            for (Pending call : left) {
                List<Plan.Port> ports = ports(call.inputs(), known, called, given.size());
                if (ports == null) {
                    waiting.add(call);
                    continue;
                }
                called.computeIfAbsent(call.layer(), _ -> new HashMap<>()).put(call.node(), calls.size());
                calls.add(new Plan.Call(number(call.layer()), ports));
                moved = true;
            }
            left = waiting;
        }
        List<Value> outputs = values(config.path("output_layers"), "output_layers").stream()
                .map(value -> fromOne.contains(value.layer())
                        ? new Value(value.layer(), value.node() - 1, value.output()) : value)
                .toList();
        for (Value value : outputs) {
            masks.requireNone(value.layer());
        }
        List<Plan.Port> ends = ports(outputs, known, called, given.size());
        if (!left.isEmpty() || ends == null) {
            throw new ModelFormatException(where, (left.isEmpty() ? "an output" : "layer " + quote(left.getFirst()
                    .layer())) + " uses a value that no layer gives; save the model again with Keras");
        }
        List<Plan.Named> named = parts.stream().map(part -> new Plan.Named(part.weightName(), part.layer())).toList();
        return new Architecture("Functional", name, ModelConfig.plan(planInputs, named, calls, ends, where), parts);
    }

    private int number(String layer) {
        Integer number = numbers.get(layer);
        return number == null ? -1 : number;
    }

    /// The ports of values, null if one is not there yet.
    private static @Nullable List<Plan.Port> ports(List<Value> values, Map<Value, Plan.Port> inputs,
            Map<String, Map<Integer, Integer>> called, int before) {
        List<Plan.Port> ports = new ArrayList<>();
        for (Value value : values) {
            Plan.Port input = inputs.get(value);
            Integer call = called.getOrDefault(value.layer(), Map.of()).get(value.node());
            if (input == null && call == null) {
                return null;
            }
            ports.add(input != null ? input : new Plan.Port(before + call, value.output()));
        }
        return ports;
    }

    /// What an input is: token ids if an embedding takes it, or if nothing takes it and only ids have that shape.
    private Signature signature(Node input, List<Pending> calls) throws ModelFormatException {
        boolean tokens = input.shape().size() == 2 && input.shape().path(1).isNull()
                && calls.stream().flatMap(call -> call.inputs().stream())
                        .noneMatch(v -> v.layer().equals(input.name()));
        for (Pending call : calls) {
            for (int i = 0; i < call.inputs().size(); i++) {
                if (call.inputs().get(i).layer().equals(input.name())) {
                    tokens |= ModelConfig.takesTokens(parts.get(number(call.layer())).layer(), i);
                }
            }
        }
        return ModelConfig.signature(input.shape(), tokens, where + ": input " + quote(input.name()));
    }

    /// Values as Keras lists them: `["lstm", 0, 0]`, a list of such, or an object of such.
    private List<Value> values(JsonNode node, String key) throws ModelFormatException {
        List<Value> values = new ArrayList<>();
        collect(node, values);
        if (values.isEmpty()) {
            throw new ModelFormatException(where, "'" + key + "' names no layer; save the model again with Keras");
        }
        return values;
    }

    private static void collect(JsonNode node, List<Value> values) {
        Value value = value(node);
        if (value != null) {
            values.add(value);
        } else if (node.isContainer()) {
            node.valueStream().forEach(child -> collect(child, values));
        }
    }

    static @Nullable Value value(JsonNode node) {
        if (node instanceof ArrayNode list && list.size() >= 3 && list.path(0).isString() && list.path(1).isInt()
                && list.path(2).isInt()) {
            return new Value(list.path(0).stringValue(), list.path(1).intValue(), list.path(2).intValue());
        }
        return null;
    }
}
