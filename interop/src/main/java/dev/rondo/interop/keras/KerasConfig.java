package dev.rondo.interop.keras;

import dev.rondo.io.Json;
import dev.rondo.io.LayerJson;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.attention.AdditiveAttention;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Dot;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.tape.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Architectures as Keras 3 writes them into `config.json`.
final class KerasConfig {
    private static final String CONFIG = "config";
    private static final String NAME = "name";

    private KerasConfig() {}

    /// A stack.
    static ObjectNode of(Sequential model) {
        ObjectNode json = object("keras", "Sequential");
        ArrayNode layers = object(json).put(NAME, "sequential").put("trainable", true).putArray("layers");
        layers.add(input("input", model.input()));
        for (int i = 0; i < model.layers().size(); i++) {
            layers.add(layer(model.names().get(i), model.layers().get(i), model.modules().get(i)));
        }
        return json;
    }

    /// A graph.
    static ObjectNode of(String name, Graph model) {
        ObjectNode json = object("keras.src.models.functional", "Functional").put("registered_name", "Functional");
        ObjectNode config = object(json).put(NAME, name).put("trainable", true);
        new Calls(model).write(config);
        return json;
    }

    private static ObjectNode object(String module, String className) {
        ObjectNode json = Json.mapper().createObjectNode().put("module", module).put("class_name", className);
        json.putObject(CONFIG);
        return json.putNull("registered_name");
    }

    private static ObjectNode object(ObjectNode json) {
        return (ObjectNode) json.path(CONFIG);
    }

    private static ObjectNode input(String name, Signature signature) {
        ObjectNode json = object("keras.layers", "InputLayer");
        object(json).put(NAME, name).put("dtype", dtype(signature)).set("batch_shape", shape(signature));
        return json;
    }

    private static String dtype(Signature signature) {
        return signature.kind() == Signature.Kind.TOKENS ? "int32" : "float32";
    }

    private static ArrayNode shape(Signature signature) {
        ArrayNode shape = Json.mapper().createArrayNode().addNull();
        if (signature.isSequence()) {
            if (signature.hasSteps()) {
                shape.add(signature.steps());
            } else {
                shape.addNull();
            }
        }
        return signature.kind() == Signature.Kind.TOKENS ? shape : shape.add(signature.features());
    }

    private static ObjectNode layer(String name, Layer layer, Module module) {
        if (module instanceof Graph graph) {
            return of(name, graph);
        }
        ObjectNode json = named(name, layer);
        List<Parameter> parameters = module.parameters();
        if (!parameters.isEmpty() && parameters.stream().allMatch(Parameter::isFrozen)) {
            object(json).put("trainable", false);
        }
        return json;
    }

    /// A layer as Keras writes it, alone or within another.
    private static ObjectNode named(String name, Layer layer) {
        ObjectNode written = LayerJson.write(layer);
        ObjectNode json = object("keras.layers", written.path("class_name").stringValue());
        ObjectNode config = object(json).put(NAME, name);
        written.path(CONFIG).properties().forEach(option -> config.set(option.getKey(), option.getValue()));
        config.remove(List.of("stateful", "use_causal_mask", "mask_given_state"));
        refuse(name, config);
        switch (layer) {
            case Bidirectional both -> {
                config.set("layer", named("forward_" + both.layer().kind(), both.layer()));
                config.set("backward_layer", named("backward_" + both.backward().kind(),
                        both.backward().goBackwards()));
                if (both.mergeMode() == Bidirectional.MergeMode.NONE) {
                    config.putNull("merge_mode");
                }
            }
            case TimeDistributed each -> config.set("layer", named(each.layer().kind(), each.layer()));
            case StackedRnn stack -> {
                config.remove("cells");
                config.set("cell", cells(stack));
            }
            case Lstm lstm when lstm.projection() > 0 -> throw new IllegalArgumentException("layer \"" + name
                    + "\" (lstm) has a projection, which Keras's LSTM has not; train it without one to export it");
            default -> {}
        }
        return json;
    }

    private static void refuse(String name, ObjectNode config) {
        for (String key : List.of("activation", "recurrent_activation")) {
            if (config.path(key).asString("").equals("gelu_tanh")) {
                throw new IllegalArgumentException("layer \"" + name
                        + "\" has the activation gelu_tanh, which Keras has not by name; use gelu");
            }
        }
    }

    private static ObjectNode cells(StackedRnn stack) {
        ObjectNode json = object("keras.layers", "StackedRNNCells");
        ArrayNode cells = object(json).put(NAME, "stacked_rnn_cells").putArray("cells");
        List<String> names = KerasNames.cells(stack);
        for (int i = 0; i < names.size(); i++) {
            RecurrentLayer cell = stack.cells().get(i);
            if (cell instanceof StackedRnn) {
                throw new IllegalArgumentException("a stack of recurrent cells inside another cannot be exported to "
                        + "Keras; put its cells into the outer one");
            }
            ObjectNode written = named(names.get(i), cell);
            object(written).remove(List.of("return_sequences", "return_state", "go_backwards", "zero_output_for_mask"));
            cells.add(written.put("class_name", written.path("class_name").stringValue() + "Cell"));
        }
        return json;
    }

    /// The layers of a graph and what they are applied to.
    private static final class Calls {
        private final Graph model;
        private final Plan plan;
        private final int inputs;
        private final Set<Integer> used;
        /// For each call, the how-manieth of its layer it is.
        private final int[] nodes;

        Calls(Graph model) {
            this.model = model;
            plan = model.plan();
            inputs = plan.inputs().size();
            used = KerasOrder.usedCalls(plan);
            nodes = new int[plan.calls().size()];
            Map<Integer, Integer> counted = new HashMap<>();
            for (int call = 0; call < nodes.length; call++) {
                if (used.contains(call)) {
                    nodes[call] = counted.merge(plan.calls().get(call).layer(), 1, Integer::sum) - 1;
                }
            }
            requireDistinct();
        }

        /// Inputs and layers share their names in Keras.
        private void requireDistinct() {
            List<String> names = plan.layers().stream().map(Plan.Named::name).toList();
            for (Plan.Input input : plan.inputs()) {
                if (names.contains(input.name())) {
                    throw new IllegalArgumentException("an input and a layer are both called \"" + input.name()
                            + "\", which Keras does not allow; rename one");
                }
            }
        }

        void write(ObjectNode config) {
            ArrayNode layers = config.putArray("layers");
            for (int operation : KerasOrder.of(plan)) {
                layers.add(operation < 0 ? input(plan.inputs().get(operation + inputs)) : layer(operation));
            }
            ArrayNode in = config.putArray("input_layers");
            for (int i = 0; i < inputs; i++) {
                in.add(history(new Plan.Port(i, 0), 0));
            }
            ArrayNode out = config.putArray("output_layers");
            for (Plan.Port port : plan.outputs()) {
                // In this place alone Keras counts the calls of a model inside from 1.
                boolean nested = port.value() >= inputs
                        && plan.layers().get(plan.calls().get(port.value() - inputs).layer()).layer() instanceof Plan;
                out.add(history(port, nested ? 1 : 0));
            }
        }

        private static ObjectNode input(Plan.Input input) {
            ObjectNode json = KerasConfig.input(input.name(), input.signature()).put(NAME, input.name());
            json.putArray("inbound_nodes");
            return json;
        }

        private ObjectNode layer(int number) {
            Plan.Named named = plan.layers().get(number);
            List<ObjectNode> applied = new ArrayList<>();
            Module module = null;
            for (int call = 0; call < nodes.length; call++) {
                if (plan.calls().get(call).layer() == number && used.contains(call)) {
                    module = module == null ? model.modules().get(call) : module;
                    applied.add(node(named.layer(), plan.calls().get(call).inputs()));
                }
            }
            ObjectNode json = KerasConfig
                    .layer(name(named), named.layer(), Objects.requireNonNull(module))
                    .put(NAME, name(named));
            json.putArray("inbound_nodes").addAll(applied);
            return json;
        }

        /// The operations that Keras adds to join masks are called `concatenate` too, and names must differ.
        private static String name(Plan.Named named) {
            return named.layer() instanceof Concatenate && named.name().matches("concatenate(_\\d+)?")
                    ? named.name() + "_layer" : named.name();
        }

        private ObjectNode node(Layer layer, List<Plan.Port> ports) {
            ObjectNode node = Json.mapper().createObjectNode();
            ArrayNode args = node.putArray("args");
            ObjectNode kwargs = node.putObject("kwargs");
            switch (layer) {
                case Merge _,Concatenate _,Dot _,Attention _,AdditiveAttention _ -> add(ports, args.addArray());
                case MultiHeadAttention _ -> add(ports, args);
                case Plan _ when ports.size() > 1 -> add(ports, args.addArray());
                default -> {
                    args.add(tensor(ports.getFirst()));
                    if (ports.size() > 1) {
                        add(ports.subList(1, ports.size()), kwargs.putArray("initial_state"));
                    }
                }
            }
            if (causal(layer)) {
                kwargs.put("use_causal_mask", true);
            }
            return node;
        }

        private static boolean causal(Layer layer) {
            return switch (layer) {
                case Attention attention -> attention.causal();
                case AdditiveAttention attention -> attention.causal();
                case MultiHeadAttention attention -> attention.causal();
                default -> false;
            };
        }

        private void add(List<Plan.Port> ports, ArrayNode to) {
            ports.forEach(port -> to.add(tensor(port)));
        }

        private ObjectNode tensor(Plan.Port port) {
            Signature signature = port.value() < inputs ? plan.inputs().get(port.value()).signature()
                    : model.modules().get(port.value() - inputs).outputs().get(port.output());
            ObjectNode json = Json.mapper().createObjectNode().put("class_name", "__keras_tensor__");
            ObjectNode config = json.putObject(CONFIG).put("dtype", dtype(signature));
            config.set("shape", shape(signature));
            config.set("keras_history", history(port, 0));
            return json;
        }

        /// @param first the number of a layer's first call
        private ArrayNode history(Plan.Port port, int first) {
            boolean input = port.value() < inputs;
            int call = port.value() - inputs;
            String name = input ? plan.inputs().get(port.value()).name()
                    : name(plan.layers().get(plan.calls().get(call).layer()));
            return Json.mapper().createArrayNode().add(name).add(input ? 0 : first + nodes[call]).add(port.output());
        }
    }
}
