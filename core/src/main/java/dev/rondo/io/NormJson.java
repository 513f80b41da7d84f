package dev.rondo.io;

import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.norm.Normalization;
import dev.rondo.nn.norm.Rescaling;
import dev.rondo.nn.norm.UnitNormalization;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The normalizing and rescaling layers as JSON.
final class NormJson {
    static final List<LayerKind<?>> KINDS = List.of(
            LayerKind.plain("LayerNormalization", LayerNormalization.class, NormJson::layer,
                    (l, c) -> c.put("axis", -1).put("epsilon", l.epsilon()).put("center", l.center())
                            .put("scale", l.scale()),
                    "axis", "epsilon", "center", "scale", "rms_scaling"),
            LayerKind.plain("BatchNormalization", BatchNormalization.class, NormJson::batch,
                    (l, c) -> c.put("axis", -1).put("momentum", l.momentum()).put("epsilon", l.epsilon())
                            .put("center", l.center()).put("scale", l.scale()),
                    "axis", "momentum", "epsilon", "center", "scale", "synchronized", "renorm"),
            LayerKind.plain("Normalization", Normalization.class, c -> {
                c.lastAxis("axis");
                return new Normalization(c.flag("invert", false));
            }, (l, c) -> c.put("axis", -1).put("invert", l.invert()), "axis", "invert"),
            LayerKind.plain("UnitNormalization", UnitNormalization.class, c -> {
                c.lastAxis("axis");
                return UnitNormalization.of();
            }, (l, c) -> c.put("axis", -1), "axis"),
            LayerKind.plain("Rescaling", Rescaling.class,
                    c -> new Rescaling(c.floats("scale"), c.has("offset") ? c.floats("offset") : List.of(0f)),
                    (l, c) -> {
                        put(c, "scale", l.scale());
                        put(c, "offset", l.offset());
                    }, "scale", "offset"));

    private NormJson() {}

    private static LayerNormalization layer(Fields config) throws ModelFormatException {
        config.lastAxis("axis");
        if (config.flag("rms_scaling", false)) {
            throw config.wrong("rms_scaling", "is true, which Rondo does not compute; train the model without it");
        }
        LayerNormalization plain = LayerNormalization.of();
        return new LayerNormalization(config.number("epsilon", plain.epsilon()), config.flag("center", true),
                config.flag("scale", true));
    }

    private static BatchNormalization batch(Fields config) throws ModelFormatException {
        config.lastAxis("axis");
        if (config.flag("renorm", false)) {
            throw config.wrong("renorm", "is true, which Rondo does not compute; train the model without it");
        }
        config.flag("synchronized", false);
        BatchNormalization plain = BatchNormalization.of();
        return new BatchNormalization(config.number("momentum", plain.momentum()),
                config.number("epsilon", plain.epsilon()), config.flag("center", true), config.flag("scale", true));
    }

    private static void put(ObjectNode config, String key, List<Float> values) {
        if (values.size() == 1) {
            config.put(key, values.getFirst());
            return;
        }
        ArrayNode array = config.putArray(key);
        values.forEach(value -> array.add(value.floatValue()));
    }
}
