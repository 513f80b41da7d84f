package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;
import static dev.rondo.interop.onnx.OnnxGraph.longs;

import dev.rondo.nn.attention.AdditiveAttention;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.Attention.ScoreMode;
import dev.rondo.nn.attention.MultiHeadAttention;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Attention layers in ONNX. Scores are `[B, Tq, Tk]`, and `[B, heads, Tq, Tk]` with heads.
record OnnxAttention(OnnxGraph graph, OnnxWeights weights) {
    /// The score of a value that a mask leaves out: it weighs nothing, unless all do, which then weigh the same.
    private static final float MASKED = -1e30f;
    /// The score of what stands behind the end: it weighs nothing beside any masked value.
    private static final float BEHIND = -3e38f;

    Flow attention(String name, Attention layer, List<Flow> inputs) {
        String scale = layer.useScale() ? weights.plain(name + "/scale") : null;
        String scores;
        if (layer.scoreMode() == ScoreMode.DOT) {
            scores = graph.add(name, "MatMul", List.of(batchFirst(name, inputs.getFirst().name()),
                    graph.add(name, "Transpose", List.of(inputs.getLast().name()), longs("perm", 1, 2, 0))));
            scores = scale == null ? scores : OnnxActivations.product(graph, name, scores, scale);
        } else {
            String sum = graph.add(name, "ReduceSum", List.of(hidden(name, inputs, scale), graph.vector(-1)),
                    attribute("keepdims", 0));
            scores = OnnxActivations.product(graph, name, sum, weights.plain(name + "/concat_score_weight"));
        }
        return attended(name, scores, inputs, layer.causal());
    }

    Flow additive(String name, AdditiveAttention layer, List<Flow> inputs) {
        String hidden = hidden(name, inputs, null);
        String scores = layer.useScale()
                ? graph.add(name, "MatMul", List.of(hidden, weights.plain(name + "/scale")))
                : graph.add(name, "ReduceSum", List.of(hidden, graph.vector(-1)), attribute("keepdims", 0));
        return attended(name, scores, inputs, layer.causal());
    }

    /// `tanh(scale (q_i + k_j))`, `[B, Tq, Tk, D]`.
    private String hidden(String name, List<Flow> inputs, @Nullable String scale) {
        String q = graph.add(name, "Unsqueeze", List.of(batchFirst(name, inputs.getFirst().name()), graph.vector(2)));
        String k = graph.add(name, "Unsqueeze", List.of(batchFirst(name, inputs.getLast().name()), graph.vector(1)));
        String sum = OnnxActivations.sum(graph, name, q, k);
        return graph.add(name, "Tanh",
                List.of(scale == null ? sum : OnnxActivations.product(graph, name, sum, scale)));
    }

    /// Attention of one head: masked values are not seen, masked queries give zeros.
    private Flow attended(String name, String scores, List<Flow> inputs, boolean causal) {
        Flow queries = inputs.getFirst();
        Flow values = inputs.get(1);
        requireSameSteps(name, values, inputs.getLast());
        List<String> seen = new ArrayList<>();
        if (values.mask() != null) {
            seen.add(ofKeys(values.mask(), 1));
        }
        String shares = shares(name, scores, queries, values, causal, seen, 1, false);
        String y = graph.add(name, "MatMul", List.of(shares, batchFirst(name, ended(name, values, values.name()))));
        Flow out = queries.with(batchFirst(name, y), queries.signature().features(values.signature().features()));
        return queries.mask() == null ? out
                : out.with(out.zeroedUnless(graph, name, queries.mask()), out.signature());
    }

    Flow heads(String name, MultiHeadAttention layer, List<Flow> inputs) {
        Flow queries = inputs.getFirst();
        Flow values = inputs.get(Math.min(1, inputs.size() - 1));
        Flow keys = inputs.getLast();
        requireSameSteps(name, values, keys);
        int heads = layer.numHeads();
        String q = cut(name, map(name + "/query", layer, queries.name()), heads, layer.keyDim(), 1, 2, 0, 3);
        String k = cut(name, map(name + "/key", layer, keys.name()), heads, layer.keyDim(), 1, 2, 3, 0);
        String v = cut(name, ended(name, values, map(name + "/value", layer, values.name())), heads, layer.valueDim(),
                1, 2, 0, 3);
        String scores = OnnxActivations.product(graph, name, graph.add(name, "MatMul", List.of(q, k)),
                graph.number((float) (1 / Math.sqrt(layer.keyDim()))));
        List<String> seen = new ArrayList<>();
        if (values.mask() != null) {
            seen.add(ofKeys(values.mask(), 2));
        }
        if (keys.mask() != null && !keys.mask().equals(values.mask())) {
            seen.add(ofKeys(keys.mask(), 2));
        }
        if (queries.mask() != null) {
            seen.add(graph.once("queries " + queries.mask(), () -> graph.add("shape", "Unsqueeze", List.of(
                    graph.add("shape", "Transpose", List.of(queries.mask()), longs("perm", 1, 0)),
                    graph.vector(1, 3)))));
        }
        String shares = shares(name, scores, queries, values, layer.causal(), seen, 2, layer.dropout() > 0);
        String y = graph.add(name, "Transpose", List.of(graph.add(name, "MatMul", List.of(shares, v))),
                longs("perm", 2, 0, 1, 3));
        String side = graph.add(name, "Reshape", List.of(y, graph.vector(0, 0, heads * layer.valueDim())));
        int width = layer.outputDim() == 0 ? queries.signature().features() : layer.outputDim();
        return queries.with(map(name + "/attention_output", layer, side), queries.signature().features(width));
    }

    private String map(String name, MultiHeadAttention layer, String x) {
        String y = graph.add(name, "MatMul", List.of(x, weights.plain(name + "/kernel")));
        return layer.useBias() ? graph.add(name, "Add", List.of(y, weights.plain(name + "/bias"))) : y;
    }

    /// Columns `[T, B, heads * width]` cut in heads `[T, B, heads, width]`, then in another order of axes.
    private String cut(String name, String x, int heads, int width, long... order) {
        return graph.add(name, "Transpose",
                List.of(graph.add(name, "Reshape", List.of(x, graph.vector(0, 0, heads, width)))),
                longs("perm", order));
    }

    /// The softmax of scores over the values that are seen; a query that sees none sees all real ones alike.
    ///
    /// @param seen conditions that spread over the scores
    /// @param keyAxes how many axes of the scores lie between batch and keys
    /// @param zeroUnseeing whether a query that sees none gets no shares instead
    private String shares(String name, String scores, Flow queries, Flow values, boolean causal, List<String> seen,
            int keyAxes, boolean zeroUnseeing) {
        List<String> conditions = new ArrayList<>(seen);
        if (causal) {
            String keys = graph.add(name, "Transpose", List.of(values.stepNumbers(graph)), longs("perm", 1, 0));
            conditions.add(graph.add(name, "LessOrEqual", List.of(keys, queries.stepNumbers(graph))));
        }
        String open = scores;
        for (String condition : conditions) {
            open = graph.add(name, "Where", List.of(condition, open, graph.number(MASKED)));
        }
        if (values.lengths() != null) {
            open = graph.add(name, "Where", List.of(ofKeys(values.real(graph), keyAxes), open, graph.number(BEHIND)));
        }
        String shares = graph.add(name, "Softmax", List.of(open), attribute("axis", -1));
        for (String condition : zeroUnseeing ? conditions : List.<String>of()) {
            shares = graph.add(name, "Where", List.of(condition, shares, graph.number(0)));
        }
        return shares;
    }

    /// A condition `[T, B]` as one of keys, `[B, 1, T]` or `[B, 1, 1, T]`.
    private String ofKeys(String condition, int axes) {
        return graph.once("keys " + axes + " " + condition, () -> graph.add("shape", "Unsqueeze", List.of(
                graph.add("shape", "Transpose", List.of(condition), longs("perm", 1, 0)),
                axes == 1 ? graph.vector(1) : graph.vector(1, 2))));
    }

    /// Values with zeros behind the end, so that nothing there counts even where all weigh the same.
    private String ended(String name, Flow values, String of) {
        return values.lengths() == null ? of
                : values.with(of, values.signature()).zeroedUnless(graph, name, values.real(graph));
    }

    private String batchFirst(String name, String x) {
        return graph.add(name, "Transpose", List.of(x), longs("perm", 1, 0, 2));
    }

    private static void requireSameSteps(String name, Flow values, Flow keys) {
        if (!Objects.equals(values.lengths(), keys.lengths())) {
            throw new IllegalArgumentException("layer \"" + name + "\" takes values and keys of two inputs, whose "
                    + "lengths may differ; give the inputs a number of steps to export them to ONNX");
        }
    }
}
