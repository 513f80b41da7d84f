package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxAssert.assertAgrees;
import static dev.rondo.interop.onnx.OnnxAssert.assertRefused;
import static dev.rondo.interop.onnx.OnnxAssert.dense;
import static dev.rondo.interop.onnx.OnnxAssert.drawn;
import static dev.rondo.interop.onnx.OnnxAssert.ids;
import static dev.rondo.interop.onnx.OnnxAssert.numbers;
import static dev.rondo.interop.onnx.OnnxAssert.sigmoid;
import static dev.rondo.interop.onnx.OnnxAssert.vectors;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Model;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.activation.Elu;
import dev.rondo.nn.activation.LeakyRelu;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.activation.Relu;
import dev.rondo.nn.activation.Softmax;
import dev.rondo.nn.attention.AdditiveAttention;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.Attention.ScoreMode;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Dot;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.merge.Merge.Operation;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.norm.Normalization;
import dev.rondo.nn.norm.Rescaling;
import dev.rondo.nn.norm.UnitNormalization;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Layers other than recurrent ones give in ONNX Runtime what they give in Rondo, for batches of any size, of any time, and ragged.
final class OnnxLayersTest {
    private static final int VOCABULARY = 5;

    @ParameterizedTest
    @CsvSource({"VALID,1,1,1", "VALID,3,1,1", "VALID,3,2,1", "VALID,3,1,2", "VALID,2,3,1", "SAME,3,1,1", "SAME,4,1,1",
            "SAME,4,2,1", "SAME,5,3,1", "SAME,3,1,3", "SAME,2,5,1", "CAUSAL,3,1,1", "CAUSAL,3,2,1", "CAUSAL,3,1,2"})
    void convolutions(Padding padding, int size, int strides, int dilation) throws IOException {
        Conv1d layer = Conv1d.of(4, size).padding(padding).strides(strides).dilation(dilation);
        assertAgrees(OnnxExport.of(numbers(layer)));
        assertAgrees(OnnxExport.of(numbers(layer.withoutBias().activation(Activation.TANH), Gru.of(3))));
        assertAgrees(OnnxExport.of(dense(11, layer, Flatten.of())));
    }

    @Test
    void convolutionsInGroupsAndOneAfterAnother() throws IOException {
        assertAgrees(OnnxExport.of(numbers(Conv1d.of(4, 3).padding(Padding.SAME).activation(Activation.GLU),
                Conv1d.of(6, 2).groups(2), Conv1d.of(4, 3).padding(Padding.CAUSAL).strides(2).groups(2),
                GlobalMaxPooling.of())));
        // Kernels of several sizes side by side, each with lengths of its own, some of which are zero.
        GraphBuilder b = Graph.builder();
        Node x = b.add(Embedding.of(VOCABULARY, 4).maskZero(), b.input("ids", Signature.tokens()));
        List<Node> pooled = new ArrayList<>();
        for (int size = 2; size < 5; size++) {
            pooled.add(b.add(GlobalMaxPooling.of(), b.add(Conv1d.of(3, size).activation(Activation.RELU), x)));
            pooled.add(b.add(GlobalMeanPooling.of(), b.add(Conv1d.of(3, size), x)));
        }
        Node same = b.add(Concatenate.of(), b.add(Conv1d.of(2, 3).padding(Padding.SAME), x), x);
        assertAgrees(OnnxExport.of(drawn(b.build(b.add(sigmoid(), b.add(Concatenate.of(), pooled.toArray(Node[]::new))),
                b.add(Merge.of(Operation.ADD), b.add(Conv1d.of(2, 3), x), b.add(Conv1d.of(2, 3), x)),
                b.add(Lstm.of(2).returnSequences(), same)))));
    }

    @ParameterizedTest
    @CsvSource({"VALID,2,2", "VALID,3,1", "VALID,2,3", "SAME,2,2", "SAME,3,1", "SAME,4,3", "SAME,2,5", "SAME,1,2"})
    void poolings(Padding padding, int size, int strides) throws IOException {
        MaxPooling max = MaxPooling.of(size).strides(strides).padding(padding);
        MeanPooling mean = MeanPooling.of(size).strides(strides).padding(padding);
        for (Layer layer : List.of(max, mean)) {
            assertAgrees(OnnxExport.of(numbers(layer)));
            assertAgrees(OnnxExport.of(ids(Embedding.of(VOCABULARY, 4).maskZero(), layer, Lstm.of(3))));
            assertAgrees(OnnxExport.of(dense(7, layer, Flatten.of(), Dense.of(2))));
        }
    }

    static Stream<Model> shapes() {
        return Stream.of(numbers(ZeroPadding.of(2), Gru.of(3).returnSequences()), numbers(new ZeroPadding(0, 3)),
                numbers(Cropping.of(1), Gru.of(3)), numbers(new Cropping(2, 0), GlobalMaxPooling.of()),
                numbers(UpSampling.of(3), Conv1d.of(2, 2)), dense(5, ZeroPadding.of(1), Flatten.of()),
                dense(6, new Cropping(1, 2), Flatten.of()), dense(2, UpSampling.of(2), Flatten.of()),
                dense(4, Flatten.of(), Flatten.of(), Dense.of(2)), dense(4, Reshape.of(12)), dense(4, Reshape.of(6, 2)),
                dense(4, Reshape.of(-1, 4), Lstm.of(2)), dense(4, Reshape.of(2, -1)), dense(4, Reshape.of(-1)),
                vectors(Reshape.of(3, 2)), vectors(Reshape.of(2, -1), Gru.of(2).returnSequences()),
                dense(5, Permute.of(), Lstm.of(2)), dense(5, new Permute(List.of(1, 2))),
                vectors(RepeatVector.of(4)),
                numbers(Lstm.of(3), RepeatVector.of(5), Lstm.of(2).returnSequences()));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shapes(Model model) throws IOException {
        assertAgrees(OnnxExport.of(model));
    }

    @Test
    void layersThatTakeStepsOffMasks() throws IOException {
        GraphBuilder b = Graph.builder();
        Node x = b.add(Embedding.of(VOCABULARY, 4).maskZero(), b.input("ids", Signature.tokens().steps(6)));
        assertAgrees(OnnxExport.of(drawn(b.build(b.add(Flatten.of(), x), b.add(Gru.of(2), b.add(Permute.of(), x)),
                b.add(GlobalMeanPooling.of(), b.add(new Permute(List.of(1, 2)), x)),
                b.add(Gru.of(2), b.add(Reshape.of(8, 3), x)), b.add(Dot.of(2), x, x)))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void products(boolean normalize) throws IOException {
        for (int[] axes : new int[][] {{1, 1}, {2, 2}, {-1, -1}, {1, 2}, {-1, -2}}) {
            GraphBuilder b = Graph.builder();
            boolean firstOverSteps = axes[0] == 1;
            boolean secondOverSteps = axes[1] == 1 || axes[1] == -2;
            Node x = b.input("x", firstOverSteps ? Signature.sequence(3).steps(4) : Signature.sequence(4).steps(3));
            Node y = b.input("y", secondOverSteps ? Signature.sequence(2).steps(4) : Signature.sequence(4).steps(2));
            Node v = b.input("v", Signature.vector(4));
            Dot withVector = new Dot(axes[0], 1, normalize);
            assertAgrees(OnnxExport.of(b.build(b.add(new Dot(axes[0], axes[1], normalize), x, y),
                    b.add(withVector, x, v), b.add(new Dot(-1, axes[1], normalize), v, y),
                    b.add(new Dot(1, -1, normalize), v, v))));
        }
    }

    static Stream<MultiLayer> attentions() {
        return Stream.of(Attention.of(), Attention.of().withScale(), Attention.of().withCausalMask(),
                Attention.of().scoreMode(ScoreMode.CONCAT),
                Attention.of().scoreMode(ScoreMode.CONCAT).withScale().withCausalMask(), AdditiveAttention.of(),
                new AdditiveAttention(false, 0.5, true), MultiHeadAttention.of(2, 3),
                MultiHeadAttention.of(3, 2).valueDim(4).withCausalMask(),
                new MultiHeadAttention(1, 3, 2, 5, 0.1, false, false));
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void attention(MultiLayer layer) throws IOException {
        GraphBuilder b = Graph.builder();
        Node q = b.input("q", Signature.sequence(4));
        Node v = b.input("v", Signature.sequence(4));
        Node ids = b.input("ids", Signature.tokens());
        Node masked = b.add(Embedding.of(2, 4).maskZero(), ids);
        Node fixed = b.input("fixed", Signature.sequence(4).steps(3));
        List<Node> all = new ArrayList<>(List.of(b.add(layer, q, q), b.add(layer, q, v), b.add(layer, q, masked),
                b.add(layer, masked, v), b.add(layer, masked, masked), b.add(layer, q, fixed), b.add(layer, fixed, q),
                b.add(layer, q, v, b.add(Dense.of(4), v)),
                b.add(layer, masked, masked, b.add(Conv1d.of(4, 3).padding(Padding.SAME), masked))));
        if (layer instanceof MultiHeadAttention) {
            all.add(b.add(layer, masked));
            all.add(b.add(layer, q, b.add(Conv1d.of(4, 3).padding(Padding.SAME), masked), masked));
        }
        assertAgrees(OnnxExport.of(drawn(b.build(all.toArray(Node[]::new)))));
    }

    /// Sums of many products, as models in use have them.
    @Test
    void wideLayers() throws IOException {
        assertAgrees(OnnxExport.of(drawn(numbers(Conv1d.of(96, 5).padding(Padding.SAME).activation(Activation.RELU),
                MultiHeadAttention.of(8, 16), LayerNormalization.of(), Lstm.of(128).projection(48).returnSequences(),
                Gru.of(160).returnSequences(), MeanPooling.of(2).padding(Padding.SAME),
                Dense.of(500).activation(Activation.SOFTMAX)), 0.1)));
    }

    static Stream<Model> scalings() {
        return Stream.of(numbers(LayerNormalization.of()), vectors(LayerNormalization.of()),
                numbers(new LayerNormalization(1e-3, false, true)), numbers(new LayerNormalization(1e-3, true, false)),
                numbers(BatchNormalization.of()), vectors(BatchNormalization.of()), numbers(Normalization.of()),
                numbers(new Normalization(true)), vectors(Normalization.of()), numbers(UnitNormalization.of()),
                vectors(UnitNormalization.of()), numbers(new Rescaling(List.of(2f), List.of(0.5f))),
                numbers(Prelu.sharing(1)), numbers(Prelu.sharing(1, 2)), vectors(Prelu.of()), vectors(Prelu.sharing(1)),
                dense(4, Prelu.of()), dense(4, Prelu.sharing(2)), dense(4, Prelu.sharing(1)),
                numbers(Relu.of()), numbers(Relu.of().maxValue(1)),
                numbers(Relu.of().threshold(0.5f).negativeSlope(0.2f).maxValue(1)),
                numbers(Relu.of().threshold(1).maxValue(0.5f)), numbers(LeakyRelu.of()), numbers(Elu.of()),
                numbers(Softmax.of()), ids(Embedding.of(2, 4).maskZero(), Prelu.sharing(1), UnitNormalization.of(),
                        Normalization.of(), GlobalMeanPooling.of()));
    }

    @ParameterizedTest
    @MethodSource("scalings")
    void scalings(Model model) throws IOException {
        assertAgrees(OnnxExport.of(model));
    }

    @ParameterizedTest
    @EnumSource
    void merges(Operation operation) throws IOException {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3));
        Node v = b.input("v", Signature.vector(3));
        Node fixed = b.input("fixed", Signature.sequence(3).steps(4));
        Node one = b.input("one", Signature.sequence(1).steps(1));
        Merge merge = Merge.of(operation);
        Node twice = b.add(merge, b.add(Dense.of(3), x), x);
        assertAgrees(OnnxExport.of(drawn(b.build(twice, b.add(merge, x, v), b.add(merge, v, b.add(Dense.of(1), v)),
                b.add(merge, fixed, v), b.add(merge, one, fixed)))));
    }

    @Test
    void sequencesOneAfterAnother() throws IOException {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(4));
        Node y = b.input("y", Signature.sequence(4));
        Node fixed = b.input("fixed", Signature.sequence(4).steps(3));
        Node masked = b.add(Embedding.of(2, 4).maskZero(), b.input("ids", Signature.tokens()));
        Node fixedMasked = b.add(Embedding.of(2, 4).maskZero(), b.input("two", Signature.tokens().steps(2)));
        List<Node> outputs = new ArrayList<>();
        for (List<Node> parts : List.of(List.of(x, y), List.of(x, fixed), List.of(fixed, x), List.of(fixed, fixed),
                List.of(x, y, x), List.of(masked, x), List.of(x, masked), List.of(masked, fixedMasked, fixed),
                List.of(fixedMasked, fixed), List.of(fixed, masked, masked))) {
            Node joined = b.add(Concatenate.steps(), parts.toArray(Node[]::new));
            outputs.add(joined);
            outputs.add(b.add(Gru.of(3), joined));
            outputs.add(b.add(GlobalMeanPooling.of(), joined));
            outputs.add(b.add(Attention.of(), x, joined));
        }
        // The same lengths twice may be merged.
        outputs.add(b.add(Merge.of(Operation.ADD), outputs.getFirst(), b.add(Concatenate.steps(), x, y)));
        assertAgrees(OnnxExport.of(drawn(b.build(outputs.toArray(Node[]::new)))));
    }

    @Test
    void refusesLengthsThatMayDiffer() {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3));
        Node y = b.input("y", Signature.sequence(3));
        assertRefused("layer \"add\" merges sequences of two inputs",
                OnnxExport.of(b.build(b.add(Merge.of(Operation.ADD), x, y))));
        GraphBuilder other = Graph.builder();
        Node q = other.input("q", Signature.sequence(3));
        Node k = other.input("k", Signature.sequence(3));
        assertRefused("layer \"attention\" takes values and keys of two inputs",
                OnnxExport.of(other.build(other.add(Attention.of(), q, q, k))));
    }
}
