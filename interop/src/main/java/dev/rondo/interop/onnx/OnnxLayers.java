package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Signature;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.activation.ActivationLayer;
import dev.rondo.nn.activation.Elu;
import dev.rondo.nn.activation.LeakyRelu;
import dev.rondo.nn.activation.Relu;
import dev.rondo.nn.activation.Softmax;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.attention.AdditiveAttention;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Dot;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.noise.GaussianDropout;
import dev.rondo.nn.noise.GaussianNoise;
import dev.rondo.nn.noise.SpatialDropout;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.norm.Normalization;
import dev.rondo.nn.norm.Rescaling;
import dev.rondo.nn.norm.UnitNormalization;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.nn.shape.Flatten;
import dev.rondo.nn.shape.Permute;
import dev.rondo.nn.shape.RepeatVector;
import dev.rondo.nn.shape.Reshape;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.nn.window.Cropping;
import dev.rondo.nn.window.MaxPooling;
import dev.rondo.nn.window.MeanPooling;
import dev.rondo.nn.window.UpSampling;
import dev.rondo.nn.window.ZeroPadding;
import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
import dev.rondo.tape.Parameter;
import java.util.ArrayList;
import java.util.List;

/// The layers of a model as nodes of an ONNX graph, one after another.
///
/// @param states what becomes of the state of recurrent layers
record OnnxLayers(OnnxGraph graph, OnnxWeights weights, OnnxRecurrent recurrent, OnnxStates states) {
    static OnnxLayers of(OnnxGraph graph, OnnxWeights weights, OnnxStates states) {
        return new OnnxLayers(graph, weights, new OnnxRecurrent(graph, weights), states);
    }

    /// Adds a layer and returns its outputs.
    ///
    /// @param name its name, with which its weights' names begin
    /// @throws IllegalArgumentException if it cannot be computed in ONNX; the message names it
    List<Flow> add(String name, Layer layer, List<Flow> inputs) {
        boolean recurrent = layer instanceof RecurrentLayer || layer instanceof Bidirectional;
        if (states.carried() && !layer.isStepwise() && !recurrent && !(layer instanceof Plan)) {
            throw states.whole(name, layer.kind());
        }
        OnnxAttention attention = new OnnxAttention(graph, weights);
        return switch (layer) {
            case TimeDistributed each -> add(name, each.layer(), inputs);
            case RecurrentLayer cell -> cell(name, cell, inputs);
            case Bidirectional both -> bidirectional(name, both, inputs);
            case Plan plan -> plan(name + "/", plan, inputs);
            case Merge merge -> List.of(new OnnxMerges(graph).merge(name, merge, inputs));
            case Concatenate concatenate -> List.of(new OnnxMerges(graph).concatenate(name, concatenate, inputs));
            case Dot dot -> List.of(new OnnxShapes(graph).dot(name, dot, inputs.getFirst(), inputs.getLast()));
            case Attention one -> List.of(attention.attention(name, one, inputs));
            case AdditiveAttention one -> List.of(attention.additive(name, one, inputs));
            case MultiHeadAttention heads -> List.of(attention.heads(name, heads, inputs));
            default -> List.of(single(name, layer, inputs.getFirst()));
        };
    }

    /// Adds the layers of a graph and returns its outputs.
    ///
    /// @param prefix what its layers' names begin with
    List<Flow> plan(String prefix, Plan plan, List<Flow> inputs) {
        List<List<Flow>> values = new ArrayList<>();
        inputs.forEach(input -> values.add(List.of(input)));
        for (Plan.Call call : plan.calls()) {
            Plan.Named layer = plan.layers().get(call.layer());
            values.add(add(prefix + layer.name(), layer.layer(), pick(values, call.inputs())));
        }
        return pick(values, plan.outputs());
    }

    private static List<Flow> pick(List<List<Flow>> values, List<Plan.Port> ports) {
        return ports.stream().map(port -> values.get(port.value()).get(port.output())).toList();
    }

    private Flow single(String name, Layer layer, Flow x) {
        OnnxNorms norms = new OnnxNorms(graph, weights);
        OnnxWindows windows = new OnnxWindows(graph, weights);
        return switch (layer) {
            case Embedding embedding -> embedding(name, embedding, x);
            case Dense dense -> dense(name, dense, x);
            case Dropout _,SpatialDropout _,GaussianDropout _,GaussianNoise _ -> x;
            case Masking masking -> masking(name, masking, x);
            case GlobalMaxPooling pooling -> kept(name, pooling.keepDims(), maximum(name, x));
            case GlobalMeanPooling pooling -> kept(name, pooling.keepDims(), mean(name, x));
            case ActivationLayer of -> activation(name, of.activation(), x);
            case Softmax softmax when softmax.overSteps() && x.signature().isSequence() ->
                x.with(graph.add(name, "Softmax", List.of(x.name()), attribute("axis", 0)), x.signature());
            case Softmax _ -> activation(name, Activation.SOFTMAX, x);
            case Relu relu -> relu(name, relu, x);
            case LeakyRelu leaky -> x.with(graph.add(name, "LeakyRelu", List.of(x.name()),
                    attribute("alpha", leaky.negativeSlope())), x.signature());
            case Elu elu -> x.with(graph.add(name, "Elu", List.of(x.name()), attribute("alpha", elu.alpha())),
                    x.signature());
            case Prelu prelu -> x.with(graph.add(name, "PRelu", List.of(x.name(), slopes(name))), x.signature());
            case Rescaling rescaling -> norms.rescaling(name, rescaling, x);
            case LayerNormalization normalization -> norms.layer(name, normalization, x);
            case BatchNormalization normalization -> norms.batch(name, normalization, x);
            case Normalization normalization -> norms.known(name, normalization, x);
            case UnitNormalization _ -> x.with(new OnnxShapes(graph).unit(name, x.name(), -1), x.signature());
            case Flatten _ -> new OnnxShapes(graph).flatten(name, x);
            case Reshape reshape -> new OnnxShapes(graph).reshape(name, reshape, x);
            case Permute permute -> new OnnxShapes(graph).permute(name, permute, x);
            case RepeatVector repeat -> new OnnxShapes(graph).repeat(name, repeat, x);
            case Conv1d convolution -> convolution(name, convolution, x);
            case MaxPooling pooling -> windows.maximum(name, pooling, x);
            case MeanPooling pooling -> windows.mean(name, pooling, x);
            case ZeroPadding padding -> windows.padding(name, padding, x);
            case Cropping cropping -> windows.cropping(name, cropping, x);
            case UpSampling sampling -> windows.upSampling(name, sampling, x);
            default -> throw new IllegalArgumentException("layer \"" + name + "\" (" + layer.kind()
                    + ") is none of Rondo's own and cannot be exported to ONNX; build it from Rondo's layers");
        };
    }

    private List<Flow> cell(String name, RecurrentLayer layer, List<Flow> inputs) {
        Flow x = inputs.getFirst();
        Direction direction = OnnxRecurrent.direction(layer);
        List<String> initial = inputs.stream().skip(1).map(Flow::name).toList();
        if (states.carried()) {
            if (!initial.isEmpty()) {
                throw states.given(name, layer.kind());
            }
            if (layer.goesBackwards()) {
                throw states.backwards(name, layer.kind());
            }
            if (x.mask() != null && layer.options().zeroOutputForMask() && !layer.returnsSequences()) {
                throw states.whole(name, layer.kind() + " with zero_output_for_mask");
            }
            initial = states.take(graph, name, layer.stateSizes(), x.size(graph, 1));
            OnnxRecurrent.Run run = recurrent.goOn(name, layer, x, initial);
            states.keep(name, run.last());
            return recurrent.outputs(layer, x, run, run.last().get(layer.outputPart()));
        }
        Flow taken = taken(layer, x, initial);
        List<Flow> outputs = remasked(layer, x, recurrent.outputs(name, layer, taken,
                recurrent.run(name, layer, taken, initial, direction), direction));
        if (!layer.goesBackwards() || !layer.returnsSequences()) {
            return outputs;
        }
        List<Flow> turned = new ArrayList<>(outputs);
        Flow first = outputs.getFirst();
        turned.set(0, first.with(recurrent.turned(name, first), first.signature()));
        return turned;
    }

    /// The sequence without its mask, if the layer looks at none where it is given a state.
    private static Flow taken(RecurrentLayer layer, Flow x, List<String> initial) {
        return initial.isEmpty() || layer.options().masksGivenState() ? x : x.withMask(null);
    }

    /// Outputs of every step have the mask of the input.
    private static List<Flow> remasked(RecurrentLayer layer, Flow x, List<Flow> outputs) {
        List<Flow> masked = new ArrayList<>(outputs);
        if (layer.returnsSequences()) {
            masked.set(0, outputs.getFirst().withMask(x.mask()));
        }
        return masked;
    }

    private List<Flow> bidirectional(String name, Bidirectional layer, List<Flow> inputs) {
        if (states.carried()) {
            throw states.backwards(name, layer.kind());
        }
        RecurrentLayer forward = ofBoth(layer.layer());
        RecurrentLayer backward = ofBoth(layer.backward());
        Flow x = inputs.getFirst();
        List<String> initial = inputs.stream().skip(1).map(Flow::name).toList();
        int half = initial.isEmpty() ? 0 : forward.stateSizes().size();
        String there = name + "/forward";
        String back = name + "/backward";
        Flow taken = taken(forward, x, initial);
        List<Flow> a = remasked(forward, x, recurrent.outputs(there, forward, taken,
                recurrent.run(there, forward, taken, initial.subList(0, half), Direction.FORWARD), Direction.FORWARD));
        List<Flow> b = remasked(backward, x, recurrent.outputs(back, backward, taken,
                recurrent.run(back, backward, taken, initial.subList(half, initial.size()), Direction.BACKWARD),
                Direction.BACKWARD));
        Flow first = a.getFirst();
        List<String> pair = List.of(first.name(), b.getFirst().name());
        List<Flow> outputs = new ArrayList<>();
        switch (layer.mergeMode()) {
            case CONCAT -> outputs.add(first.with(graph.add(name, "Concat", pair, attribute("axis", -1)),
                    first.signature().features(forward.width() + backward.width())));
            case SUM -> outputs.add(first.with(graph.add(name, "Add", pair), first.signature()));
            case MUL -> outputs.add(first.with(graph.add(name, "Mul", pair), first.signature()));
            case AVE -> outputs.add(first.with(OnnxActivations.product(graph, name, graph.add(name, "Add", pair),
                    graph.number(0.5f)), first.signature()));
            case NONE -> outputs.addAll(List.of(first, b.getFirst()));
        }
        outputs.addAll(a.subList(1, a.size()));
        outputs.addAll(b.subList(1, b.size()));
        return outputs;
    }

    /// Outputs of masked steps are zero, whatever the layer says.
    private static RecurrentLayer ofBoth(RecurrentLayer layer) {
        RecurrentOptions o = layer.options();
        return layer.options(new RecurrentOptions(o.returnsSequences(), o.returnsState(), o.goesBackwards(),
                o.stateful(), o.returnsSequences(), o.dropout(), o.recurrentDropout(), o.masksGivenState()));
    }

    private Flow embedding(String name, Embedding layer, Flow ids) {
        String vectors = graph.add(name, "Gather", List.of(weights.plain(name + "/embeddings"), ids.name()),
                attribute("axis", 0));
        Flow out = ids.with(vectors, ids.signature().features(layer.outputDim()));
        return layer.masksZero()
                ? out.withMask(counting(ids, graph.add(name, "Not", List.of(
                        graph.add(name, "Equal", List.of(ids.name(), graph.whole(0)))))))
                : out;
    }

    private Flow masking(String name, Masking layer, Flow x) {
        String same = graph.add(name, "Cast", List.of(graph.add(name, "Equal",
                List.of(x.name(), graph.number(layer.value())))), attribute("to", 1));
        String all = graph.add(name, "ReduceMin", List.of(same), OnnxGraph.longs("axes", 2), attribute("keepdims", 0));
        String mask = counting(x, graph.add(name, "Less", List.of(all, graph.number(0.5f))));
        return x.with(x.zeroedUnless(graph, name, mask), x.signature()).withMask(mask);
    }

    /// A mask that leaves out what the flow's own mask leaves out, and what is no step.
    private String counting(Flow x, String mask) {
        String before = x.counting(graph);
        return before == null ? mask : graph.add("shape", "And", List.of(before, mask));
    }

    private Flow dense(String name, Dense layer, Flow x) {
        String y = graph.add(name, "MatMul", List.of(x.name(), weights.plain(name + "/kernel")));
        if (layer.useBias()) {
            y = graph.add(name, "Add", List.of(y, weights.plain(name + "/bias")));
        }
        return activation(name, layer.activation(), x.with(y, x.signature().features(layer.units())));
    }

    private Flow activation(String name, Activation activation, Flow x) {
        return x.with(OnnxActivations.apply(graph, name, activation, x.name()),
                x.signature().features(activation.columns(x.signature().features())));
    }

    private Flow relu(String name, Relu layer, Flow x) {
        String above = Float.isInfinite(layer.maxValue()) ? x.name()
                : graph.add(name, "Min", List.of(x.name(), graph.number(layer.maxValue())));
        String threshold = graph.number(layer.threshold());
        String below = OnnxActivations.product(graph, name, graph.add(name, "Sub", List.of(x.name(), threshold)),
                graph.number(layer.negativeSlope()));
        String isBelow = graph.add(name, "Less", List.of(x.name(), threshold));
        return x.with(graph.add(name, "Where", List.of(isBelow, below, above)), x.signature());
    }

    private Flow convolution(String name, Conv1d layer, Flow x) {
        return activation(name, layer.activation(),
                new OnnxWindows(graph, weights).convolution(name, layer, x));
    }

    /// Slopes `[F]`, or `[T, F]` as `[T, 1, F]`.
    private String slopes(String name) {
        Parameter alpha = weights.parameter(name + "/alpha");
        int[] shape = alpha.shape();
        if (shape.length == 1) {
            return weights.plain(name + "/alpha");
        }
        if (states.carried() && shape[0] > 1) {
            throw states.whole(name, "p_re_lu");
        }
        return graph.once("weight " + name + "/alpha",
                () -> graph.floats(name + "/alpha", alpha.values(), shape[0], 1, shape[1]));
    }

    /// A vector, as a sequence of one step if wanted.
    private Flow kept(String name, boolean keepDims, Flow pooled) {
        return keepDims ? new Flow(graph.add(name, "Unsqueeze", List.of(pooled.name(), graph.vector(0))),
                Signature.sequence(pooled.signature().features()).steps(1), null, null) : pooled;
    }

    private Flow maximum(String name, Flow x) {
        if (x.lengths() == null) {
            return Flow.vector(graph.add(name, "ReduceMax", List.of(x.name()), OnnxGraph.longs("axes", 0),
                    attribute("keepdims", 0)), x.signature().features());
        }
        String masked = x.elseNumber(graph, name, x.real(graph), Float.NEGATIVE_INFINITY);
        String most = graph.add(name, "ReduceMax", List.of(masked), OnnxGraph.longs("axes", 0),
                attribute("keepdims", 0));
        return Flow.vector(graph.add(name, "Where", List.of(recurrent.empty(x.lengths()), graph.number(0), most)),
                x.signature().features());
    }

    private Flow mean(String name, Flow x) {
        String counting = x.counting(graph);
        if (counting == null) {
            return Flow.vector(graph.add(name, "ReduceMean", List.of(x.name()), OnnxGraph.longs("axes", 0),
                    attribute("keepdims", 0)), x.signature().features());
        }
        String sum = graph.add(name, "ReduceSum", List.of(x.zeroedUnless(graph, name, counting), graph.vector(0)),
                attribute("keepdims", 0));
        String count = graph.add(name, "ReduceSum", List.of(
                graph.add(name, "Cast", List.of(counting), attribute("to", 1)), graph.vector(0)),
                attribute("keepdims", 0));
        String column = graph.add(name, "Unsqueeze", List.of(
                graph.add(name, "Max", List.of(count, graph.number(1))), graph.vector(1)));
        return Flow.vector(graph.add(name, "Div", List.of(sum, column)), x.signature().features());
    }

    /// A sequence as an output, `[B, T, F]` with zeros behind the end of each; a vector as it is.
    String output(Flow flow) {
        Signature signature = flow.signature();
        if (!signature.isSequence()) {
            return flow.name();
        }
        String ended = flow.lengths() == null ? flow.name()
                : flow.zeroedUnless(graph, "output", flow.real(graph));
        return graph.add("output", "Transpose", List.of(ended), OnnxGraph.longs("perm", 1, 0, 2));
    }
}
