package dev.rondo.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.io.Json;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.PlanJson;
import dev.rondo.io.Provenance;
import dev.rondo.io.SavedModel;
import dev.rondo.infer.Session;
import dev.rondo.loss.Loss;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.GraphBuilder.Shared;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.op.Activation;
import dev.rondo.optim.Sgd;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import dev.rondo.train.Fit;
import dev.rondo.train.Trainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphTest {
    private static final int[][] QUESTIONS = {{3, 1, 0, 2}, {1}, {2, 2, 0}, {4, 1, 1, 1, 1}};
    private static final int[][] TEXTS = {{1}, {4, 3, 2, 1, 3, 2}, {1, 0, 2}, {2, 2}};
    private static final float[][] EXTRA = {{0.5f, 1}, {-1, 0.2f}, {0, 0}, {0.3f, -0.7f}};

    /// Two token inputs through one table, a state handed on, a vector input, a nested model, two outputs.
    private static Graph reader(long seed) {
        GraphBuilder head = Graph.builder();
        Node z = head.input("z", Signature.vector(8));
        Graph inner = head.build(head.add(Dense.of(3).activation(Activation.TANH), z));

        GraphBuilder b = Graph.builder(seed);
        Node question = b.input("question", Signature.tokens());
        Node text = b.input("text", Signature.tokens());
        Shared embed = b.layer("embed", Embedding.of(5, 3).maskZero());
        List<Node> read = b.addAll(Lstm.of(4).returnState(), embed.on(question));
        Node found = b.add(Bidirectional.of(Gru.of(4)), embed.on(text));
        Node start = b.add(Lstm.of(4).returnSequences(), embed.on(text), read.get(1), read.get(2));
        Node extra = b.input("extra", Signature.vector(2));
        Node answer = b.layer("inner", inner.plan()).on(found);
        return b.build(b.add(Dense.of(1), b.add(Dense.of(2), extra)), answer, b.add(Dense.of(2), start));
    }

    private static Inputs inputs() {
        return Inputs.several(Inputs.tokens(QUESTIONS), Inputs.tokens(TEXTS), Inputs.vectors(EXTRA));
    }

    @Test
    void inputsComeInTheOrderOfTheirCreation() {
        Graph graph = reader(1);
        assertEquals(List.of(Signature.tokens(), Signature.tokens(), Signature.vector(2)), graph.inputs());
        assertEquals(List.of(Signature.vector(1), Signature.vector(3), Signature.sequence(2)), graph.outputs());
        assertEquals(1, graph.parameters().stream().filter(p -> p.name().equals("embed/embeddings")).count());
        assertTrue(graph.parameters().stream().anyMatch(p -> p.name().equals("inner/dense/kernel")));
        assertTrue(graph.summary().contains("lstm_1"), graph.summary());
    }

    /// What a sample gives does not depend on the others, whatever the lengths of its inputs.
    @Test
    void eachSampleIsPredictedAsIfAlone() {
        Graph graph = reader(2);
        List<float[][]> together = Trainer.of(graph).predictAll(inputs());
        for (int i = 0; i < QUESTIONS.length; i++) {
            List<float[][]> alone = Trainer.of(graph).predictAll(inputs().slice(i, i + 1));
            for (int o = 0; o < 3; o++) {
                float[] expected = alone.get(o)[0];
                assertArrayEquals(expected, Arrays.copyOf(together.get(o)[i], expected.length), "output " + o);
            }
        }
    }

    @Test
    void aModelFileBringsEveryBitBack(@TempDir Path folder) throws Exception {
        Graph graph = reader(3);
        graph.freeze(name -> name.startsWith("embed"));
        Path file = folder.resolve("m.rondo");
        SavedModel
                .of("Reader", graph, Json.mapper().createObjectNode(), Optional.of("a\nb"),
                        new Provenance(List.of(), 1, 1, new TreeMap<>(), Provenance.Environment.here(1, 2),
                                Instant.EPOCH))
                .save(file);
        Graph loaded = assertInstanceOf(Graph.class, SavedModel.load(file).model());
        assertEquals(graph.plan(), loaded.plan());
        List<float[][]> expected = Trainer.of(graph).predictAll(inputs());
        List<float[][]> actual = Trainer.of(loaded).predictAll(inputs());
        for (int o = 0; o < expected.size(); o++) {
            assertArrayEquals(expected.get(o), actual.get(o));
        }
        assertEquals(List.of("embed/embeddings"),
                loaded.parameters().stream().filter(Parameter::isFrozen).map(Parameter::name).toList());
    }

    @Test
    void aModelIsSavedByItself(@TempDir Path folder) throws Exception {
        Graph graph = reader(4);
        Path file = folder.resolve("m.rondo");
        SavedModel.of("Reader", graph).save(file);
        SavedModel saved = SavedModel.load(file);
        assertEquals(0, saved.provenance().epochs());
        assertEquals(graph.plan(), assertInstanceOf(Graph.class, saved.model()).plan());
        List<Parameter> loaded = saved.model().parameters();
        for (int p = 0; p < loaded.size(); p++) {
            assertArrayEquals(graph.parameters().get(p).values(), loaded.get(p).values());
        }
    }

    @Test
    void everyOptionComesBackFromJson() throws Exception {
        RecurrentOptions options = new RecurrentOptions(true, true, false, true, true, 0.25, 0.5);
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3).steps(7));
        Node y = b.add(Masking.of(-1), x);
        y = b.add(Lstm.of(4).projection(2).options(options), y);
        y = b.add(new StackedRnn(List.of(Gru.of(2).dropout(0.1, 0.2), Lstm.of(3)),
                new RecurrentOptions(true, false, true, false, false, 0, 0)), y);
        List<Node> both = b.addAll(Bidirectional.of(Lstm.of(2).returnState()).backward(Gru.of(3).returnState())
                .mergeMode(MergeMode.NONE), y);
        assertEquals(5, both.size());
        Plan plan = b.build(both.getFirst(), both.getLast()).plan();
        assertEquals(plan, PlanJson.read(PlanJson.write(plan), "m.json"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'inputs':[],'layers':[],'calls':[],'outputs':[]} | m.json: a model needs at least one input and one output
            {'inputs':[{'name':'x','kind':'tokens'}],'layers':[],'calls':[],'outputs':[[1,0]]} | m.json: an output uses output 0 of value 1
            {'inputs':[{'name':'x','kind':'tokens'}],'layers':[],'calls':[],'outputs':[[0,-1]]} | m.json: an output uses output -1 of value 0
            {'inputs':[{'name':'x','kind':'tokens'}],'layers':[],'calls':[{'layer':0,'inputs':[[0,0]]}],'outputs':[[0,0]]} | m.json: call 0 applies layer 0, but there are 0
            {'inputs':[{'name':'x','kind':'tokens'}],'layers':[{'name':'d','class_name':'Dense','config':{'units':1}}],'calls':[{'layer':0,'inputs':[[1,0]]}],'outputs':[[0,0]]} | m.json: layer "d" uses output 0 of value 1
            {'inputs':[{'name':'x','kind':'tokens'}],'layers':[{'name':'d','class_name':'Dense','config':{'units':1}}],'calls':[],'outputs':[[0,0]]} | m.json: layer "d" is never applied
            {'inputs':[{'name':'x','kind':'tokens'}],'layers':[],'calls':[],'outputs':[[0]]} | m.json: 'outputs' has an array; expected pairs
            {'inputs':[{'name':'x','kind':'vector','features':2,'steps':3}],'layers':[],'calls':[],'outputs':[[0,0]]} | m.json: input 1: steps is 3;
            """)
    void aWrongGraphIsExplained(String json, String problem) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        String message = assertThrows(ModelFormatException.class,
                () -> PlanJson.read(Json.read(bytes, "m.json"), "m.json")).getMessage();
        assertTrue(message.startsWith(problem), message);
    }

    @Test
    void wrongGraphsAreRefusedWhileBuilt() {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3));
        Shared lstm = b.layer("lstm", Lstm.of(2).returnSequences());
        Node y = lstm.on(x);
        assertThrows(IllegalArgumentException.class, () -> lstm.on(y), "other features");
        assertThrows(IllegalArgumentException.class, () -> b.layer("lstm", Dense.of(1)), "same name");
        assertThrows(IllegalArgumentException.class, () -> b.input("x", Signature.tokens()), "same input");
        assertThrows(IllegalArgumentException.class, () -> b.add(Dense.of(1), x, y), "two inputs");
        assertThrows(IllegalArgumentException.class, () -> b.add(Lstm.of(3), x, y), "no state");
        assertThrows(IllegalArgumentException.class, () -> Graph.builder().add(Dense.of(1), x), "another graph");
    }

    /// Masked steps have no part in the loss, so other targets there change nothing; and frozen weights keep every bit.
    @Test
    void aLossCountsRealStepsOnly() {
        int[][] ids = {{1, 2, 0, 0}, {0, 3, 1, 0}, {2, 0, 0, 1}, {1, 1, 1, 1}};
        float[][] targets = {{1, 0, 9, 9}, {9, 1, 0, 9}, {0, 9, 9, 1}, {1, 0, 1, 0}};
        float[][] others = {{1, 0, -5, 3}, {2, 1, 0, 0}, {0, 0, 4, 1}, {1, 0, 1, 0}};
        Sequential first = tagger();
        Sequential second = tagger();
        float[] frozen = first.parameters().getFirst().values().clone();
        for (Sequential model : List.of(first, second)) {
            model.freeze(name -> name.startsWith("embedding"));
            Dataset data = new Dataset(Inputs.tokens(ids),
                    new Targets.Values(model == first ? targets : others, 1, true));
            Trainer trainer = Trainer.of(model).optimizer(Sgd.of(0.1)).loss(Loss.MEAN_SQUARED_ERROR).seed(1);
            trainer.fit(data, Fit.epochs(3).batchSize(4));
        }
        float[] untouched = tagger().parameters().get(1).values();
        for (int p = 0; p < first.parameters().size(); p++) {
            assertArrayEquals(first.parameters().get(p).values(), second.parameters().get(p).values());
        }
        assertArrayEquals(frozen, first.parameters().getFirst().values());
        assertFalse(Arrays.equals(untouched, first.parameters().get(1).values()), "the others are trained");
        Dataset data = new Dataset(Inputs.tokens(ids), new Targets.Values(targets, 1, true));
        double loss = Trainer.of(first).loss(Loss.MEAN_SQUARED_ERROR).evaluate(data).loss();
        float[][] y = Trainer.of(first).predict(data.inputs());
        double sum = 0;
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            for (int t = 0; t < ids[i].length; t++) {
                if (ids[i][t] != 0) {
                    sum += Math.pow(y[i][t] - targets[i][t], 2);
                    count++;
                }
            }
        }
        // The same numbers summed in double: the loss is rounded to float.
        assertEquals(sum / count, loss, 1e-6 * loss);
    }

    private static Sequential tagger() {
        return Sequential.of(Signature.tokens(), 4,
                List.of(Embedding.of(4, 3).maskZero(), Gru.of(4).returnSequences(), Dense.of(1)));
    }

    @Test
    void oneInputAndOutputIsAModelLikeAnyOther() {
        GraphBuilder b = Graph.builder(5);
        Node x = b.input("x", Signature.sequence(2));
        Graph graph = b.build(b.add(Dense.of(1), b.add(Lstm.of(3), x)));
        Sequential stack = Sequential.of(Signature.sequence(2), 5, List.of(Lstm.of(3), Dense.of(1)));
        float[] values = {1, 2, 3, 4, 5, 6};
        try (Tape tape = Tape.inference(new Workspace())) {
            Var input = tape.constant(values, 3, 2, Steps.of(2, 1));
            assertArrayEquals(stack.apply(input).tensor().data(), graph.apply(input).tensor().data());
        }
    }

    /// Shared and nested layers, a sum of branches, masked steps: each step gives what the sequence up to it gives.
    @Test
    void aGraphStreams() {
        GraphBuilder small = Graph.builder();
        Node z = small.input("z", Signature.sequence(3));
        Graph inner = small.build(small.add(Gru.of(3).returnSequences(), z));
        GraphBuilder b = Graph.builder(6);
        Node tokens = b.input("tokens", Signature.tokens());
        Node x = b.add(Embedding.of(5, 3).maskZero(), tokens);
        Shared twice = b.layer("twice", Lstm.of(3).returnSequences());
        Node y = b.add(Merge.of(Merge.Operation.ADD), twice.on(twice.on(x)), b.add(inner.plan(), x));
        Graph graph = b.build(b.add(Dense.of(2), b.add(StackedRnn.of(Gru.of(2), Lstm.of(3)), y)));
        int[] ids = {0, 3, 1, 0, 0, 2, 4};
        Session session = Session.open(graph);
        for (int t = 0; t < ids.length; t++) {
            float[] step = session.step(ids[t]);
            assertArrayEquals(session.predict(Arrays.copyOf(ids, t + 1)), step, "step " + t);
            session = session.fork();
        }
        GraphBuilder both = Graph.builder();
        Node sequence = both.input("x", Signature.sequence(2));
        Graph reader = both.build(both.layer("reader", Bidirectional.of(Gru.of(2))).on(sequence));
        String message = assertThrows(IllegalStateException.class,
                () -> Session.open(reader).step(new float[2])).getMessage();
        assertTrue(message.startsWith("layer \"reader\": a bidirectional layer needs whole sequences"), message);
    }
}
