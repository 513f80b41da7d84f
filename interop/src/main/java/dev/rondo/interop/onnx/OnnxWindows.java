package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;
import static dev.rondo.interop.onnx.OnnxGraph.longs;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.rondo.nn.Signature;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.nn.window.Cropping;
import dev.rondo.nn.window.MaxPooling;
import dev.rondo.nn.window.MeanPooling;
import dev.rondo.nn.window.UpSampling;
import dev.rondo.nn.window.ZeroPadding;
import dev.rondo.op.Window;
import dev.rondo.op.Window.Padding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Layers over windows of steps, and those that add, drop or repeat steps, in ONNX.
///
/// Each sequence of a ragged batch ends at its own last step, and is padded there. ONNX pads the batch as a whole, so sequences are first
/// laid out such that all their windows start at step 0; the operators then need no padding of their own. A batch keeps one step at
/// least, as not all operators take none.
record OnnxWindows(OnnxGraph graph, OnnxWeights weights) {
    Flow convolution(String name, Conv1d layer, Flow x) {
        Window window = new Window(layer.kernelSize(), layer.strides(), layer.dilation(), layer.padding());
        List<String> inputs = new ArrayList<>(List.of(laidOut(name, window, x, 0), kernel(name, layer)));
        if (layer.useBias()) {
            inputs.add(weights.plain(name + "/bias"));
        }
        List<AttributeProto> attributes = new ArrayList<>(attributes(window));
        attributes.add(longs("dilations", layer.dilation()));
        attributes.add(attribute("group", layer.groups()));
        String y = graph.add(name, "Conv", inputs, attributes.toArray(AttributeProto[]::new));
        return windows(name, window, x, y).with(cut(name, window, x, y),
                x.signature().features(layer.filters()).steps(steps(window, x)));
    }

    Flow maximum(String name, MaxPooling layer, Flow x) {
        Window window = new Window(layer.poolSize(), layer.strides(), 1, layer.padding());
        String y = graph.add(name, "MaxPool", List.of(laidOut(name, window, x, Float.NEGATIVE_INFINITY)),
                attributes(window).toArray(AttributeProto[]::new));
        Flow pooled = windows(name, window, x, y);
        // Windows without any real step hold an infinity, which must not reach a sum.
        return pooled.lengths() == null ? pooled
                : pooled.with(pooled.zeroedUnless(graph, name, pooled.real(graph)), pooled.signature());
    }

    /// The sum over the steps that exist by their number: the mean with zeros by the mean of ones with zeros.
    Flow mean(String name, MeanPooling layer, Flow x) {
        Window window = new Window(layer.poolSize(), layer.strides(), 1, layer.padding());
        Flow pooled = windows(name, window, x, averaged(name, window, x));
        if (window.padding() == Padding.VALID) {
            return pooled;
        }
        Flow ones = new Flow(ones(name, x), x.signature().features(1), x.lengths(), null);
        String count = cut(name, window, x, averaged(name, window, ones));
        // Behind the end there is nothing to count.
        String share = graph.add(name, "Max", List.of(count, graph.number(1f / (2 * window.size()))));
        return pooled.with(graph.add(name, "Div", List.of(pooled.name(), share)), pooled.signature());
    }

    private String averaged(String name, Window window, Flow x) {
        List<AttributeProto> attributes = new ArrayList<>(attributes(window));
        attributes.add(attribute("count_include_pad", 1));
        return graph.add(name, "AveragePool", List.of(laidOut(name, window, x, 0)),
                attributes.toArray(AttributeProto[]::new));
    }

    /// One for each step, `[T, B, 1]`.
    private String ones(String name, Flow x) {
        String shape = graph.add(name, "Concat",
                List.of(x.size(graph, 0), x.size(graph, 1), graph.vector(1)), attribute("axis", 0));
        return graph.add(name, "Expand", List.of(graph.number(1), shape));
    }

    Flow padding(String name, ZeroPadding layer, Flow x) {
        String y = padded(name, ended(name, x, 0), layer.before(), layer.after(), 0);
        return moved(name, x, y, layer.before() + layer.after());
    }

    Flow cropping(String name, Cropping layer, Flow x) {
        int dropped = layer.before() + layer.after();
        String rest = graph.add(name, "Max", List.of(
                graph.add(name, "Sub", List.of(x.size(graph, 0), graph.vector(dropped))), graph.vector(1)));
        String end = graph.add(name, "Add", List.of(rest, graph.vector(layer.before())));
        String longer = padded(name, x.name(), 0, dropped + 1, 0);
        return moved(name, x, graph.add(name, "Slice", List.of(longer, graph.vector(layer.before()), end,
                graph.vector(0))), -dropped);
    }

    Flow upSampling(String name, UpSampling layer, Flow x) {
        String times = graph.whole(layer.size());
        String count = graph.add(name, "Mul",
                List.of(graph.add(name, "Squeeze", List.of(x.size(graph, 0), graph.vector(0))), times));
        String from = graph.add(name, "Div", List.of(
                graph.add(name, "Range", List.of(graph.whole(0), count, graph.whole(1))), times));
        String lengths = x.lengths() == null ? null : graph.once("times " + layer.size() + " " + x.lengths(),
                () -> graph.add("shape", "Mul", List.of(x.lengths(), times)));
        Signature signature = x.signature();
        return new Flow(graph.add(name, "Gather", List.of(x.name(), from), attribute("axis", 0)),
                signature.steps(signature.steps() * layer.size()), lengths, null);
    }

    /// A sequence with some more steps, or fewer.
    private Flow moved(String name, Flow x, String y, int more) {
        Signature signature = x.signature();
        if (x.lengths() == null) {
            return new Flow(y, signature.hasSteps() ? signature.steps(signature.steps() + more) : signature, null,
                    null);
        }
        String lengths = graph.once("more " + more + " " + x.lengths(), () -> graph.add("shape", "Max", List.of(
                graph.add("shape", "Add", List.of(x.lengths(), graph.whole(more))), graph.whole(0))));
        return new Flow(y, signature, lengths, null);
    }

    /// A sequence with a number behind the end of each.
    private String ended(String name, Flow x, float number) {
        return x.lengths() == null ? x.name() : x.elseNumber(graph, name, x.real(graph), number);
    }

    /// Steps of a number before and after.
    private String padded(String name, String x, int before, int after, float number) {
        return graph.add(name, "Pad", List.of(x, graph.vector(before, 0, 0, after, 0, 0), graph.number(number)));
    }

    /// A sequence with all windows starting at step 0 and enough steps for the last one, `[B, F, T]`.
    private String laidOut(String name, Window window, Flow x, float filler) {
        String ended = ended(name, x, filler);
        int reach = window.reach();
        String placed;
        if (window.padding() == Padding.SAME && window.stride() > 1 && x.lengths() != null) {
            int most = (reach - 1) / 2;
            placed = shifted(name, x, padded(name, ended, most, reach - 1 + most, filler), most,
                    left(window, x.lengths()));
        } else {
            int left = switch (window.padding()) {
                case VALID -> 0;
                case CAUSAL -> reach - 1;
                case SAME -> x.signature().hasSteps() ? window.left(x.signature().steps()) : (reach - 1) / 2;
            };
            // ONNX Runtime makes it padding of a pooling, which must be less than a window.
            placed = padded(name, ended, left, reach - 1, filler);
        }
        return graph.add(name, "Transpose", List.of(placed), longs("perm", 1, 2, 0));
    }

    /// The zeros before the first step of each sequence, int64 `[B]`.
    private String left(Window window, String lengths) {
        return graph.once("left " + window + " " + lengths, () -> {
            String starts = graph.add("shape", "Mul", List.of(graph.add("shape", "Sub",
                    List.of(count(window, lengths), graph.whole(1))), graph.whole(window.stride())));
            String missing = graph.add("shape", "Sub", List.of(
                    graph.add("shape", "Add", List.of(starts, graph.whole(window.reach()))), lengths));
            return graph.add("shape", "Div", List.of(
                    graph.add("shape", "Max", List.of(missing, graph.whole(0))), graph.whole(2)));
        });
    }

    /// Sequences that stand behind `most` steps, moved so far ahead that each has its own number of steps before it.
    private String shifted(String name, Flow x, String padded, int most, String left) {
        String size = graph.add(name, "Shape", List.of(padded));
        String end = graph.add(name, "Sub", List.of(graph.add(name, "Gather", List.of(size, graph.whole(0))),
                graph.whole(most)));
        String numbers = graph.add(name, "Unsqueeze", List.of(
                graph.add(name, "Range", List.of(graph.whole(0), end, graph.whole(1))), graph.vector(1)));
        String from = graph.add(name, "Add", List.of(numbers, graph.add(name, "Unsqueeze", List.of(
                graph.add(name, "Sub", List.of(graph.whole(most), left)), graph.vector(0)))));
        return graph.gather(name, padded, from, x.signature().features());
    }

    /// The number of windows for numbers of steps.
    private String count(Window window, String steps) {
        int more = window.padding() == Padding.VALID ? window.stride() - window.reach() : window.stride() - 1;
        return graph.once("windows " + window + " " + steps, () -> graph.add("shape", "Div", List.of(
                graph.add("shape", "Max", List.of(graph.add("shape", "Add", List.of(steps, graph.whole(more))),
                        graph.whole(0))),
                graph.whole(window.stride()))));
    }

    /// What an operator gave for windows, `[B, U, T]`, without those behind the last: `[T, B, U]`.
    private String cut(String name, Window window, Flow x, String y) {
        String end = graph.add(name, "Max", List.of(count(window, x.size(graph, 0)), graph.vector(1)));
        String cut = graph.add(name, "Slice", List.of(y, graph.vector(0), end, graph.vector(2)));
        return graph.add(name, "Transpose", List.of(cut), longs("perm", 2, 0, 1));
    }

    private Flow windows(String name, Window window, Flow x, String y) {
        return new Flow(cut(name, window, x, y), x.signature().steps(steps(window, x)), lengths(window, x), null);
    }

    private static int steps(Window window, Flow x) {
        return x.signature().hasSteps() ? window.outputs(x.signature().steps()) : Signature.ANY;
    }

    private @Nullable String lengths(Window window, Flow x) {
        boolean same = window.stride() == 1 && (window.padding() != Padding.VALID || window.reach() == 1);
        return x.lengths() == null || same ? x.lengths() : count(window, x.lengths());
    }

    private static List<AttributeProto> attributes(Window window) {
        return List.of(longs("kernel_shape", window.size()), longs("strides", window.stride()));
    }

    /// The kernel `[size, F, U]` as `[U, F, size]`.
    private String kernel(String name, Conv1d layer) {
        return graph.once("weight " + name + "/kernel", () -> {
            float[] from = weights.parameter(name + "/kernel").values();
            int filters = layer.filters();
            int features = from.length / (layer.kernelSize() * filters);
            float[] to = new float[from.length];
            for (int i = 0; i < from.length; i++) {
                int tap = i / (features * filters);
                int feature = i / filters % features;
                to[(i % filters * features + feature) * layer.kernelSize() + tap] = from[i];
            }
            return graph.floats(name + "/kernel", to, filters, features, layer.kernelSize());
        });
    }
}
