package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxAssert.assertAgrees;
import static dev.rondo.interop.onnx.OnnxAssert.assertRefused;
import static dev.rondo.interop.onnx.OnnxAssert.drawn;
import static dev.rondo.interop.onnx.OnnxAssert.numbers;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Signature;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.op.Activation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Recurrent layers with all their options give in ONNX Runtime what they give in Rondo, or are refused by name.
final class OnnxRecurrentTest {
    /// Those that ONNX's recurrent operators have.
    private static final Set<Activation> KNOWN = EnumSet.of(Activation.TANH, Activation.SIGMOID, Activation.RELU,
            Activation.SOFTSIGN, Activation.SOFTPLUS, Activation.ELU, Activation.CELU, Activation.LEAKY_RELU,
            Activation.HARD_SIGMOID, Activation.SPARSE_SIGMOID, Activation.LINEAR);

    static Stream<RecurrentLayer> cells() {
        return Stream.of(SimpleRnn.of(4), SimpleRnn.of(4).withoutBias(), Lstm.of(4), Lstm.of(4).withoutBias(),
                Lstm.of(4).projection(2), Lstm.of(3).projection(3).withoutBias(), Gru.of(4), Gru.of(4).withoutBias(),
                Gru.of(4).resetBefore(), Gru.of(4).resetBefore().withoutBias(), StackedRnn.of(Lstm.of(3), Gru.of(4)),
                StackedRnn.of(Gru.of(2), Lstm.of(5).projection(2), SimpleRnn.of(3)));
    }

    static Stream<Arguments> options() {
        List<Arguments> all = new ArrayList<>();
        for (RecurrentLayer cell : List.of(SimpleRnn.of(4), Lstm.of(4), Lstm.of(4).projection(2), Gru.of(4),
                Gru.of(4).resetBefore(), StackedRnn.of(Gru.of(2), Lstm.of(5).projection(2), SimpleRnn.of(3)))) {
            for (int bits = 0; bits < 16; bits++) {
                boolean zero = (bits & 8) > 0;
                all.add(arguments(cell.options(new RecurrentOptions((bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0,
                        zero, zero, 0, 0))));
            }
        }
        return all.stream();
    }

    /// Sequences, a mask, and a state to start from, each without and with the others.
    @ParameterizedTest
    @MethodSource("options")
    void everyCellWithEveryOption(RecurrentLayer layer) throws IOException {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3));
        Node masked = b.add(Embedding.of(2, 3).maskZero(), b.input("ids", Signature.tokens()));
        Node fixed = b.input("fixed", Signature.sequence(3).steps(4));
        List<Node> outputs = new ArrayList<>();
        for (Node in : List.of(x, masked, fixed)) {
            outputs.addAll(b.addAll(layer, in));
            outputs.addAll(b.addAll(layer, started(b, in, layer.stateSizes())));
        }
        assertAgrees(OnnxExport.of(drawn(b.build(outputs.toArray(Node[]::new)))));
    }

    /// A sequence and a state to start from, of its last step and thus another one for each sequence.
    private static Node[] started(GraphBuilder b, Node x, List<Integer> sizes) {
        List<Node> inputs = new ArrayList<>(List.of(x));
        Node from = b.add(SimpleRnn.of(3).activation(Activation.SIGMOID), x);
        sizes.forEach(size -> inputs.add(b.add(Dense.of(size), from)));
        return inputs.toArray(Node[]::new);
    }

    @ParameterizedTest
    @EnumSource
    void bothDirections(MergeMode mode) throws IOException {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3));
        Node masked = b.add(Embedding.of(2, 3).maskZero(), b.input("ids", Signature.tokens()));
        List<Node> outputs = new ArrayList<>();
        for (RecurrentLayer cell : List.of(Lstm.of(5).projection(4), Gru.of(4).returnSequences().returnState(),
                SimpleRnn.of(4).returnState(), StackedRnn.of(Gru.of(2), Lstm.of(4)).returnSequences())) {
            Bidirectional layer = new Bidirectional(cell, mode);
            List<Integer> both = Stream.concat(cell.stateSizes().stream(), cell.stateSizes().stream()).toList();
            for (Node in : List.of(x, masked)) {
                outputs.addAll(b.addAll(layer, in));
                outputs.addAll(b.addAll(layer, started(b, in, both)));
            }
        }
        outputs.addAll(b.addAll(new Bidirectional(Lstm.of(4), mode).backward(Gru.of(4).resetBefore()), masked));
        assertAgrees(OnnxExport.of(drawn(b.build(outputs.toArray(Node[]::new)))));
    }

    /// Those that Rondo lets into a cell.
    static Stream<Activation> elementwise() {
        return Stream.of(Activation.values()).filter(Activation::isElementwise);
    }

    @ParameterizedTest
    @MethodSource("elementwise")
    void activationsOfGates(Activation activation) throws IOException {
        for (RecurrentLayer layer : List.of(Lstm.of(4).activation(activation),
                Lstm.of(4).recurrentActivation(activation),
                Gru.of(4).activation(activation), Gru.of(4).recurrentActivation(activation),
                Gru.of(4).resetBefore().activation(activation).recurrentActivation(activation),
                SimpleRnn.of(4).activation(activation))) {
            // Small weights, lest functions without a bound grow from step to step.
            OnnxExport export = OnnxExport.of(drawn(numbers(layer), 0.2));
            if (KNOWN.contains(activation)) {
                assertAgrees(export);
            } else {
                assertRefused("layer \"" + layer.kind() + "\" has the activation " + activation.id()
                        + ", which ONNX does not know inside a cell", export);
            }
        }
    }

    /// Dropout is for training alone.
    static Stream<RecurrentLayer> dropping() {
        RecurrentOptions o = RecurrentOptions.of();
        RecurrentOptions drops = new RecurrentOptions(true, o.returnsState(), false, false, false, 0.4, 0.3);
        return Stream.of(SimpleRnn.of(4).options(drops), Lstm.of(4).options(drops), Gru.of(4).options(drops),
                Gru.of(4).resetBefore().options(drops), StackedRnn.of(Lstm.of(2).options(drops), Gru.of(3)));
    }

    @ParameterizedTest
    @MethodSource("dropping")
    void leavesDropoutOut(RecurrentLayer layer) throws IOException {
        assertAgrees(OnnxExport.of(numbers(layer)));
        assertAgrees(OnnxExport.of(numbers(layer)).withState());
    }

    /// Each input has lengths of its own, and each layer a state of its own; one input has a fixed number of steps in each window.
    @Test
    void severalInputsGoOn() throws IOException {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3));
        Node fixed = b.input("fixed", Signature.sequence(3).steps(4));
        Node facts = b.input("facts", Signature.vector(2));
        Node masked = b.add(Embedding.of(2, 3).maskZero(), b.input("ids", Signature.tokens()));
        List<Node> outputs = new ArrayList<>();
        for (Node in : List.of(x, fixed, masked)) {
            Node read = b.add(Lstm.of(4).returnSequences(), in);
            outputs.add(b.add(Merge.of(Merge.Operation.ADD), read, b.add(Dense.of(4), facts)));
            outputs.addAll(b.addAll(Gru.of(3).returnState(), read));
        }
        assertAgrees(OnnxExport.of(drawn(b.build(outputs.toArray(Node[]::new)))).withState());
    }

    @ParameterizedTest
    @MethodSource("cells")
    void goOnFromTheirState(RecurrentLayer layer) throws IOException {
        for (OnnxExport.State state : List.of(OnnxExport.State.OPTIONAL, OnnxExport.State.REQUIRED)) {
            assertAgrees(new OnnxExport(numbers(layer.returnSequences(), layer), state));
            assertAgrees(new OnnxExport(OnnxAssert.ids(Embedding.of(2, 3).maskZero(), layer.returnSequences(), layer),
                    state));
        }
    }
}
