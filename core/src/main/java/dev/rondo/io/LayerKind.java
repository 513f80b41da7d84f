package dev.rondo.io;

import dev.rondo.nn.Layer;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// How one kind of layer is read from JSON and written to it.
///
/// @param name Keras's class name
/// @param type the layer's class
/// @param applies which layers of the class are of this kind
/// @param options the keys of its configuration
/// @param reader makes the layer from its configuration
/// @param writer fills a configuration
record LayerKind<L extends Layer>(
        String name, Class<L> type, Predicate<L> applies, List<String> options, Reader<L> reader, Writer<L> writer) {

    /// Makes a layer.
    interface Reader<L> {
        /// @param vocabularySize the `input_dim` of an embedding that leaves it out
        L read(Fields config, OptionalInt vocabularySize) throws ModelFormatException;
    }

    /// Makes a layer that knows nothing of a vocabulary.
    interface PlainReader<L> {
        L read(Fields config) throws ModelFormatException;
    }

    /// Fills a configuration.
    interface Writer<L> {
        void write(L layer, ObjectNode config);
    }

    static <L extends Layer> LayerKind<L> of(String name, Class<L> type, Reader<L> reader, Writer<L> writer,
            String... options) {
        return new LayerKind<>(name, type, layer -> true, List.of(options), reader, writer);
    }

    static <L extends Layer> LayerKind<L> plain(String name, Class<L> type, PlainReader<L> reader, Writer<L> writer,
            String... options) {
        return new LayerKind<>(name, type, layer -> true, List.of(options), (config, size) -> reader.read(config),
                writer);
    }

    /// This kind for some layers of its class only.
    LayerKind<L> where(Predicate<L> applies) {
        return new LayerKind<>(name, type, applies, options, reader, writer);
    }

    /// Whether a layer is of this kind.
    boolean isOf(Layer layer) {
        return type == layer.getClass() && applies.test(type.cast(layer));
    }

    ObjectNode json(Layer layer) {
        ObjectNode json = Json.mapper().createObjectNode().put("class_name", name);
        writer.write(type.cast(layer), json.putObject("config"));
        return json;
    }
}
