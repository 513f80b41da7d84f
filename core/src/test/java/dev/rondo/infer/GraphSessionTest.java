package dev.rondo.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Inputs;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Signature;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.op.Activation;
import dev.rondo.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Streams of graphs with several inputs and outputs: each step gives what the sequences up to it give, to the last bit.
class GraphSessionTest {
    private static final SplittableRandom RANDOM = new SplittableRandom(12);

    private static float[] floats(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) RANDOM.nextDouble(-1.5, 1.5);
        }
        return x;
    }

    /// Every step of a stream of "ids", "x" and vectors against whole sequences of one sample, and against a batch.
    private static void assertStreams(Graph graph, int[] ids, String... vectors) {
        int steps = ids.length;
        float[][] x = new float[steps][];
        Arrays.setAll(x, t -> floats(3));
        List<float[]> given = new ArrayList<>();
        Session session = Session.open(graph);
        for (String name : vectors) {
            given.add(floats(graph.inputs().get(2 + given.size()).features()));
            session.input(name, given.getLast());
        }
        session = session.fork();
        Session behind = Session.open(graph);
        for (int t = 0; t < steps; t++) {
            SessionState before = session.state();
            List<float[]> now = session.input("ids", ids[t]).input("x", x[t]).stepAll();
            behind.restore(before);
            float[][] again = graph.outputs().stream().map(output -> new float[output.features()])
                    .toArray(float[][]::new);
            behind.input("ids", ids[t]).input("x", x[t]).stepInto(again);
            List<Inputs> parts = new ArrayList<>();
            parts.add(Inputs.tokens(new int[][] {Arrays.copyOf(ids, t + 1), ids}));
            parts.add(Inputs.features(new float[][][] {Arrays.copyOf(x, t + 1), x}));
            given.forEach(vector -> parts.add(Inputs.vectors(new float[][] {vector, vector})));
            Inputs both = new Inputs.Several(parts);
            List<float[]> whole = session.predictAll(both.slice(0, 1));
            List<float[][]> batch = Trainer.of(graph).predictAll(both);
            for (int o = 0; o < now.size(); o++) {
                String what = "output " + o + " of step " + t;
                float[] last = whole.get(o);
                int width = now.get(o).length;
                assertArrayEquals(Arrays.copyOfRange(last, last.length - width, last.length), now.get(o), what);
                assertArrayEquals(last, batch.get(o)[0], what);
                assertArrayEquals(now.get(o), again[o], what);
            }
            if (t == steps / 2) {
                session = session.fork();
            }
        }
        assertEquals(steps, session.state().steps());
    }

    /// Tokens and numbers side by side, a vector at every step, a state to start from, and states and poolings among the outputs.
    @Test
    void sequencesVectorsAndStates() {
        GraphBuilder b = Graph.builder(4);
        Node ids = b.input("ids", Signature.tokens());
        Node x = b.input("x", Signature.sequence(3));
        Node who = b.input("who", Signature.vector(2));
        Node h = b.input("h", Signature.vector(5));
        Node c = b.input("c", Signature.vector(5));
        Node both = b.add(Concatenate.of(), b.add(Embedding.of(7, 2), ids), x);
        Node at = b.add(Merge.of(Merge.Operation.ADD), both, b.add(Dense.of(5).activation(Activation.TANH), who));
        List<Node> read = b.addAll(Lstm.of(5).returnSequences().returnState(), at, h, c);
        Node tag = b.add(Dense.of(4).activation(Activation.SOFTMAX), read.get(0));
        Node end = b.add(Concatenate.of(), read.get(1), read.get(2), who, b.add(GlobalMaxPooling.of(), read.get(0)));
        Graph graph = b.build(tag, b.add(Dense.of(1), end), read.get(2));
        assertStreams(graph, new int[] {3, 1, 6, 0, 2}, "who", "h", "c");
    }

    static Stream<RecurrentLayer> layers() {
        return Stream.of(Lstm.of(4), Gru.of(4), Gru.of(4).resetBefore(), SimpleRnn.of(4),
                StackedRnn.of(Gru.of(4), SimpleRnn.of(4)), Lstm.of(4).projection(3));
    }

    /// A state made of a vector, under a mask that begins and ends with steps that do not count.
    @ParameterizedTest
    @MethodSource("layers")
    void statesUnderAMask(RecurrentLayer layer) {
        for (boolean zeroes : new boolean[] {false, true}) {
            for (int way = 0; way < 4; way++) {
                boolean sequences = way % 2 == 1;
                RecurrentOptions skipping = new RecurrentOptions(sequences, true, false, false, zeroes, 0, 0);
                GraphBuilder b = Graph.builder(9);
                Node ids = b.input("ids", Signature.tokens());
                Node x = b.input("x", Signature.sequence(3));
                Node who = b.input("who", Signature.vector(2));
                RecurrentLayer wanted = layer.options(way < 2 ? skipping : skipping.withoutMaskingGivenState());
                List<Node> read = new ArrayList<>();
                read.add(b.add(Embedding.of(7, 3).maskZero(), ids));
                for (int size : layer.stateSizes()) {
                    read.add(b.add(Dense.of(size), who));
                }
                List<Node> gives = new ArrayList<>(b.addAll(wanted, read.toArray(Node[]::new)));
                gives.add(b.add(Gru.of(2), x));
                assertStreams(b.build(gives.toArray(Node[]::new)), new int[] {0, 0, 3, 0, 1, 5, 0, 0}, "who");
            }
        }
    }

    @Test
    void saysWhatCannotStream() {
        GraphBuilder b = Graph.builder();
        Node ids = b.input("ids", Signature.tokens());
        Node x = b.input("x", Signature.sequence(3));
        List<Node> read = b.addAll(Gru.of(4).returnState(), b.add(Embedding.of(7, 3), ids));
        Graph translator = b.build(b.layer("decoder", Gru.of(4)).on(x, read.get(1)));
        Session session = Session.open(translator).input("ids", 3).input("x", new float[3]);
        String decoder = assertThrows(IllegalStateException.class, session::step).getMessage();
        assertTrue(decoder.startsWith("layer \"decoder\": its initial state is made of a sequence"), decoder);
        assertEquals(4, session.predict(Inputs.several(Inputs.tokens(new int[][] {{1, 2}}),
                Inputs.features(new float[1][5][3]))).length);

        GraphBuilder mixed = Graph.builder();
        Node y = mixed.input("x", Signature.sequence(3));
        Node sum = mixed.layer("sum", Merge.of(Merge.Operation.ADD)).on(y, mixed.add(SimpleRnn.of(3), y));
        Session other = Session.open(mixed.build(sum));
        assertTrue(assertThrows(IllegalStateException.class, () -> other.step(new float[3])).getMessage()
                .startsWith("layer \"sum\": it takes the steps of a sequence together with a vector"));

        GraphBuilder vectors = Graph.builder();
        Node one = vectors.input("one", Signature.vector(2));
        Node two = vectors.input("two", Signature.vector(2));
        Session none = Session.open(vectors.build(vectors.add(Concatenate.of(), one, two)))
                .input("one", new float[2]).input("two", new float[2]);
        assertTrue(assertThrows(IllegalStateException.class, none::step).getMessage().contains("is a sequence"));
    }

    @Test
    void saysWhatIsMissing() {
        GraphBuilder b = Graph.builder();
        Node ids = b.input("ids", Signature.tokens());
        Node more = b.input("more", Signature.tokens());
        Node h = b.input("h", Signature.vector(4));
        Node read = b.add(Gru.of(4).returnSequences(), b.add(Embedding.of(7, 3), ids), h);
        Graph graph = b.build(b.add(Gru.of(2), b.add(Concatenate.of(), read, b.add(Embedding.of(5, 2), more))), read);
        Session session = Session.open(graph);
        assertThrows(IllegalArgumentException.class, () -> session.input("id", 1));
        assertThrows(IllegalArgumentException.class, () -> session.input("h", 1));
        assertThrows(IllegalArgumentException.class, () -> session.input("h", new float[3]));
        assertThrows(IllegalArgumentException.class, () -> session.step(1), "several outputs");
        session.input("ids", 6).input("more", 1);
        assertTrue(assertThrows(IllegalStateException.class, session::stepAll).getMessage()
                .startsWith("input \"h\" has not been given before the first step"));
        List<float[]> first = session.input("h", new float[] {1, 2, 3, 4}).stepAll();
        assertTrue(assertThrows(IllegalStateException.class, () -> session.input("ids", 2).stepAll()).getMessage()
                .startsWith("input \"more\" has not been given for this step"));
        assertThrows(IllegalStateException.class, () -> session.input("h", new float[4]), "once");
        // The first layers must not have taken a step that a later one refuses.
        assertThrows(IllegalArgumentException.class, () -> session.input("more", 5).stepAll());
        Session same = Session.open(graph).input("h", new float[] {1, 2, 3, 4}).input("ids", 6).input("more", 1);
        assertArrayEquals(first.get(1), same.stepAll().get(1));
        assertArrayEquals(same.input("ids", 2).input("more", 0).stepAll().get(1),
                session.input("more", 0).stepAll().get(1));
        assertThrows(IllegalArgumentException.class, () -> session.stepInto(new float[1][9]));
        session.reset();
        session.input("ids", 6).input("more", 1);
        assertThrows(IllegalStateException.class, session::stepAll, "vectors are given again");
        SessionState otherState = same.state();
        GraphBuilder small = Graph.builder();
        Graph one = small.build(small.add(Gru.of(2), small.input("x", Signature.sequence(2))));
        assertThrows(IllegalArgumentException.class, () -> Session.open(one).restore(otherState));
    }
}
