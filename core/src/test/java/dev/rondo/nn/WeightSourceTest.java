package dev.rondo.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightSourceTest {
    private static final List<Layer> LAYERS = List.of(
            Embedding.of(11, 5),
            Bidirectional.of(Lstm.of(3).returnSequences()),
            Gru.of(4).returnSequences(),
            SimpleRnn.of(2),
            Dense.of(1).activation(Activation.SIGMOID));

    @Test
    void aSeedGivesTheSameWeightsAgain() {
        Map<String, Tensor> weights = Sequential.of(Signature.tokens(), 7, LAYERS).weights();
        assertEquals(weights, Sequential.of(Signature.tokens(), 7, LAYERS).weights());
        assertNotEquals(weights, Sequential.of(Signature.tokens(), 8, LAYERS).weights());
    }

    @Test
    void givenWeightsAreKept() {
        Map<String, Tensor> weights = Sequential.of(Signature.tokens(), 7, LAYERS).weights();
        Sequential model = Sequential.of(Signature.tokens(), LAYERS, weights);
        assertEquals(weights, model.weights());
        for (Parameter parameter : model.parameters()) {
            assertSame(weights.get(parameter.name()).data(), parameter.values());
        }
    }

    @Test
    void aWeightThatIsMissingLeftOverOrOfAnotherShapeIsNamed() {
        Map<String, Tensor> weights = Sequential.of(Signature.tokens(), 7, LAYERS).weights();
        assertRefused("weight \"gru/bias\" [12] is missing; there are left [gru/recurrent_bias, ", weights,
                "gru/bias", null);
        assertRefused("weights [lstm/bias] do not belong to the model", weights, "lstm/bias", Tensor.zeros(2));
        assertRefused("weight \"dense/kernel\" has shape [1, 2], but the layer needs [2, 1]", weights,
                "dense/kernel", Tensor.zeros(1, 2));
    }

    @Test
    void givenWeightsAreNotInitialised() {
        GivenWeights weights = new GivenWeights(Map.of("a", Tensor.zeros(2)));
        Initializer never = (random, shape) -> {
            throw new AssertionError("the initializer ran");
        };
        assertEquals(Tensor.zeros(2), weights.parameter("a", never, 2).tensor());
    }

    @Test
    void aWeightIsGivenOnce() {
        GivenWeights weights = new GivenWeights(Map.of("a", Tensor.zeros(2)));
        assertArrayEquals(new int[] {2}, weights.parameter("a", Initializer.zeros(), 2).shape());
        assertThrows(IllegalArgumentException.class, () -> weights.parameter("a", Initializer.zeros(), 2));
    }

    @ParameterizedTest
    @CsvSource({"5, 20", "20, 5", "7, 7", "1, 4"})
    void orthogonalMatricesAreOrthonormal(int rows, int columns) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
        float[] q = Initializer.orthogonal().values(random, rows, columns).data();
        boolean wide = rows <= columns;
        int count = wide ? rows : columns;
        int length = wide ? columns : rows;
        for (int a = 0; a < count; a++) {
            for (int b = 0; b <= a; b++) {
                double dot = 0;
                for (int k = 0; k < length; k++) {
                    dot += (double) (wide ? q[a * columns + k] : q[k * columns + a])
                            * (wide ? q[b * columns + k] : q[k * columns + b]);
                }
                // Orthonormal in doubles; each of at most 20 terms below 1 is rounded to float32 once or twice.
                assertEquals(a == b ? 1 : 0, dot, 1e-6);
            }
        }
    }

    @Test
    void theForgetBiasStartsAtOne() {
        Tensor bias = Initializer.ones(2, 4).values(RandomGeneratorFactory.of("L64X128MixRandom").create(3), 8);
        assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0, 0, 0}, bias.data());
        Module lstm = Lstm.of(2).build("lstm", Signature.sequence(3), RandomWeights.seed(1));
        assertEquals(bias, lstm.parameters().getLast().tensor());
    }

    @Test
    void sizesThatFitInNoArrayAreRefused() {
        assertTooLarge("lstm: units is 1000000000; it must be at most 23170", () -> Lstm.of(1_000_000_000));
        assertTooLarge("gru: units is 26755; it must be at most 26754", () -> Gru.of(26_755));
        assertTooLarge("embedding: inputDim * outputDim is 2147483648", () -> Embedding.of(1 << 16, 1 << 15));
        assertTooLarge("weight \"dense/kernel\": shape [2147483647, 2]",
                () -> Sequential.of(Signature.vector(Integer.MAX_VALUE), Dense.of(2)));
        assertEquals(46_340, SimpleRnn.of(46_340).units());
    }

    private static void assertTooLarge(String start, Runnable make) {
        String message = assertThrows(IllegalArgumentException.class, make::run).getMessage();
        assertEquals(start, message.substring(0, Math.min(start.length(), message.length())), message);
    }

    private static void assertRefused(String start, Map<String, Tensor> weights, String name, Tensor value) {
        Map<String, Tensor> changed = new LinkedHashMap<>(weights);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        String message = assertThrows(IllegalArgumentException.class,
                () -> Sequential.of(Signature.tokens(), LAYERS, changed)).getMessage();
        assertEquals(start, message.substring(0, Math.min(start.length(), message.length())), message);
    }

    @Test
    void refusedWeightsReplaceNone() {
        Sequential model = Sequential.of(Signature.vector(2), Dense.of(3));
        Map<String, Tensor> before = model.weights();
        Map<String, Tensor> wrong = new LinkedHashMap<>(before);
        wrong.put("dense/kernel", Tensor.zeros(2, 3));
        wrong.put("dense/bias", Tensor.zeros(4));
        assertThrows(IllegalArgumentException.class, () -> model.setWeights(wrong));
        assertEquals(before, model.weights());
    }

    @Test
    void aGraphTakesTheWeightsOfAnother() {
        Graph model = graph(1);
        Graph other = graph(2);
        assertNotEquals(other.weights(), model.weights());
        model.setWeights(other.weights());
        assertEquals(other.weights(), model.weights());
        assertEquals(List.of("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"),
                List.copyOf(model.weights().keySet()), "a shared layer has its weights once");
        Map<String, Tensor> more = new LinkedHashMap<>(graph(3).weights());
        more.put("mine", Tensor.zeros(1));
        String message = assertThrows(IllegalArgumentException.class, () -> model.setWeights(more)).getMessage();
        assertEquals("weights [mine] do not belong to the model", message.split(",", 2)[0]);
        assertEquals(other.weights(), model.weights());
    }

    private static Graph graph(long seed) {
        GraphBuilder b = Graph.builder(seed);
        GraphBuilder.Shared twice = b.layer(Dense.of(2));
        return b.build(b.add(Dense.of(1), twice.on(twice.on(b.input("x", Signature.vector(2))))));
    }

    @Test
    void aLayerIsTakenToNeedWholeSequencesUnlessItSaysOtherwise() {
        record Mine() implements Layer {
            @Override
            public String kind() {
                return "mine";
            }

            @Override
            public Module build(String name, Signature input, WeightSource weights) {
                return new Pass(input, x -> x);
            }
        }
        String message = assertThrows(IllegalArgumentException.class, () -> TimeDistributed.of(new Mine()))
                .getMessage();
        assertEquals("time_distributed takes a layer that works step by step, not mine, which needs whole sequences",
                message);
    }
}
