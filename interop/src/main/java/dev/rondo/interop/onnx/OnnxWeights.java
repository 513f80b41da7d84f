package dev.rondo.interop.onnx;

import dev.rondo.nn.Model;
import dev.rondo.tape.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The weights of a model as constants of an ONNX graph, each made once however often it is used.
///
/// @param graph where the constants go
/// @param parameters the model's parameters by name
record OnnxWeights(OnnxGraph graph, Map<String, Parameter> parameters) {
    static OnnxWeights of(Model model, OnnxGraph graph) {
        Map<String, Parameter> parameters = new HashMap<>();
        model.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
        return new OnnxWeights(graph, parameters);
    }

    boolean has(String name) {
        return parameters.containsKey(name);
    }

    Parameter parameter(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException(
                    "the model has no weight \"" + name + "\"; it has " + parameters.keySet());
        }
        return parameter;
    }

    /// A weight as it is.
    String plain(String name) {
        return graph.once("weight " + name, () -> {
            Parameter parameter = parameter(name);
            int[] shape = parameter.shape();
            long[] axes = new long[shape.length];
            for (int i = 0; i < shape.length; i++) {
                axes[i] = shape[i];
            }
            return graph.floats(name, parameter.values(), axes);
        });
    }

    /// A matrix `[inputs, gates * units]` turned into `[1, gates * units, inputs]`, with the gates in another order.
    ///
    /// @param order for each gate of the result, where it stands in the matrix
    String turned(String name, int units, int... order) {
        return graph.once("weight " + name,
                () -> turned(name, parameter(name).values(), units, order));
    }

    /// Two such matrices, one below the other.
    String turnedBoth(String upper, String lower, int units, int... order) {
        return graph.once("weight " + upper + " and " + lower, () -> {
            float[] first = parameter(upper).values();
            float[] second = parameter(lower).values();
            float[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return turned(upper, both, units, order);
        });
    }

    /// Such a matrix with another one before it, `[units, inputs]`: their product.
    String turnedProduct(String before, String name, int units, int... order) {
        return graph.once("weight " + before + " by " + name, () -> {
            float[] left = parameter(before).values();
            float[] right = parameter(name).values();
            int columns = order.length * units;
            int inner = right.length / columns;
            float[] product = new float[units * columns];
            for (int i = 0; i < units; i++) {
                for (int j = 0; j < columns; j++) {
                    double sum = 0;
                    for (int k = 0; k < inner; k++) {
                        sum += (double) left[i * inner + k] * right[k * columns + j];
                    }
                    product[i * columns + j] = (float) sum;
                }
            }
            return turned(name, product, units, order);
        });
    }

    private String turned(String name, float[] from, int units, int... order) {
        int columns = order.length * units;
        int inputs = from.length / columns;
        float[] to = new float[from.length];
        for (int gate = 0; gate < order.length; gate++) {
            for (int unit = 0; unit < units; unit++) {
                int column = order[gate] * units + unit;
                int row = gate * units + unit;
                for (int i = 0; i < inputs; i++) {
                    to[row * inputs + i] = from[i * columns + column];
                }
            }
        }
        return graph.floats(name, to, 1, columns, inputs);
    }

    /// Two biases one behind the other, `[1, 2 * gates * units]`, with the gates in another order; zero where there is none.
    String biases(String input, String recurrent, int units, int... order) {
        if (!has(input) && !has(recurrent)) {
            return OnnxGraph.NONE;
        }
        return graph.once("weight " + input, () -> {
            int columns = order.length * units;
            float[] both = new float[2 * columns];
            place(input, units, order, both, 0);
            place(recurrent, units, order, both, columns);
            return graph.floats(input, both, 1, both.length);
        });
    }

    private void place(String name, int units, int[] order, float[] to, int at) {
        if (has(name)) {
            float[] from = parameter(name).values();
            for (int gate = 0; gate < order.length; gate++) {
                System.arraycopy(from, order[gate] * units, to, at + gate * units, units);
            }
        }
    }
}
