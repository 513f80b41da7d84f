package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.rondo.nn.Signature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A value that flows between layers of an ONNX graph. Sequences lie time first, `[T, B, F]` and `[T, B]`, as recurrent operators with
/// layout 0 take them; vectors are `[B, F]`.
///
/// @param name its name in the graph
/// @param signature what it is
/// @param lengths the name of the lengths of its sequences, int64 `[B]`; null for a vector, and where all steps are real
/// @param mask the name of its mask, bool `[T, B]`, true where a step is real and counts; null where all real steps count
record Flow(String name, Signature signature, @Nullable String lengths, @Nullable String mask) {
    static Flow vector(String name, int features) {
        return new Flow(name, Signature.vector(features), null, null);
    }

    /// This flow with other numbers in the same places.
    Flow with(String name, Signature signature) {
        return signature.isSequence() ? new Flow(name, signature, lengths, mask)
                : new Flow(name, signature, null, null);
    }

    Flow withMask(@Nullable String mask) {
        return new Flow(name, signature, lengths, mask);
    }

    /// The size of an axis, int64 `[1]`.
    String size(OnnxGraph graph, int axis) {
        return graph.once("size " + name + " " + axis, () -> graph.add("shape", "Shape", List.of(name),
                attribute("start", axis), attribute("end", axis + 1)));
    }

    /// The numbers of the steps, int64 `[T, 1]`.
    String stepNumbers(OnnxGraph graph) {
        return graph.once("steps " + name, () -> {
            String count = graph.add("shape", "Squeeze", List.of(size(graph, 0), graph.vector(0)));
            String range = graph.add("shape", "Range", List.of(graph.whole(0), count, graph.whole(1)));
            return graph.add("shape", "Unsqueeze", List.of(range, graph.vector(1)));
        });
    }

    /// Which steps are real, bool `[T, B]`.
    ///
    /// @throws IllegalStateException if there are no lengths
    String real(OnnxGraph graph) {
        String known = lengths();
        if (known == null) {
            throw new IllegalStateException("a value without lengths");
        }
        // The first use makes it for all sequences of these lengths, which have the same steps.
        return graph.once("real " + known, () -> graph.add("shape", "Less", List.of(stepNumbers(graph),
                graph.add("shape", "Unsqueeze", List.of(known, graph.vector(0))))));
    }

    /// The mask, or else which steps are real, bool `[T, B]`; null where all are.
    @Nullable
    String counting(OnnxGraph graph) {
        return mask != null ? mask : lengths != null ? real(graph) : null;
    }

    /// The lengths as the recurrent operators want them, int32 `[B]`; left out where all steps are real.
    static String shortLengths(OnnxGraph graph, @Nullable String lengths) {
        return lengths == null ? OnnxGraph.NONE : graph.once("int32 " + lengths,
                () -> graph.add("shape", "Cast", List.of(lengths),
                        attribute("to", TensorProto.DataType.INT32.getNumber())));
    }

    /// This sequence with zeros where a condition `[T, B]` does not hold.
    String zeroedUnless(OnnxGraph graph, String where, String condition) {
        return elseNumber(graph, where, condition, 0f);
    }

    /// This sequence with a number where a condition `[T, B]` does not hold.
    String elseNumber(OnnxGraph graph, String where, String condition, float number) {
        return graph.add(where, "Where", List.of(wide(graph, condition), name, graph.number(number)));
    }

    /// A condition `[T, B]` for all features, bool `[T, B, 1]`.
    static String wide(OnnxGraph graph, String condition) {
        return graph.once("wide " + condition,
                () -> graph.add("shape", "Unsqueeze", List.of(condition, graph.vector(2))));
    }
}
