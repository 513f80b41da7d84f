package dev.rondo.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.infer.Session;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.nn.window.Cropping;
import dev.rondo.nn.window.MaxPooling;
import dev.rondo.nn.window.MeanPooling;
import dev.rondo.nn.window.UpSampling;
import dev.rondo.nn.window.ZeroPadding;
import dev.rondo.op.Window.Padding;
import dev.rondo.optim.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Of several inputs only the first can be sorted by length; what fills the others up in a batch must not be seen.
class SeveralLengthsTest {
    private static final int[][] FIRST = {{1, 2, 3}, {4}, {5, 6}, {7, 8, 9, 1}, {2}};
    private static final int[][] SECOND = {{3}, {1, 2, 4, 5, 6}, {2, 3, 7}, {6, 5}, {8, 9, 1, 7}};

    static Stream<List<Layer>> stacks() {
        return Stream.of(
                List.of(GlobalMaxPooling.of()),
                List.of(Conv1d.of(3, 2).padding(Padding.CAUSAL), Gru.of(3)),
                List.of(Conv1d.of(3, 1), Lstm.of(3)),
                List.of(Conv1d.of(4, 3).padding(Padding.SAME).strides(2).groups(2), GlobalMaxPooling.of()),
                List.of(MaxPooling.of(2).padding(Padding.SAME), Gru.of(3)),
                List.of(MeanPooling.of(2).padding(Padding.SAME), Gru.of(3).goBackwards()),
                List.of(Gru.of(3).returnSequences().goBackwards(), Gru.of(2)),
                List.of(new ZeroPadding(1, 2), new Cropping(2, 0), UpSampling.of(2), Lstm.of(3)));
    }

    private static Graph model(List<Layer> layers, boolean joined) {
        GraphBuilder b = Graph.builder(3);
        GraphBuilder.Node first = b.input("first", Signature.tokens());
        GraphBuilder.Node second = b.input("second", Signature.tokens());
        GraphBuilder.Shared embed = b.layer(Embedding.of(10, 4));
        GraphBuilder.Node x = embed.on(second);
        if (joined) {
            x = b.add(Concatenate.steps(), x, embed.on(first), x);
        }
        for (Layer layer : layers) {
            x = b.add(layer, x);
        }
        return b.build(b.add(Dense.of(1), b.add(Concatenate.of(), b.add(Gru.of(2), embed.on(first)), x)));
    }

    private static Inputs inputs(int... samples) {
        return Inputs.several(Inputs.tokens(Arrays.stream(samples).mapToObj(i -> FIRST[i]).toArray(int[][]::new)),
                Inputs.tokens(Arrays.stream(samples).mapToObj(i -> SECOND[i]).toArray(int[][]::new)));
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void aPredictionIsThatOfTheSampleAlone(List<Layer> layers) {
        for (boolean joined : new boolean[] {false, true}) {
            Graph model = model(layers, joined);
            float[][] together = Trainer.of(model).predict(inputs(0, 1, 2, 3, 4));
            for (int i = 0; i < FIRST.length; i++) {
                assertArrayEquals(Session.open(model).predict(inputs(i)), together[i],
                        "sample " + i + " joined " + joined);
            }
        }
    }

    /// A step of one batch goes as far as the steps of its samples, each by its share.
    @ParameterizedTest
    @MethodSource("stacks")
    void aStepIsTheSumOfThoseOfTheSamples(List<Layer> layers) {
        float[] targets = {1, -1, 2, 0, 3};
        Graph start = model(layers, true);
        float[][] moved = new float[start.parameters().size()][];
        for (int i = 0; i < FIRST.length; i++) {
            Graph alone = model(layers, true);
            step(alone, inputs(i), new float[] {targets[i]}, 1, 0.1 / FIRST.length);
            for (int p = 0; p < moved.length; p++) {
                float[] to = alone.parameters().get(p).values();
                float[] from = start.parameters().get(p).values();
                moved[p] = moved[p] == null ? from.clone() : moved[p];
                for (int j = 0; j < to.length; j++) {
                    moved[p][j] += to[j] - from[j];
                }
            }
        }
        step(start, inputs(0, 1, 2, 3, 4), targets, 5, 0.1);
        for (int p = 0; p < moved.length; p++) {
            // Sums of a few numbers around 1 in another order.
            assertArrayEquals(moved[p], start.parameters().get(p).values(), 2e-6f, start.parameters().get(p).name());
        }
    }

    private static void step(Graph model, Inputs inputs, float[] targets, int batch, double rate) {
        Trainer.of(model).loss(Loss.MEAN_SQUARED_ERROR).optimizer(Sgd.of(rate)).slices(1).threads(1).fit(
                new Dataset(inputs, Targets.values(targets)), Fit.epochs(1).batchSize(batch));
    }

    /// A masked query of several heads sees nothing and gets the mean of the values, of those of its own sequence.
    @Test
    void aQueryThatSeesNothingIsThatOfTheSampleAlone() {
        GraphBuilder b = Graph.builder(3);
        GraphBuilder.Node first = b.add(Embedding.of(10, 4).maskZero(), b.input("first", Signature.tokens()));
        GraphBuilder.Node second = b.add(Embedding.of(10, 4), b.input("second", Signature.tokens()));
        Graph model = b.build(b.add(MultiHeadAttention.of(2, 3), first, second));
        int[][] queries = {{0, 3, 0, 4}, {0, 5}, {0}};
        int[][] values = {{6, 7}, {1, 2, 3, 4}, {5}};
        float[][] together = Trainer.of(model).predict(
                Inputs.several(Inputs.tokens(queries), Inputs.tokens(values)));
        for (int i = 0; i < values.length; i++) {
            Inputs alone = Inputs.several(Inputs.tokens(new int[][] {queries[i]}),
                    Inputs.tokens(new int[][] {values[i]}));
            assertArrayEquals(Session.open(model).predict(alone), together[i], "sample " + i);
        }
    }

    @Test
    void predictionsForStepsAreForThoseThatAreThere() {
        GraphBuilder b = Graph.builder(3);
        b.input("first", Signature.tokens());
        GraphBuilder.Node second = b.input("second", Signature.tokens());
        Graph model = b.build(b.add(Dense.of(2), b.add(Embedding.of(10, 4), second)));
        float[][] together = Trainer.of(model).predict(inputs(0, 1, 2, 3, 4));
        for (int i = 0; i < SECOND.length; i++) {
            assertEquals(2 * SECOND[i].length, together[i].length);
            assertArrayEquals(Session.open(model).predict(inputs(i)), together[i]);
        }
    }
}
