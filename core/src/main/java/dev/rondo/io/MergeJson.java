package dev.rondo.io;

import dev.rondo.nn.attention.AdditiveAttention;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.Attention.ScoreMode;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Dot;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.merge.Merge.Operation;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The layers of several inputs as JSON.
///
/// What Keras takes as an argument of the call, `use_causal_mask`, is an option here.
final class MergeJson {
    static final List<LayerKind<?>> KINDS = Stream.concat(
            Stream.of(Operation.values()).<LayerKind<?>>map(MergeJson::merge),
            Stream.<LayerKind<?>>of(
                    LayerKind.plain("Concatenate", Concatenate.class, c -> new Concatenate(c.integer("axis", -1)),
                            (l, c) -> c.put("axis", l.axis()), "axis"),
                    LayerKind.plain("Dot", Dot.class, MergeJson::dot, (l, c) -> {
                        c.putArray("axes").add(l.firstAxis()).add(l.secondAxis());
                        c.put("normalize", l.normalize());
                    }, "axes", "normalize"),
                    LayerKind.plain("Attention", Attention.class,
                            c -> new Attention(c.flag("use_scale", false),
                                    c.choice("score_mode", ScoreMode.DOT, MergeJson::scoreMode), c.number("dropout", 0),
                                    c.flag("use_causal_mask", false)),
                            (l, c) -> c.put("use_scale", l.useScale()).put("score_mode", id(l.scoreMode()))
                                    .put("dropout", l.dropout()).put("use_causal_mask", l.causal()),
                            "use_scale", "score_mode", "dropout", "use_causal_mask"),
                    LayerKind.plain("AdditiveAttention", AdditiveAttention.class,
                            c -> new AdditiveAttention(c.flag("use_scale", true), c.number("dropout", 0),
                                    c.flag("use_causal_mask", false)),
                            (l, c) -> c.put("use_scale", l.useScale()).put("dropout", l.dropout())
                                    .put("use_causal_mask", l.causal()),
                            "use_scale", "dropout", "use_causal_mask"),
                    LayerKind.plain("MultiHeadAttention", MultiHeadAttention.class, MergeJson::heads, MergeJson::put,
                            "num_heads", "key_dim", "value_dim", "output_shape", "dropout", "use_bias",
                            "use_causal_mask")))
            .toList();

    private MergeJson() {}

    private static LayerKind<Merge> merge(Operation operation) {
        String name = operation.name().charAt(0) + operation.name().substring(1).toLowerCase(Locale.ROOT);
        return LayerKind.plain(name, Merge.class, c -> Merge.of(operation), (l, c) -> {})
                .where(layer -> layer.operation() == operation);
    }

    private static Dot dot(Fields config) throws ModelFormatException {
        List<Integer> axes = config.any("axes").isIntegralNumber() ? List.of(config.integer("axes"))
                : config.integers("axes");
        if (axes.isEmpty() || axes.size() > 2) {
            throw config.wrong("axes", "has " + axes.size() + " numbers; expected one or two");
        }
        return new Dot(axes.getFirst(), axes.getLast(), config.flag("normalize", false));
    }

    private static MultiHeadAttention heads(Fields config) throws ModelFormatException {
        MultiHeadAttention plain = MultiHeadAttention.of(config.integer("num_heads"), config.integer("key_dim"));
        return new MultiHeadAttention(plain.numHeads(), plain.keyDim(),
                config.isNull("value_dim") ? plain.valueDim() : config.integer("value_dim"),
                config.isNull("output_shape") ? plain.outputDim() : config.single("output_shape"),
                config.number("dropout", 0), config.flag("use_bias", true), config.flag("use_causal_mask", false));
    }

    private static void put(MultiHeadAttention layer, ObjectNode config) {
        config.put("num_heads", layer.numHeads()).put("key_dim", layer.keyDim()).put("value_dim", layer.valueDim());
        if (layer.outputDim() == 0) {
            config.putNull("output_shape");
        } else {
            config.putArray("output_shape").add(layer.outputDim());
        }
        config.put("dropout", layer.dropout()).put("use_bias", layer.useBias()).put("use_causal_mask",
                layer.causal());
    }

    private static ScoreMode scoreMode(String name) {
        return Stream.of(ScoreMode.values()).filter(mode -> id(mode).equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("score mode " + ModelFormatException.quote(name)
                        + " is not known; use dot or concat"));
    }

    private static String id(ScoreMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
