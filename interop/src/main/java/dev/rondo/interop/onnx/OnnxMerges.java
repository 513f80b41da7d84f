package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;

import dev.rondo.nn.Signature;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Merge;
import java.util.List;
import java.util.Objects;
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
        boolean leavesOut = switch (layer.operation()) {
            case ADD, SUBTRACT, AVERAGE -> false;
            case MULTIPLY, MAXIMUM, MINIMUM -> true;
        };
        String merged = inputs.getFirst().name();
        String there = inputs.getFirst().mask();
        for (Flow next : inputs.subList(1, inputs.size())) {
            String both = graph.add(name, operator, List.of(merged, next.name()));
            merged = leavesOut ? present(name, both, merged, there, next) : both;
            there = there == null || next.mask() == null ? null : either(name, there, next.mask());
        }
        if (layer.operation() == Merge.Operation.MULTIPLY && there != null) {
            merged = graph.add(name, "Where", List.of(Flow.wide(graph, there), merged, graph.number(0)));
        }
        if (layer.operation() == Merge.Operation.AVERAGE) {
            merged = OnnxActivations.product(graph, name, merged, graph.number(1f / inputs.size()));
        }
        int features = inputs.stream().mapToInt(input -> input.signature().features()).max().orElseThrow();
        Flow longest = longest(name, inputs);
        return longest.with(merged, longest.signature().features(features)).withMask(mask(name, inputs));
    }

    /// Both where both count, else the one that counts, else the first.
    private String present(String name, String both, String first, @Nullable String there, Flow next) {
        String own = next.mask();
        String without = own == null ? both : graph.add(name, "Where", List.of(Flow.wide(graph, own), both, first));
        if (there == null) {
            return without;
        }
        String stays = own == null ? there
                : graph.add(name, "Or", List.of(there, graph.add(name, "Not", List.of(own))));
        return graph.add(name, "Where", List.of(Flow.wide(graph, stays), without, next.name()));
    }

    private String either(String name, String a, String b) {
        return a.equals(b) ? a : graph.add(name, "Or", List.of(a, b));
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
        Flow joined = inputs.getFirst();
        for (Flow next : inputs.subList(1, inputs.size())) {
            joined = joined(name, joined, next);
        }
        return joined;
    }

    /// One sequence after another: the second begins where the first one ends, which in ONNX is another step for each sequence.
    private Flow joined(String name, Flow a, Flow b) {
        String both = graph.add(name, "Concat", List.of(a.name(), b.name()), attribute("axis", 0));
        boolean known = a.signature().hasSteps() && b.signature().hasSteps();
        Signature signature = a.signature().steps(known ? a.signature().steps() + b.signature().steps()
                : Signature.ANY);
        String lengths = known ? null : graph.once("joined " + steps(a) + " " + steps(b),
                () -> graph.add("shape", "Add", List.of(steps(a), steps(b))));
        String masks = a.mask() == null && b.mask() == null ? null
                : graph.add(name, "Concat", List.of(counting(a), counting(b)), attribute("axis", 0));
        Flow joined = new Flow(both, signature, lengths, masks);
        if (a.lengths() == null) {
            return joined;
        }
        String at = from(name, joined, a);
        Flow moved = new Flow(graph.gather(name, both, at, signature.features()), signature, lengths, null);
        return masks == null ? moved : moved.withMask(graph.add(name, "And", List.of(moved.real(graph),
                graph.add(name, "GatherElements", List.of(masks, at), attribute("axis", 0)))));
    }

    /// The lengths, or the steps that all have: int64 `[B]` or `[1]`.
    private String steps(Flow x) {
        return x.lengths() != null ? x.lengths() : graph.vector(x.signature().steps());
    }

    /// For each step the one to take of two sequences, the padding of the first being left out, int64 `[T, B]`.
    private String from(String name, Flow both, Flow first) {
        String numbers = both.stepNumbers(graph);
        String ends = graph.add(name, "Unsqueeze", List.of(steps(first), graph.vector(0)));
        String skipped = graph.add(name, "Sub", List.of(first.size(graph, 0), ends));
        String last = graph.add(name, "Sub", List.of(both.size(graph, 0), graph.vector(1)));
        String second = graph.add(name, "Min",
                List.of(graph.add(name, "Add", List.of(numbers, skipped)), last));
        return graph.add(name, "Where", List.of(graph.add(name, "Less", List.of(numbers, ends)), numbers, second));
    }

    /// Which steps count, bool `[T, B]`.
    private String counting(Flow x) {
        String counting = x.counting(graph);
        return counting != null ? counting : graph.once("all " + x.name(), () -> graph.add("shape", "Expand", List.of(
                graph.add("shape", "GreaterOrEqual", List.of(x.stepNumbers(graph), graph.whole(0))),
                graph.add("shape", "Concat", List.of(x.size(graph, 0), x.size(graph, 1)), attribute("axis", 0)))));
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
                    && !Objects.equals(input.lengths(), longest.lengths());
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
            any = any == null ? mask : either(name, any, mask);
        }
        return any;
    }
}
