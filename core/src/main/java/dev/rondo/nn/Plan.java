package dev.rondo.nn;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The architecture of a [Graph] without its weights: inputs, named layers, and which layer is applied to what. As a layer itself,
/// a plan is a model nested in another.
///
/// Values are numbered: the inputs first, then the calls, each in order. A call uses values before it only, so there is no circle.
///
/// @param inputs what the model is fed, in order
/// @param layers the layers; one that several calls apply shares its weights between them
/// @param calls the applications of layers, in an order in which they can be computed
/// @param outputs what the model gives, in order
public record Plan(List<Input> inputs, List<Named> layers, List<Call> calls, List<Port> outputs) implements MultiLayer {
    /// An input.
    ///
    /// @param name its name, such as `tokens`
    /// @param signature what it is fed
    public record Input(String name, Signature signature) {}

    /// A layer with the name that its parameters begin with.
    public record Named(String name, Layer layer) {}

    /// An application of a layer.
    ///
    /// @param layer the number of the layer
    /// @param inputs what it is applied to
    public record Call(int layer, List<Port> inputs) {
        /// Copies the inputs.
        public Call {
            inputs = List.copyOf(inputs);
        }
    }

    /// One output of an input or a call.
    ///
    /// @param value the number of the input, or the number of inputs plus the number of the call
    /// @param output which of a call's outputs; 0 for an input
    public record Port(int value, int output) {}

    /// @throws IllegalArgumentException if a name is empty, has a slash or is used twice, or a number points to nothing or ahead
    public Plan {
        inputs = List.copyOf(inputs);
        layers = List.copyOf(layers);
        calls = List.copyOf(calls);
        outputs = List.copyOf(outputs);
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw new IllegalArgumentException("a model needs at least one input and one output");
        }
        Set<String> names = new HashSet<>();
        inputs.forEach(input -> checkName("input", input.name(), names));
        names.clear();
        layers.forEach(layer -> checkName("layer", layer.name(), names));
        int known = inputs.size();
        boolean[] used = new boolean[layers.size()];
        for (Call call : calls) {
            if (call.layer() < 0 || call.layer() >= layers.size()) {
                throw new IllegalArgumentException("call " + (known - inputs.size()) + " applies layer " + call.layer()
                        + ", but there are " + layers.size());
            }
            used[call.layer()] = true;
            String who = "layer \"" + layers.get(call.layer()).name() + "\"";
            if (call.inputs().isEmpty()) {
                throw new IllegalArgumentException(who + " is applied to nothing; give it an input");
            }
            for (Port port : call.inputs()) {
                checkPort(who, port, known, inputs.size());
            }
            known++;
        }
        for (Port port : outputs) {
            checkPort("an output", port, known, inputs.size());
        }
        for (int i = 0; i < used.length; i++) {
            if (!used[i]) {
                throw new IllegalArgumentException(
                        "layer \"" + layers.get(i).name() + "\" is never applied; remove it");
            }
        }
    }

    private static void checkName(String what, String name, Set<String> names) {
        if (name.isBlank() || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    what + " name \"" + name + "\" cannot be used; a name is not empty and has no slash");
        }
        if (!names.add(name)) {
            throw new IllegalArgumentException(
                    "two " + what + "s are called \"" + name + "\"; give each a name of its own"
                            + (what.equals("layer") ? ", or share one layer" : ""));
        }
    }

    private static void checkPort(String who, Port port, int known, int inputs) {
        if (port.value() < 0 || port.value() >= known || port.output() < 0
                || port.value() < inputs && port.output() > 0) {
            throw new IllegalArgumentException(who + " uses output " + port.output() + " of value " + port.value()
                    + ", which is not there: only inputs and calls before can be used");
        }
    }

    @Override
    public String kind() {
        return "model";
    }

    @Override
    public boolean isStepwise() {
        return layers.stream().allMatch(named -> named.layer().isStepwise());
    }

    /// Builds the model as a part of another.
    ///
    /// @throws IllegalArgumentException if there are not as many inputs, or one is of another kind or has other features
    @Override
    public Graph build(String name, List<Signature> inputs, WeightSource weights) {
        return Graph.nested(this, name, inputs, weights);
    }
}
