package dev.rondo.io;

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
import dev.rondo.op.Window.Padding;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The layers over windows of steps, and those that change a sample's shape, as JSON.
final class WindowJson {
    static final List<LayerKind<?>> KINDS = List.of(
            LayerKind.plain("Conv1D", Conv1d.class, WindowJson::convolution, WindowJson::put, "filters", "kernel_size",
                    "strides", "padding", "data_format", "dilation_rate", "groups", "activation", "use_bias"),
            LayerKind.plain("MaxPooling1D", MaxPooling.class, c -> {
                int size = c.single("pool_size", 2);
                return new MaxPooling(size, strides(c, size), padding(c));
            }, (l, c) -> pooling(c, l.poolSize(), l.strides(), l.padding()), "pool_size", "strides", "padding",
                    "data_format"),
            LayerKind.plain("AveragePooling1D", MeanPooling.class, c -> {
                int size = c.single("pool_size", 2);
                return new MeanPooling(size, strides(c, size), padding(c));
            }, (l, c) -> pooling(c, l.poolSize(), l.strides(), l.padding()), "pool_size", "strides", "padding",
                    "data_format"),
            LayerKind.plain("ZeroPadding1D", ZeroPadding.class, c -> {
                List<Integer> ends = ends(c, "padding");
                return new ZeroPadding(ends.getFirst(), ends.getLast());
            }, (l, c) -> integers(c, "padding", List.of(l.before(), l.after())), "padding", "data_format"),
            LayerKind.plain("Cropping1D", Cropping.class, c -> {
                List<Integer> ends = ends(c, "cropping");
                return new Cropping(ends.getFirst(), ends.getLast());
            }, (l, c) -> integers(c, "cropping", List.of(l.before(), l.after())), "cropping"),
            LayerKind.plain("UpSampling1D", UpSampling.class, c -> UpSampling.of(c.single("size", 2)),
                    (l, c) -> c.put("size", l.size()), "size"),
            LayerKind.plain("Flatten", Flatten.class, c -> {
                channelsLast(c);
                return Flatten.of();
            }, (l, c) -> c.put("data_format", "channels_last"), "data_format"),
            LayerKind.plain("Reshape", Reshape.class, c -> new Reshape(c.integers("target_shape")),
                    (l, c) -> integers(c, "target_shape", l.target()), "target_shape"),
            LayerKind.plain("Permute", Permute.class, c -> new Permute(c.integers("dims")),
                    (l, c) -> integers(c, "dims", l.dims()), "dims"),
            LayerKind.plain("RepeatVector", RepeatVector.class, c -> RepeatVector.of(c.integer("n")),
                    (l, c) -> c.put("n", l.n()), "n"));

    private WindowJson() {}

    private static Conv1d convolution(Fields config) throws ModelFormatException {
        channelsLast(config);
        Conv1d plain = Conv1d.of(config.integer("filters"), config.single("kernel_size"));
        return new Conv1d(plain.filters(), plain.kernelSize(), config.single("strides", plain.strides()),
                padding(config), config.single("dilation_rate", plain.dilation()),
                config.integer("groups", plain.groups()),
                LayerJson.activation(config, "activation", Activation.LINEAR),
                config.flag("use_bias", plain.useBias()));
    }

    private static void put(Conv1d layer, ObjectNode config) {
        config.put("filters", layer.filters());
        integers(config, "kernel_size", List.of(layer.kernelSize()));
        integers(config, "strides", List.of(layer.strides()));
        config.put("padding", id(layer.padding())).put("data_format", "channels_last");
        integers(config, "dilation_rate", List.of(layer.dilation()));
        config.put("groups", layer.groups()).put("activation", layer.activation().id())
                .put("use_bias", layer.useBias());
    }

    private static void pooling(ObjectNode config, int size, int strides, Padding padding) {
        integers(config, "pool_size", List.of(size));
        integers(config, "strides", List.of(strides));
        config.put("padding", id(padding)).put("data_format", "channels_last");
    }

    private static int strides(Fields config, int size) throws ModelFormatException {
        channelsLast(config);
        return config.isNull("strides") ? size : config.single("strides");
    }

    private static List<Integer> ends(Fields config, String key) throws ModelFormatException {
        if (!config.has(key)) {
            return List.of(1, 1);
        }
        List<Integer> ends = config.any(key).isIntegralNumber() ? List.of(config.integer(key)) : config.integers(key);
        if (ends.isEmpty() || ends.size() > 2) {
            throw config.wrong(key, "has " + ends.size() + " numbers; expected one or two");
        }
        return ends;
    }

    private static void channelsLast(Fields config) throws ModelFormatException {
        if (config.has("data_format") && !config.isNull("data_format")
                && !config.text("data_format").equals("channels_last")) {
            throw config.wrong("data_format", "is " + ModelFormatException.quote(config.text("data_format"))
                    + "; Rondo holds features last, save the model with channels_last");
        }
    }

    private static Padding padding(Fields config) throws ModelFormatException {
        return config.choice("padding", Padding.VALID, name -> Arrays.stream(Padding.values())
                .filter(padding -> id(padding).equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("padding " + ModelFormatException.quote(name)
                        + " is not known; use one of valid, same, causal")));
    }

    private static String id(Padding padding) {
        return padding.name().toLowerCase(Locale.ROOT);
    }

    private static void integers(ObjectNode config, String key, List<Integer> values) {
        ArrayNode array = config.putArray(key);
        values.forEach(value -> array.add(value.intValue()));
    }
}
