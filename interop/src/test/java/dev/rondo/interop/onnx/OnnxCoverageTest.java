package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxAssert.assertRefused;
import static dev.rondo.interop.onnx.OnnxAssert.dense;
import static dev.rondo.interop.onnx.OnnxAssert.drawn;
import static dev.rondo.interop.onnx.OnnxAssert.ids;
import static dev.rondo.interop.onnx.OnnxAssert.numbers;
import static dev.rondo.interop.onnx.OnnxAssert.vectors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Model;
import dev.rondo.nn.Module;
import dev.rondo.nn.Pass;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Signature;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.WeightSource;
import dev.rondo.nn.activation.ActivationLayer;
import dev.rondo.nn.activation.Elu;
import dev.rondo.nn.activation.LeakyRelu;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.activation.Relu;
import dev.rondo.nn.activation.Softmax;
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
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
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
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every kind of layer of Rondo is exported and compared, so that a new one is not forgotten. Options have tests of their own.
final class OnnxCoverageTest {
    /// A model for each kind of layer that is exported.
    private static Map<String, Model> exported() {
        Map<String, Model> models = new TreeMap<>();
        for (Layer layer : List.of(TimeDistributed.of(Dense.of(2)), Dense.of(2), Dropout.of(0.5), Masking.of(0),
                GlobalMaxPooling.of(), GlobalMeanPooling.of(), ActivationLayer.of(Activation.TANH), Elu.of(),
                LeakyRelu.of(), Prelu.sharing(1), Relu.of(), Softmax.of(), GaussianDropout.of(0.5),
                GaussianNoise.of(0.5), SpatialDropout.of(0.5), BatchNormalization.of(), LayerNormalization.of(),
                Normalization.of(), new Rescaling(List.of(2f), List.of(1f)), UnitNormalization.of(),
                Bidirectional.of(Gru.of(2)), Gru.of(2), Lstm.of(2), SimpleRnn.of(2), StackedRnn.of(Gru.of(2)),
                Conv1d.of(2, 2), Cropping.of(1), MaxPooling.of(2), MeanPooling.of(2), UpSampling.of(2),
                ZeroPadding.of(1))) {
            put(models, layer, numbers(layer));
        }
        put(models, Embedding.of(3, 2), ids(Embedding.of(3, 2)));
        put(models, Flatten.of(), dense(4, Flatten.of()));
        put(models, Permute.of(), dense(4, Permute.of()));
        put(models, Reshape.of(6, 2), dense(4, Reshape.of(6, 2)));
        put(models, RepeatVector.of(3), vectors(RepeatVector.of(3)));
        for (Layer layer : List.of(Attention.of(), AdditiveAttention.of(), MultiHeadAttention.of(1, 2), Dot.of(2),
                Merge.of(Merge.Operation.ADD), Concatenate.of())) {
            GraphBuilder b = Graph.builder();
            Signature input = layer instanceof Dot ? Signature.sequence(3).steps(4) : Signature.sequence(3);
            Node x = b.input("x", input);
            put(models, layer, drawn(b.build(b.add(layer, x, b.add(ActivationLayer.of(Activation.TANH), x)))));
        }
        GraphBuilder inner = Graph.builder();
        Plan plan = inner.build(inner.add(Gru.of(2), inner.input("x", Signature.sequence(3)))).plan();
        put(models, plan, numbers(plan));
        return models;
    }

    private static void put(Map<String, Model> models, Layer layer, Model model) {
        models.put(layer.getClass().getName(), model);
    }

    @Test
    void everyLayerIsExported() throws IOException, ReflectiveOperationException, URISyntaxException {
        Map<String, Model> models = exported();
        assertEquals(layers(), models.keySet(), "a layer without a model here; export it, and test it");
        for (Map.Entry<String, Model> model : models.entrySet()) {
            OnnxCheck check = OnnxCheck.run(OnnxExport.of(model.getValue())).orElseThrow();
            assertTrue(check.passes() && check.numbers() > 0, model.getKey() + ": " + check);
        }
    }

    /// The names of all classes of core that are layers.
    private static Set<String> layers() throws IOException, ReflectiveOperationException, URISyntaxException {
        URI core = Layer.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path place = Path.of(core);
        if (Files.isDirectory(place)) {
            return layers(place);
        }
        try (FileSystem archive = FileSystems.newFileSystem(place)) {
            return layers(archive.getPath("/"));
        }
    }

    private static Set<String> layers(Path root) throws IOException, ReflectiveOperationException {
        Set<String> layers = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root.resolve("dev/rondo/nn"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString().replaceAll("[/\\\\]", ".").replaceAll("\\.class$", "");
                Class<?> type = Class.forName(name, false, Layer.class.getClassLoader());
                if (Layer.class.isAssignableFrom(type) && !type.isInterface()) {
                    layers.add(name);
                }
            }
        }
        return layers;
    }

    /// A layer of somebody's own.
    private record Doubling() implements Layer {
        @Override
        public String kind() {
            return "doubling";
        }

        @Override
        public Module build(String name, Signature input, WeightSource weights) {
            return new Pass(input, x -> x);
        }
    }

    @Test
    void refusesOtherLayersByName() {
        assertRefused("layer \"doubling\" (doubling) is none of Rondo's own", OnnxExport.of(numbers(new Doubling())));
        assertRefused("layer \"model/doubling\" (doubling) is none of Rondo's own", OnnxExport.of(numbers(around())));
    }

    private static Plan around() {
        GraphBuilder b = Graph.builder();
        return b.build(b.add(new Doubling(), b.input("x", Signature.sequence(3)))).plan();
    }
}
