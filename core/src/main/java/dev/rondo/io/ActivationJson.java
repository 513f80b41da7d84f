package dev.rondo.io;

import dev.rondo.nn.activation.ActivationLayer;
import dev.rondo.nn.activation.Elu;
import dev.rondo.nn.activation.LeakyRelu;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.activation.Relu;
import dev.rondo.nn.activation.Softmax;
import dev.rondo.nn.noise.GaussianDropout;
import dev.rondo.nn.noise.GaussianNoise;
import dev.rondo.nn.noise.SpatialDropout;
import dev.rondo.op.Activation;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;

/// The activation and noise layers as JSON.
final class ActivationJson {
    static final List<LayerKind<?>> KINDS = List.of(
            LayerKind.plain("Activation", ActivationLayer.class,
                    c -> ActivationLayer.of(LayerJson.activation(c, "activation", Activation.LINEAR)),
                    (l, c) -> c.put("activation", l.activation().id()), "activation"),
            LayerKind.plain("ReLU", Relu.class, ActivationJson::relu, (l, c) -> {
                c.put("negative_slope", l.negativeSlope()).put("threshold", l.threshold());
                if (Float.isInfinite(l.maxValue())) {
                    c.putNull("max_value");
                } else {
                    c.put("max_value", l.maxValue());
                }
            }, "max_value", "negative_slope", "threshold"),
            LayerKind.plain("LeakyReLU", LeakyRelu.class,
                    c -> new LeakyRelu((float) c.number("negative_slope", LeakyRelu.of().negativeSlope())),
                    (l, c) -> c.put("negative_slope", l.negativeSlope()), "negative_slope"),
            LayerKind.plain("PReLU", Prelu.class, c -> new Prelu(c.integers("shared_axes", List.of())), (l, c) -> {
                ArrayNode axes = c.putArray("shared_axes");
                l.sharedAxes().forEach(axis -> axes.add(axis.intValue()));
            }, "shared_axes"),
            LayerKind.plain("ELU", Elu.class, c -> new Elu((float) c.number("alpha", 1)),
                    (l, c) -> c.put("alpha", l.alpha()), "alpha"),
            LayerKind.plain("Softmax", Softmax.class, c -> {
                if (c.has("axis") && List.of(1, -2).contains(c.single("axis", -1))) {
                    return Softmax.ofSteps();
                }
                c.lastAxis("axis");
                return Softmax.of();
            }, (l, c) -> c.put("axis", l.overSteps() ? 1 : -1), "axis"),
            LayerKind.plain("SpatialDropout1D", SpatialDropout.class, c -> SpatialDropout.of(c.number("rate")),
                    (l, c) -> c.put("rate", l.rate()), "rate"),
            LayerKind.plain("GaussianDropout", GaussianDropout.class, c -> GaussianDropout.of(c.number("rate")),
                    (l, c) -> c.put("rate", l.rate()), "rate"),
            LayerKind.plain("GaussianNoise", GaussianNoise.class, c -> GaussianNoise.of(c.number("stddev")),
                    (l, c) -> c.put("stddev", l.stddev()), "stddev"));

    private ActivationJson() {}

    private static Relu relu(Fields config) throws ModelFormatException {
        double max = config.isNull("max_value") ? Double.POSITIVE_INFINITY : config.number("max_value");
        return new Relu((float) max, (float) config.number("negative_slope", 0),
                (float) config.number("threshold", 0));
    }
}
