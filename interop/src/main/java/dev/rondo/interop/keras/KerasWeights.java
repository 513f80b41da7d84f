package dev.rondo.interop.keras;

import dev.rondo.io.LayerJson;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Model;
import dev.rondo.nn.Module;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// The weights of a model as Keras keeps them: merged and shaped otherwise here and there, under Keras's names and places.
///
/// @param named for each weight its name in Keras, such as `lstm/lstm_cell/kernel`
/// @param placed for each weight its place in `model.weights.h5`, such as `layers/lstm/cell/vars/0`
record KerasWeights(SequencedMap<String, Tensor> named, SequencedMap<String, Tensor> placed) {
    /// The count that a normalization keeps, which says nothing.
    private static final String COUNT = "count";

    static KerasWeights of(Model model) {
        KerasWeights weights = new KerasWeights(new LinkedHashMap<>(), new LinkedHashMap<>());
        switch (model) {
            case Sequential stack -> {
                Map<String, Integer> used = new HashMap<>();
                for (int i = 0; i < stack.layers().size(); i++) {
                    weights.add(stack.names().get(i), "", stack.layers().get(i), stack.modules().get(i), "layers/",
                            used);
                }
            }
            case Graph graph -> weights.add("", graph, "layers/");
            default -> throw new IllegalArgumentException("a Sequential or a Graph can be exported, not a "
                    + model.getClass().getSimpleName() + "; put its layers into one of them");
        }
        return weights;
    }

    private void add(String prefix, Graph graph, String place) {
        Map<String, Integer> used = new HashMap<>();
        Plan plan = graph.plan();
        for (int number : KerasOrder.of(plan)) {
            if (number >= 0) {
                Plan.Named layer = plan.layers().get(number);
                int call = 0;
                while (plan.calls().get(call).layer() != number) {
                    call++;
                }
                add(layer.name(), prefix, layer.layer(), graph.modules().get(call), place, used);
            }
        }
    }

    private void add(String name, String prefix, Layer layer, Module module, String place, Map<String, Integer> used) {
        String className = layer instanceof Plan ? "Functional"
                : LayerJson.write(layer).path("class_name").stringValue();
        String kind = Part.snakeCase(className);
        int number = used.merge(kind, 1, Integer::sum) - 1;
        String group = place + kind + (number == 0 ? "" : "_" + number) + "/";
        if (module instanceof Graph nested) {
            add(prefix + name + "/", nested, group + "layers/");
            return;
        }
        List<Variable> variables = Variables.of(layer);
        List<String> names = KerasNames.of(prefix + name, layer);
        for (int i = 0; i < names.size(); i++) {
            Variable variable = variables.get(i);
            Tensor tensor = variable.weights().isEmpty() ? Tensor.of(new float[1])
                    : tensor(prefix + name + "/", variable, layer, module);
            placed.put(group + variable.path(), tensor);
            if (!variable.name().equals(COUNT)) {
                named.put(names.get(i), tensor);
            }
        }
    }

    private static Tensor tensor(String prefix, Variable variable, Layer layer, Module module) {
        List<Parameter> parameters = new ArrayList<>();
        for (String weight : variable.weights()) {
            parameters.add(module.parameters().stream().filter(each -> each.name().equals(prefix + weight)).findFirst()
                    .orElseThrow(() -> new IllegalStateException("no weight " + prefix + weight)));
        }
        Parameter first = parameters.getFirst();
        if (parameters.size() == 1) {
            return Tensor.of(first.values(), shape(variable, layer, module, first.shape()));
        }
        float[] all = new float[parameters.size() * first.size()];
        for (int i = 0; i < parameters.size(); i++) {
            System.arraycopy(parameters.get(i).values(), 0, all, i * first.size(), first.size());
        }
        int[] shape = new int[first.shape().length + 1];
        shape[0] = parameters.size();
        System.arraycopy(first.shape(), 0, shape, 1, shape.length - 1);
        return Tensor.of(all, shape);
    }

    private static int[] shape(Variable variable, Layer layer, Module module, int[] shape) {
        return switch (layer) {
            case Attention _ -> new int[0];
            case TimeDistributed each -> each.layer() instanceof Prelu ? new int[] {shape[shape.length - 1]} : shape;
            case Prelu _ when !module.output().isSequence() -> new int[] {shape[shape.length - 1]};
            case MultiHeadAttention heads -> heads(variable, heads, shape);
            default -> shape;
        };
    }

    /// Keras keeps the heads on an axis of their own.
    private static int[] heads(Variable variable, MultiHeadAttention layer, int[] shape) {
        boolean kernel = variable.name().equals("kernel");
        if (variable.path().startsWith("output")) {
            return kernel ? new int[] {layer.numHeads(), shape[0] / layer.numHeads(), shape[1]} : shape;
        }
        int columns = shape[shape.length - 1] / layer.numHeads();
        return kernel ? new int[] {shape[0], layer.numHeads(), columns} : new int[] {layer.numHeads(), columns};
    }

    /// A tensor as nested arrays, which is what an HDF5 file is written from; a single number as one.
    static Object nested(Tensor tensor) {
        return nested(tensor, 0, 0);
    }

    private static Object nested(Tensor tensor, int axis, int from) {
        if (axis == tensor.rank()) {
            return tensor.data()[from];
        }
        int size = tensor.dim(axis);
        if (axis == tensor.rank() - 1) {
            return Arrays.copyOfRange(tensor.data(), from, from + size);
        }
        int stride = 1;
        for (int a = axis + 1; a < tensor.rank(); a++) {
            stride *= tensor.dim(a);
        }
        List<Object> parts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            parts.add(nested(tensor, axis + 1, from + i * stride));
        }
        return array(parts);
    }

    private static Object array(Collection<?> parts) {
        Object array = Array.newInstance(
                Objects.requireNonNull(parts.iterator().next()).getClass(), parts.size());
        int i = 0;
        for (Object part : parts) {
            Array.set(array, i++, part);
        }
        return array;
    }
}
