package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;

import dev.rondo.nn.Signature;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Merge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Layers that make one value of several, in ONNX. Vectors, single steps and single columns spread by themselves, as sequences lie time
/// first.
record OnnxMerges(OnnxGraph graph) {
    Flow merge(String name, Merge layer, List<Flow> inputs) {
        String operator = switch (layer.operation()) {
            case ADD, AVERAGE -> "Add";
            case SUBTRACT -> "Sub";
            case MULTIPLY -> "Mul";
            case MAXIMUM -> "Max";
            case MINIMUM -> "Min";
        };
        String merged = inputs.getFirst().name();
        for (Flow next : inputs.subList(1, inputs.size())) {
            merged = graph.add(name, operator, List.of(merged, next.name()));
        }
        if (layer.operation() == Merge.Operation.AVERAGE) {
            merged = OnnxActivations.product(graph, name, merged, graph.number(1f / inputs.size()));
        }
        int features = inputs.stream().mapToInt(input -> input.signature().features()).max().orElseThrow();
        Flow longest = longest(name, inputs);
        return longest.with(merged, longest.signature().features(features)).withMask(mask(name, inputs));
    }

    Flow concatenate(String name, Concatenate layer, List<Flow> inputs) {
        boolean sequences = inputs.getFirst().signature().isSequence();
        List<String> names = inputs.stream().map(Flow::name).toList();
        int features = inputs.stream().mapToInt(input -> input.signature().features()).sum();
        if (!sequences || layer.isStepwise()) {
            Flow longest = longest(name, inputs);
            return longest.with(graph.add(name, "Concat", names, attribute("axis", -1)),
                    longest.signature().features(features)).withMask(mask(name, inputs));
        }
        if (inputs.stream().anyMatch(input -> input.lengths() != null || input.mask() != null)) {
            throw new IllegalArgumentException("layer \"" + name + "\" (concatenate) puts sequences of different "
                    + "lengths one after another, which cannot be exported to ONNX; give the inputs a number of steps");
        }
        int steps = inputs.stream().mapToInt(input -> input.signature().steps()).sum();
        return new Flow(graph.add(name, "Concat", names, attribute("axis", 0)),
                inputs.getFirst().signature().steps(steps), null, null);
    }

    /// The sequence with the most steps, or the first vector.
    private static Flow longest(String name, List<Flow> inputs) {
        Flow longest = inputs.getFirst();
        for (Flow input : inputs) {
            Signature signature = input.signature();
            if (signature.isSequence()
                    && (!longest.signature().isSequence() || longest.signature().steps() == 1)) {
                longest = input;
            }
        }
        for (Flow input : inputs) {
            boolean other = input.signature().isSequence() && input.signature().steps() != 1
                    && !java.util.Objects.equals(input.lengths(), longest.lengths());
            if (other) {
                throw new IllegalArgumentException("layer \"" + name + "\" merges sequences of two inputs, whose "
                        + "lengths may differ; give the inputs a number of steps to export them to ONNX");
            }
        }
        return longest;
    }

    /// The steps that count in any mask; null, which is all, if an input has none.
    private @Nullable String mask(String name, List<Flow> inputs) {
        String any = null;
        for (Flow input : inputs) {
            String mask = input.mask();
            if (mask == null) {
                return null;
            }
            any = any == null ? mask : any.equals(mask) ? any : graph.add(name, "Or", List.of(any, mask));
        }
        return any;
    }
}
