package dev.rondo.cli;

import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Module;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the commands show of a model, a stack or a graph.
///
/// @param inputs what it is fed
/// @param outputs what it gives
/// @param layers its layers, or a graph's calls of them
/// @param summary all of it as a table
record ModelView(List<Signature> inputs, List<Signature> outputs, List<LayerView> layers, String summary) {
    /// A layer with its weights.
    record LayerView(String name, String kind, Module module) {}

    static ModelView of(Model model) {
        List<LayerView> layers = new ArrayList<>();
        switch (model) {
            case Sequential stack -> {
                for (int i = 0; i < stack.layers().size(); i++) {
                    layers.add(
                            new LayerView(stack.names().get(i), stack.layers().get(i).kind(), stack.modules().get(i)));
                }
                return new ModelView(List.of(stack.input()), List.of(stack.output()), layers, stack.summary());
            }
            case Graph graph -> {
                for (int c = 0; c < graph.modules().size(); c++) {
                    Plan.Named layer = graph.plan().layers().get(graph.plan().calls().get(c).layer());
                    layers.add(new LayerView(layer.name(), layer.layer().kind(), graph.modules().get(c)));
                }
                return new ModelView(graph.inputs(), graph.outputs(), layers, graph.summary());
            }
            default -> throw new IllegalArgumentException("a model file holds a Sequential or a Graph");
        }
    }

    private long parameters() {
        return layers.stream().flatMap(layer -> layer.module().parameters().stream()).distinct()
                .mapToLong(Parameter::size).sum();
    }

    /// Adds inputs, outputs, parameters and layers; one input or output is a text, several are a list.
    ObjectNode put(ObjectNode node) {
        put(node, "input", inputs);
        put(node, "output", outputs);
        node.put("parameters", parameters());
        ArrayNode list = node.putArray("layers");
        for (LayerView layer : layers) {
            List<Parameter> parameters = layer.module().parameters();
            ObjectNode weights = list.addObject().put("name", layer.name()).put("kind", layer.kind())
                    .put("output", layer.module().output().toString())
                    .put("parameters", parameters.stream().mapToLong(Parameter::size).sum()).putObject("weights");
            for (Parameter weight : parameters) {
                ArrayNode shape = weights.putArray(weight.name());
                IntStream.of(weight.shape()).forEach(shape::add);
            }
        }
        return node;
    }

    private static void put(ObjectNode node, String key, List<Signature> values) {
        if (values.size() == 1) {
            node.put(key, values.getFirst().toString());
        } else {
            ArrayNode list = node.putArray(key);
            values.forEach(value -> list.add(value.toString()));
        }
    }
}
