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
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.noise.GaussianDropout;
import dev.rondo.nn.noise.GaussianNoise;
import dev.rondo.nn.noise.SpatialDropout;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.norm.Rescaling;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
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
        return switch (layer) {
            case RecurrentLayer cell -> cell(name, cell, inputs);
            case Bidirectional both -> bidirectional(name, both, inputs);
            case Plan plan -> plan(name + "/", plan, inputs);
            case Merge merge -> List.of(new OnnxMerges(graph).merge(name, merge, inputs));
            case Concatenate concatenate -> List.of(new OnnxMerges(graph).concatenate(name, concatenate, inputs));
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
        return switch (layer) {
            case Embedding embedding -> embedding(name, embedding, x);
            case Dense dense -> dense(name, dense, x);
            case TimeDistributed each -> single(name, each.layer(), x);
            case Dropout _,SpatialDropout _,GaussianDropout _,GaussianNoise _ -> x;
            case Masking masking -> masking(name, masking, x);
            case GlobalMaxPooling _ -> maximum(name, x);
            case GlobalMeanPooling _ -> mean(name, x);
            case ActivationLayer of -> activation(name, of.activation(), x);
            case Softmax _ -> activation(name, Activation.SOFTMAX, x);
            case Relu relu -> relu(name, relu, x);
            case LeakyRelu leaky -> x.with(graph.add(name, "LeakyRelu", List.of(x.name()),
                    attribute("alpha", leaky.negativeSlope())), x.signature());
            case Elu elu -> x.with(graph.add(name, "Elu", List.of(x.name()), attribute("alpha", elu.alpha())),
                    x.signature());
            case Rescaling rescaling -> x.with(affine(name, x.name(), constants(name, "scale", rescaling.scale()),
                    constants(name, "offset", rescaling.offset())), x.signature());
            case LayerNormalization normalization -> layerNormalization(name, normalization, x);
            case BatchNormalization normalization -> batchNormalization(name, normalization, x);
            default -> throw new IllegalArgumentException("layer \"" + name + "\" (" + layer.kind()
                    + ") cannot be exported to ONNX; leave it out, or export to .keras");
        };
    }

    private List<Flow> cell(String name, RecurrentLayer layer, List<Flow> inputs) {
        Flow x = inputs.getFirst();
        Direction direction = OnnxRecurrent.direction(layer);
        List<String> initial = inputs.stream().skip(1).map(Flow::name).toList();
        if (states.carried() && initial.isEmpty()) {
            if (layer.goesBackwards()) {
                throw states.backwards(name, layer.kind());
            }
            initial = states.take(graph, name, layer.stateSizes());
            OnnxRecurrent.Run run = recurrent.goOn(name, layer, x, initial);
            states.keep(name, run.last());
            return recurrent.outputs(name, layer, x, run);
        }
        List<Flow> outputs = recurrent.outputs(name, layer, x, recurrent.run(name, layer, x, initial, direction));
        if (!layer.goesBackwards() || !layer.returnsSequences()) {
            return outputs;
        }
        List<Flow> turned = new ArrayList<>(outputs);
        Flow first = outputs.getFirst();
        turned.set(0, first.with(recurrent.turned(name, first), first.signature()));
        return turned;
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
        List<Flow> a = recurrent.outputs(there, forward, x,
                recurrent.run(there, forward, x, initial.subList(0, half), Direction.FORWARD));
        List<Flow> b = recurrent.outputs(back, backward, x,
                recurrent.run(back, backward, x, initial.subList(half, initial.size()), Direction.BACKWARD));
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
                o.stateful(), o.returnsSequences(), o.dropout(), o.recurrentDropout()));
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
        return x.with(OnnxActivations.apply(graph, "layer \"" + name + "\"", name, activation, x.name()),
                x.signature().features(activation.columns(x.signature().features())));
    }

    private Flow relu(String name, Relu layer, Flow x) {
        if (layer.threshold() != 0) {
            throw new IllegalArgumentException("layer \"" + name + "\" (re_lu) has a threshold, which cannot be "
                    + "exported to ONNX; use 0");
        }
        String y = graph.add(name, "LeakyRelu", List.of(x.name()), attribute("alpha", layer.negativeSlope()));
        return x.with(Float.isInfinite(layer.maxValue()) ? y
                : graph.add(name, "Min", List.of(y, graph.number(layer.maxValue()))), x.signature());
    }

    private Flow maximum(String name, Flow x) {
        requireWhole(name, "global_max_pooling");
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
        requireWhole(name, "global_average_pooling");
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

    private void requireWhole(String name, String kind) {
        if (states.carried()) {
            throw states.whole(name, kind);
        }
    }

    private Flow layerNormalization(String name, LayerNormalization layer, Flow x) {
        int features = x.signature().features();
        String gamma = layer.scale() ? weights.plain(name + "/gamma") : filled(name + "/ones", features, 1);
        List<String> inputs = new ArrayList<>(List.of(x.name(), gamma));
        if (layer.center()) {
            inputs.add(weights.plain(name + "/beta"));
        }
        return x.with(graph.add(name, "LayerNormalization", inputs, attribute("axis", -1),
                attribute("epsilon", (float) layer.epsilon())), x.signature());
    }

    /// At inference it is a factor and a shift for each feature.
    private Flow batchNormalization(String name, BatchNormalization layer, Flow x) {
        float[] mean = weights.parameter(name + "/moving_mean").values();
        float[] variance = weights.parameter(name + "/moving_variance").values();
        float[] factor = new float[mean.length];
        float[] shift = new float[mean.length];
        for (int j = 0; j < mean.length; j++) {
            double gamma = layer.scale() ? weights.parameter(name + "/gamma").values()[j] : 1;
            double beta = layer.center() ? weights.parameter(name + "/beta").values()[j] : 0;
            double scale = gamma / Math.sqrt(variance[j] + layer.epsilon());
            factor[j] = (float) scale;
            shift[j] = (float) (beta - mean[j] * scale);
        }
        return x.with(affine(name, x.name(), graph.floats(name + "/factor", factor, factor.length),
                graph.floats(name + "/shift", shift, shift.length)), x.signature());
    }

    private String affine(String name, String x, String factor, String shift) {
        return OnnxActivations.sum(graph, name, OnnxActivations.product(graph, name, x, factor), shift);
    }

    private String constants(String name, String what, List<Float> values) {
        float[] all = new float[values.size()];
        for (int j = 0; j < all.length; j++) {
            all[j] = values.get(j);
        }
        return graph.floats(name + "/" + what, all, all.length);
    }

    private String filled(String name, int size, float value) {
        float[] all = new float[size];
        java.util.Arrays.fill(all, value);
        return graph.floats(name, all, size);
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
