package dev.rondo.interop.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The state of recurrent layers in an exported model: zero at the start of each call, or an input and an output of the model.
///
/// @param carried whether it goes in and out
/// @param ports the inputs by name, in order, with their columns
/// @param last the values to go out, by the name of the input that they belong to
record OnnxStates(boolean carried, Map<String, Integer> ports, Map<String, String> last) {
    private static final List<String> PARTS = List.of("h", "c");

    static OnnxStates of(boolean carried) {
        return new OnnxStates(carried, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /// The name of an input for a part of a layer's state: `lstm.h`, and for stacked cells `rnn.state_2`.
    private static String port(String layer, int part, int parts) {
        return layer.replace('/', '.') + (parts <= PARTS.size() ? "." + PARTS.get(part) : ".state_" + part);
    }

    /// The name of the output that belongs to an input.
    static String lastOf(String input) {
        return input + ".last";
    }

    /// Makes inputs for the state of a layer.
    List<String> take(OnnxGraph graph, String layer, List<Integer> sizes) {
        List<String> names = new ArrayList<>();
        for (int part = 0; part < sizes.size(); part++) {
            String name = port(layer, part, sizes.size());
            if (ports.putIfAbsent(name, sizes.get(part)) != null) {
                throw new IllegalArgumentException("layer \"" + layer + "\" is applied twice, so it has two states; "
                        + "export without the state");
            }
            graph.input(graph.unique(name), TensorProto.DataType.FLOAT, "batch", sizes.get(part));
            names.add(name);
        }
        return names;
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

    IllegalArgumentException whole(String layer, String kind) {
        return new IllegalArgumentException("layer \"" + layer + "\" (" + kind + ") needs whole sequences, so no "
                + "state can be carried; export without the state");
    }
}
