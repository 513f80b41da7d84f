package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;
import static dev.rondo.interop.onnx.OnnxGraph.longs;

import dev.rondo.nn.Signature;
import dev.rondo.nn.merge.Dot;
import dev.rondo.nn.shape.Permute;
import dev.rondo.nn.shape.RepeatVector;
import dev.rondo.nn.shape.Reshape;
import java.util.List;

/// Layers that put the elements of a sample in another shape, and products of two samples, in ONNX. Sequences have a known number of steps
/// here, and lose their masks.
record OnnxShapes(OnnxGraph graph) {
    private static final float SMALLEST_SQUARE = 1e-24f;

    Flow flatten(String name, Flow x) {
        Signature signature = x.signature();
        return signature.isSequence() ? reshaped(name, x, List.of(signature.steps() * signature.features())) : x;
    }

    Flow reshape(String name, Reshape layer, Flow x) {
        return reshaped(name, x, layer.target());
    }

    private Flow reshaped(String name, Flow x, List<Integer> target) {
        long[] shape = new long[target.size() + 1];
        int size = Math.max(x.signature().steps(), 1) * x.signature().features();
        int known = target.stream().filter(axis -> axis > 0).reduce(1, (a, b) -> a * b);
        for (int axis = 0; axis < target.size(); axis++) {
            shape[axis + 1] = target.get(axis) > 0 ? target.get(axis) : size / known;
        }
        // 0 keeps the batch as it is.
        String y = graph.add(name, "Reshape", List.of(batchFirst(name, x), graph.vector(shape)));
        if (target.size() == 1) {
            return Flow.vector(y, (int) shape[1]);
        }
        return sequence(graph.add(name, "Transpose", List.of(y), longs("perm", 1, 0, 2)), (int) shape[1],
                (int) shape[2]);
    }

    Flow permute(String name, Permute layer, Flow x) {
        if (layer.dims().getFirst() == 1) {
            return x.withMask(null);
        }
        return sequence(graph.add(name, "Transpose", List.of(x.name()), longs("perm", 2, 1, 0)),
                x.signature().features(), x.signature().steps());
    }

    Flow repeat(String name, RepeatVector layer, Flow x) {
        String once = graph.add(name, "Unsqueeze", List.of(x.name(), graph.vector(0)));
        return sequence(graph.add(name, "Expand", List.of(once, graph.vector(layer.n(), 1, 1))), layer.n(),
                x.signature().features());
    }

    Flow dot(String name, Dot layer, Flow x, Flow y) {
        String left = matrix(name, x, layer.firstAxis());
        String right = matrix(name, y, layer.secondAxis());
        if (layer.normalize()) {
            left = unit(name, left, -1);
            right = unit(name, right, -1);
        }
        String product = graph.add(name, "MatMul",
                List.of(left, graph.add(name, "Transpose", List.of(right), longs("perm", 0, 2, 1))));
        int m = kept(x, layer.firstAxis());
        int n = kept(y, layer.secondAxis());
        if (x.signature().isSequence() && y.signature().isSequence()) {
            return sequence(graph.add(name, "Transpose", List.of(product), longs("perm", 1, 0, 2)), m, n);
        }
        int single = x.signature().isSequence() ? 2 : 1;
        return Flow.vector(graph.add(name, "Squeeze", List.of(product, graph.vector(single))),
                x.signature().isSequence() ? m : n);
    }

    /// What is summed over last, `[B, kept, k]`.
    private String matrix(String name, Flow x, int axis) {
        if (!x.signature().isSequence()) {
            return graph.add(name, "Unsqueeze", List.of(x.name(), graph.vector(1)));
        }
        return graph.add(name, "Transpose", List.of(x.name()),
                overSteps(axis) ? longs("perm", 1, 2, 0) : longs("perm", 1, 0, 2));
    }

    private static int kept(Flow x, int axis) {
        return !x.signature().isSequence() ? 1 : overSteps(axis) ? x.signature().features() : x.signature().steps();
    }

    private static boolean overSteps(int axis) {
        return axis == 1 || axis == -2;
    }

    /// A value divided by its length along an axis.
    String unit(String name, String x, int axis) {
        String squares = graph.add(name, "ReduceSum", List.of(OnnxActivations.product(graph, name, x, x),
                graph.vector(axis)), attribute("keepdims", 1));
        String length = graph.add(name, "Sqrt",
                List.of(graph.add(name, "Max", List.of(squares, graph.number(SMALLEST_SQUARE)))));
        return graph.add(name, "Div", List.of(x, length));
    }

    private String batchFirst(String name, Flow x) {
        return x.signature().isSequence() ? graph.add(name, "Transpose", List.of(x.name()), longs("perm", 1, 0, 2))
                : x.name();
    }

    private static Flow sequence(String name, int steps, int features) {
        return new Flow(name, Signature.sequence(features).steps(steps), null, null);
    }
}
