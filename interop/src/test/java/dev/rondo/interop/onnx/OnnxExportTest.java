package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxAssert.assertAgrees;
import static dev.rondo.interop.onnx.OnnxAssert.assertRefused;
import static dev.rondo.interop.onnx.OnnxAssert.drawn;
import static dev.rondo.interop.onnx.OnnxAssert.ids;
import static dev.rondo.interop.onnx.OnnxAssert.numbers;
import static dev.rondo.interop.onnx.OnnxAssert.sigmoid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Model;
import dev.rondo.nn.Signature;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.activation.ActivationLayer;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.op.Activation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Exported models give in ONNX Runtime what they give in Rondo, on ragged batches with empty sequences and single steps.
final class OnnxExportTest {
    static Stream<Arguments> whole() {
        return Stream.of(
                arguments("lstm classifier", ids(Embedding.of(30, 6), Lstm.of(7), Dropout.of(0.5), sigmoid())),
                arguments("gru classifier",
                        ids(Embedding.of(30, 6), Gru.of(7), Dense.of(4).activation(Activation.SOFTMAX))),
                arguments("gru, reset before", ids(Embedding.of(30, 6), Gru.of(7).resetBefore(), sigmoid())),
                arguments("simple rnn", ids(Embedding.of(30, 6), SimpleRnn.of(7), sigmoid())),
                arguments("lstm without biases", numbers(Lstm.of(7).withoutBias())),
                arguments("gru without biases", numbers(Gru.of(7).withoutBias())),
                arguments("gru, reset before, without biases", numbers(Gru.of(7).resetBefore().withoutBias())),
                arguments("stack", ids(Embedding.of(30, 6), Lstm.of(7).returnSequences(), Dropout.of(0.5),
                        Gru.of(5).returnSequences(), SimpleRnn.of(4), sigmoid())),
                arguments("sequences", numbers(Lstm.of(7).returnSequences(), TimeDistributed.of(Dense.of(3)))),
                arguments("backwards", numbers(Lstm.of(7).goBackwards())),
                arguments("backwards, sequences", numbers(Gru.of(7).goBackwards().returnSequences())),
                arguments("bidirectional lstm", numbers(Bidirectional.of(Lstm.of(7)), sigmoid())),
                arguments("bidirectional sequences", ids(Embedding.of(30, 6),
                        Bidirectional.of(Gru.of(7).returnSequences()), Bidirectional.of(SimpleRnn.of(3)))),
                arguments("bidirectional sum", numbers(Bidirectional.of(Gru.of(7)).mergeMode(MergeMode.SUM))),
                arguments("bidirectional mul",
                        numbers(Bidirectional.of(Lstm.of(7).returnSequences()).mergeMode(MergeMode.MUL))),
                arguments("bidirectional ave", numbers(Bidirectional.of(SimpleRnn.of(7)).mergeMode(MergeMode.AVE))),
                arguments("max pooling", ids(Embedding.of(30, 6), Lstm.of(7).returnSequences(), GlobalMaxPooling.of(),
                        sigmoid())),
                arguments("mean pooling", ids(Embedding.of(30, 6), GlobalMeanPooling.of(), sigmoid())),
                arguments("mean pooling, mask", ids(Embedding.of(3, 6).maskZero(), GlobalMeanPooling.of(), sigmoid())),
                arguments("max pooling, mask", ids(Embedding.of(3, 6).maskZero(), GlobalMaxPooling.of())),
                arguments("lstm, mask", ids(Embedding.of(3, 6).maskZero(), Lstm.of(7), sigmoid())),
                arguments("lstm sequences, mask", ids(Embedding.of(3, 6).maskZero(), Lstm.of(7).returnSequences())),
                arguments("backwards sequences, mask", ids(Embedding.of(3, 6).maskZero(),
                        Gru.of(7).returnSequences().goBackwards())),
                arguments("bidirectional stack, mask", ids(Embedding.of(3, 6).maskZero(),
                        Bidirectional.of(Lstm.of(7).returnSequences()), Bidirectional.of(Gru.of(4)), sigmoid())),
                arguments("masking", numbers(Dense.of(1).activation(Activation.HARD_SHRINK), Masking.of(0),
                        Gru.of(7).returnSequences())),
                arguments("stacked cells", numbers(StackedRnn.of(Lstm.of(7), Gru.of(5)).returnSequences())),
                arguments("stacked cells backwards", numbers(StackedRnn.of(Gru.of(5), Lstm.of(7)).goBackwards())),
                arguments("normalizations", numbers(LayerNormalization.of(), Lstm.of(7), BatchNormalization.of())),
                arguments("relu, hard sigmoid", numbers(
                        Lstm.of(7).activation(Activation.RELU).recurrentActivation(Activation.HARD_SIGMOID))),
                arguments("softsign, softplus", numbers(
                        Gru.of(7).activation(Activation.SOFTSIGN).recurrentActivation(Activation.SPARSE_SIGMOID),
                        Dense.of(2))),
                arguments("linear", numbers(SimpleRnn.of(7).activation(Activation.LINEAR))),
                arguments("elu, leaky", numbers(
                        Lstm.of(7).activation(Activation.ELU).returnSequences(),
                        SimpleRnn.of(4).activation(Activation.LEAKY_RELU))),
                arguments("graph", merges()), arguments("two inputs", twoInputs()), arguments("nested", nested()));
    }

    static Stream<Arguments> windows() {
        return Stream.of(
                arguments("lstm", ids(Embedding.of(30, 6), Lstm.of(7), sigmoid())),
                arguments("gru sequences", numbers(Gru.of(7).returnSequences())),
                arguments("stack", ids(Embedding.of(30, 6), Lstm.of(7).returnSequences(), SimpleRnn.of(5))),
                arguments("stacked cells", numbers(StackedRnn.of(Lstm.of(7), Gru.of(5)).returnSequences())),
                arguments("mask", ids(Embedding.of(3, 6).maskZero(), Lstm.of(7).returnSequences(), Gru.of(3))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whole")
    void givesTheSame(String name, Model model) throws IOException {
        assertAgrees(OnnxExport.of(model));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("windows")
    void goesOnFromItsState(String name, Model model) throws IOException {
        assertAgrees(OnnxExport.of(model).withState());
    }

    @ParameterizedTest
    @EnumSource
    void computesActivations(Activation activation) throws IOException {
        assertAgrees(OnnxExport.of(numbers(Dense.of(8), ActivationLayer.of(activation))));
    }

    @Test
    void refusesWhatOnnxDoesNotKnowByName() {
        assertRefused("layer \"lstm\" has the activation gelu, which ONNX does not know inside a cell",
                OnnxExport.of(numbers(Lstm.of(3).activation(Activation.GELU))));
        assertRefused("layer \"bidirectional\" (bidirectional) reads backwards",
                OnnxExport.of(numbers(Bidirectional.of(Gru.of(3)))).withState());
        assertRefused("layer \"global_max_pooling\" (global_max_pooling) needs whole sequences",
                OnnxExport.of(numbers(Gru.of(3).returnSequences(), GlobalMaxPooling.of())).withState());
        assertRefused("the model has no recurrent layer", OnnxExport.of(numbers(Dense.of(2))).withState());
    }

    @Test
    void sameModelSameBytes() {
        Model model = merges();
        assertEquals(java.util.HexFormat.of().formatHex(OnnxExport.of(model).bytes()),
                java.util.HexFormat.of().formatHex(OnnxExport.of(model).bytes()));
    }

    private static Model merges() {
        GraphBuilder b = Graph.builder();
        Node tokens = b.input("tokens", Signature.tokens());
        Node x = b.add(Embedding.of(30, 6), tokens);
        List<Node> encoded = b.addAll(Lstm.of(5).returnSequences().returnState(), x);
        Node second = b.add(Lstm.of(5).returnSequences(), x, encoded.get(1), encoded.get(2));
        List<Node> both = new ArrayList<>();
        for (Merge.Operation operation : Merge.Operation.values()) {
            both.add(b.add(Merge.of(operation), encoded.getFirst(), second));
        }
        Node joined = b.add(Concatenate.of(), both.toArray(Node[]::new));
        return drawn(b.build(b.add(Gru.of(3), joined), joined, encoded.get(2)));
    }

    private static Model twoInputs() {
        GraphBuilder b = Graph.builder();
        Node text = b.input("text", Signature.tokens());
        Node facts = b.input("facts", Signature.vector(4));
        Node other = b.input("other", Signature.sequence(3));
        Node third = b.input("third", Signature.sequence(2).steps(5));
        List<Node> read = b.addAll(
                new Bidirectional(Gru.of(5).returnSequences(), MergeMode.NONE), b.add(Embedding.of(30, 6), text));
        Node wide = b.add(Merge.of(Merge.Operation.ADD), read.getLast(), b.add(Dense.of(5), facts));
        return drawn(b.build(b.add(Concatenate.of(), b.add(SimpleRnn.of(3), wide), b.add(Lstm.of(4), other),
                b.add(Gru.of(2), third)), read.getFirst()));
    }

    private static Model nested() {
        GraphBuilder inner = Graph.builder();
        Node x = inner.input("x", Signature.sequence(3));
        Graph encoder = inner.build(inner.add(Lstm.of(4), x));
        GraphBuilder b = Graph.builder();
        Node in = b.input("x", Signature.sequence(3));
        GraphBuilder.Shared shared = b.layer("encoder", encoder.plan());
        return drawn(b.build(b.add(Merge.of(Merge.Operation.SUBTRACT), shared.on(in),
                shared.on(b.add(ActivationLayer.of(Activation.TANH), in)))));
    }
}
