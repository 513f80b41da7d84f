package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxGraph.attribute;

import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.norm.Normalization;
import dev.rondo.nn.norm.Rescaling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Layers that scale and shift features, in ONNX.
record OnnxNorms(OnnxGraph graph, OnnxWeights weights) {
    private static final double LEAST_DEVIATION = 1e-7;

    Flow layer(String name, LayerNormalization layer, Flow x) {
        int features = x.signature().features();
        String gamma = layer.scale() ? weights.plain(name + "/gamma") : ones(name + "/ones", features);
        List<String> inputs = new ArrayList<>(List.of(x.name(), gamma));
        if (layer.center()) {
            inputs.add(weights.plain(name + "/beta"));
        }
        return x.with(graph.add(name, "LayerNormalization", inputs, attribute("axis", -1),
                attribute("epsilon", (float) layer.epsilon())), x.signature());
    }

    /// At inference it is a factor and a shift for each feature.
    Flow batch(String name, BatchNormalization layer, Flow x) {
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
        return affine(name, x, factor, shift);
    }

    Flow known(String name, Normalization layer, Flow x) {
        float[] mean = weights.parameter(name + "/mean").values();
        float[] variance = weights.parameter(name + "/variance").values();
        float[] factor = new float[mean.length];
        float[] shift = new float[mean.length];
        for (int j = 0; j < mean.length; j++) {
            double deviation = Math.max(Math.sqrt(variance[j]), LEAST_DEVIATION);
            factor[j] = (float) (layer.invert() ? deviation : 1 / deviation);
            shift[j] = layer.invert() ? mean[j] : -mean[j];
        }
        if (layer.invert()) {
            return affine(name, x, factor, shift);
        }
        // The mean goes first: where deviations are tiny, a product of large numbers would lose the difference.
        return scaled(name, shifted(name, x, shift), factor);
    }

    Flow rescaling(String name, Rescaling layer, Flow x) {
        return affine(name, x, numbers(layer.scale()), numbers(layer.offset()));
    }

    private Flow affine(String name, Flow x, float[] factor, float[] shift) {
        return shifted(name, scaled(name, x, factor), shift);
    }

    private Flow scaled(String name, Flow x, float[] factor) {
        String factors = graph.floats(name + "/factor", factor, factor.length);
        return x.with(OnnxActivations.product(graph, name, x.name(), factors), x.signature());
    }

    private Flow shifted(String name, Flow x, float[] shift) {
        String shifts = graph.floats(name + "/shift", shift, shift.length);
        return x.with(OnnxActivations.sum(graph, name, x.name(), shifts), x.signature());
    }

    private static float[] numbers(List<Float> values) {
        float[] all = new float[values.size()];
        for (int j = 0; j < all.length; j++) {
            all[j] = values.get(j);
        }
        return all;
    }

    private String ones(String name, int size) {
        float[] all = new float[size];
        Arrays.fill(all, 1);
        return graph.floats(name, all, size);
    }
}
