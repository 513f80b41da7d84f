package dev.rondo.interop.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The state of recurrent layers in an exported model: zero at the start of each call, or an input and an output of the model.
///
/// @param state what becomes of it
/// @param ports the inputs by name, in order, with their columns
/// @param last the values to go out, by the name of the input that they belong to
record OnnxStates(OnnxExport.State state, Map<String, Integer> ports, Map<String, String> last) {
    private static final List<String> PARTS = List.of("h", "c");

    static OnnxStates of(OnnxExport.State state) {
        return new OnnxStates(state, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /// Whether the state goes in and out.
    boolean carried() {
        return state != OnnxExport.State.ZERO;
    }

    /// The name of an input for a part of a layer's state: `lstm.h`, and for stacked cells `rnn.state_2`.
    private static String port(String layer, int part, int parts) {
        return layer.replace('/', '.') + (parts <= PARTS.size() ? "." + PARTS.get(part) : ".state_" + part);
    }

    /// The name of the output that belongs to an input.
    static String lastOf(String input) {
        return input + ".last";
    }

    /// Makes inputs for the state of a layer, and returns its parts.
    ///
    /// @param batch the number of sequences, int64 `[1]`
    List<String> take(OnnxGraph graph, String layer, List<Integer> sizes, String batch) {
        List<String> names = new ArrayList<>();
        for (int part = 0; part < sizes.size(); part++) {
            String name = port(layer, part, sizes.size());
            if (ports.putIfAbsent(name, sizes.get(part)) != null) {
                throw new IllegalArgumentException("layer \"" + layer + "\" is applied twice, so it has two states; "
                        + "export without the state");
            }
            names.add(input(graph, layer, graph.unique(name), sizes.get(part), batch));
        }
        return names;
    }

    /// An input that is left out is one row of zeros: a stored value cannot have the batch's own number of rows.
    private String input(OnnxGraph graph, String layer, String name, int columns, String batch) {
        if (state == OnnxExport.State.REQUIRED) {
            graph.input(name, TensorProto.DataType.FLOAT, "batch", columns);
            return name;
        }
        graph.input(name, TensorProto.DataType.FLOAT, name + ".batch", columns);
        graph.standard(name, new float[columns], 1, columns);
        return graph.add(layer, "Expand", List.of(name,
                graph.add(layer, "Concat", List.of(batch, graph.vector(columns)), OnnxGraph.attribute("axis", 0))));
    }

    /// Notes the state after the call.
    void keep(String layer, List<String> parts) {
        for (int part = 0; part < parts.size(); part++) {
            last.put(port(layer, part, parts.size()), parts.get(part));
        }
    }

    IllegalArgumentException backwards(String layer, String kind) {
        return new IllegalArgumentException("layer \"" + layer + "\" (" + kind + ") reads backwards and needs whole "
                + "sequences, so no state can be carried; export without the state");
    }

    IllegalArgumentException given(String layer, String kind) {
        return new IllegalArgumentException("layer \"" + layer + "\" (" + kind + ") starts from a state that other "
                + "layers give, so none of its own can be carried; export without the state");
    }

    IllegalArgumentException whole(String layer, String kind) {
        return new IllegalArgumentException("layer \"" + layer + "\" (" + kind + ") needs whole sequences, so no "
                + "state can be carried; export without the state");
    }
}
