package dev.rondo.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts a [Graph] together, layer by layer; each is checked against its inputs at once. For one thread.
public final class GraphBuilder {
    private final Assembly assembly;
    private final List<Plan.Input> inputs = new ArrayList<>();
    /// For each input, its number among all values in the order in which they were added.
    private final List<Integer> inputValues = new ArrayList<>();
    private final List<Plan.Named> layers = new ArrayList<>();
    /// The calls, with inputs and calls numbered in the order in which they were added.
    private final List<Plan.Call> calls = new ArrayList<>();
    private final Map<String, Integer> used = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /// A value of a graph that is being put together: an input, or an output of a layer.
    public static final class Node {
        private final GraphBuilder owner;
        private final Plan.Port port;
        private final Signature signature;

        private Node(GraphBuilder owner, Plan.Port port, Signature signature) {
            this.owner = owner;
            this.port = port;
            this.signature = signature;
        }

        /// What this value is.
        public Signature signature() {
            return signature;
        }

        @Override
        public String toString() {
            return signature.toString();
        }
    }

    /// A layer that may be applied several times, with the same weights.
    public static final class Shared {
        private final GraphBuilder owner;
        private final int number;

        private Shared(GraphBuilder owner, int number) {
            this.owner = owner;
            this.number = number;
        }

        /// Applies the layer and gives its first output.
        ///
        /// @throws IllegalArgumentException if the layer cannot take those inputs
        public Node on(Node... inputs) {
            return owner.call(number, List.of(inputs)).getFirst();
        }

        /// Applies the layer and gives all its outputs.
        ///
        /// @throws IllegalArgumentException if the layer cannot take those inputs
        public List<Node> allOn(Node... inputs) {
            return owner.call(number, List.of(inputs));
        }
    }

    GraphBuilder(WeightSource weights) {
        assembly = new Assembly("", weights);
    }

    /// Adds an input.
    ///
    /// @param name a name that no other input has
    /// @param signature what it will be fed
    public Node input(String name, Signature signature) {
        Node node = new Node(this, new Plan.Port(inputs.size() + calls.size(), 0), signature);
        if (inputs.stream().anyMatch(input -> input.name().equals(name))) {
            throw new IllegalArgumentException("two inputs are called \"" + name + "\"; give each a name of its own");
        }
        inputs.add(new Plan.Input(name, signature));
        inputValues.add(node.port.value());
        assembly.input(signature);
        return node;
    }

    /// Adds a layer, not yet applied.
    ///
    /// @param name a name that no other layer has; its weights' names begin with it
    public Shared layer(String name, Layer layer) {
        if (!names.add(name)) {
            throw new IllegalArgumentException(
                    "two layers are called \"" + name + "\"; give each a name of its own, or share one layer");
        }
        layers.add(new Plan.Named(name, layer));
        return new Shared(this, layers.size() - 1);
    }

    /// Adds a layer, not yet applied, named after its kind: `lstm`, `lstm_1` and so on.
    public Shared layer(Layer layer) {
        String name;
        do {
            int number = used.merge(layer.kind(), 1, Integer::sum) - 1;
            name = number == 0 ? layer.kind() : layer.kind() + "_" + number;
        } while (names.contains(name));
        return layer(name, layer);
    }

    /// Adds a layer, applies it once and gives its first output.
    ///
    /// @throws IllegalArgumentException if the layer cannot take those inputs
    public Node add(Layer layer, Node... inputs) {
        return layer(layer).on(inputs);
    }

    /// Adds a layer, applies it once and gives all its outputs, such as those of a recurrent layer that returns its state.
    ///
    /// @throws IllegalArgumentException if the layer cannot take those inputs
    public List<Node> addAll(Layer layer, Node... inputs) {
        return layer(layer).allOn(inputs);
    }

    private List<Node> call(int layer, List<Node> on) {
        if (on.isEmpty()) {
            throw new IllegalArgumentException(
                    "layer \"" + layers.get(layer).name() + "\" is applied to nothing; give it an input");
        }
        on.forEach(this::checkOwn);
        List<Plan.Port> ports = on.stream().map(node -> node.port).toList();
        int value = inputs.size() + calls.size();
        List<Signature> outputs = assembly.call(layers.get(layer), layer, ports).outputs();
        calls.add(new Plan.Call(layer, ports));
        List<Node> nodes = new ArrayList<>();
        for (int o = 0; o < outputs.size(); o++) {
            nodes.add(new Node(this, new Plan.Port(value, o), outputs.get(o)));
        }
        return List.copyOf(nodes);
    }

    private void checkOwn(Node node) {
        if (node.owner != this) {
            throw new IllegalArgumentException("the value " + node + " belongs to another graph");
        }
    }

    /// The graph with those outputs.
    ///
    /// @param outputs at least one
    /// @throws IllegalArgumentException if there is no input or output, or a layer was added and never applied
    public Graph build(Node... outputs) {
        for (Node node : outputs) {
            checkOwn(node);
        }
        List<Plan.Call> ordered = calls.stream().map(call -> new Plan.Call(call.layer(), renumber(call.inputs())))
                .toList();
        Plan plan = new Plan(inputs, layers, ordered,
                renumber(Arrays.stream(outputs).map(node -> node.port).toList()));
        return new Graph(plan, assembly.modules());
    }

    /// Ports as a plan numbers them, where all inputs come first.
    private List<Plan.Port> renumber(List<Plan.Port> ports) {
        return ports.stream().map(port -> {
            int input = inputValues.indexOf(port.value());
            if (input >= 0) {
                return new Plan.Port(input, 0);
            }
            long inputsBefore = inputValues.stream().filter(value -> value < port.value()).count();
            return new Plan.Port(port.value() - (int) inputsBefore + inputs.size(), port.output());
        }).toList();
    }
}
