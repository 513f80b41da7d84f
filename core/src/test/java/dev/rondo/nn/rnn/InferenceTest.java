package dev.rondo.nn.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.op.Activation;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Inference, which keeps nothing for a backward pass, gives the bits of the forward pass in training.
class InferenceTest {
    private static final int FEATURES = 5;
    private static final int VOCABULARY = 40;

    static List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        for (RecurrentLayer layer : List.of(Lstm.of(17), Lstm.of(6).withoutBias(),
                Lstm.of(6).activation(Activation.RELU),
                Lstm.of(6).activation(Activation.SILU).recurrentActivation(Activation.HARD_SIGMOID), Gru.of(17),
                Gru.of(6).withoutBias(), Gru.of(6).activation(Activation.SILU), Gru.of(17).resetBefore(),
                Gru.of(6).resetBefore().withoutBias(), SimpleRnn.of(17), SimpleRnn.of(6).activation(Activation.RELU))) {
            RecurrentLayer sequences = layer.returnSequences();
            RecurrentLayer backwards = layer.goBackwards();
            layers.addAll(List.of(layer, sequences, backwards, Bidirectional.of(layer), Bidirectional.of(sequences)));
        }
        return layers;
    }

    /// Ragged, dense, one sequence, one step, more rows than are made ready at a time, an empty sequence, none but empty ones.
    private static List<Steps> batches() {
        return List.of(Steps.of(9, 7, 7, 3, 1), Steps.dense(4, 3), Steps.dense(100, 1), Steps.of(1), Steps.dense(3, 60),
                Steps.of(60, 4, 2), Steps.of(3, 1, 0), Steps.of(0, 0));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void featuresGiveTheBitsOfTraining(Layer layer) {
        Sequential model = Sequential.of(Signature.sequence(FEATURES), 5, List.of(layer));
        disturb(model);
        for (Steps steps : batches()) {
            float[] x = new float[steps.total() * FEATURES];
            Random random = new Random(3);
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
            }
            try (Tape training = Tape.recording(); Tape inference = Tape.inference(new Workspace())) {
                assertSame(model.apply(training.constant(x, steps.total(), FEATURES, steps)),
                        model.apply(inference.constant(x, steps.total(), FEATURES, steps)));
            }
        }
    }

    /// The first batches look tokens up, the later ones take their gates from a table.
    @ParameterizedTest
    @MethodSource("layers")
    void tokensGiveTheBitsOfTraining(Layer layer) {
        Sequential model = Sequential.of(Signature.tokens(), 5, List.of(Embedding.of(VOCABULARY, FEATURES), layer));
        for (int change = 0; change < 3; change++) {
            disturb(model);
            for (int turn = 0; turn < 2; turn++) {
                for (Steps steps : batches()) {
                    int[] ids = new Random(turn).ints(steps.total(), 0, VOCABULARY).toArray();
                    try (Tape training = Tape.recording(); Tape inference = Tape.inference(new Workspace())) {
                        assertSame(model.apply(training.tokens(ids, steps)), model.apply(inference.tokens(ids, steps)));
                    }
                }
            }
        }
    }

    /// Gives every weight another value, biases among them.
    private static void disturb(Sequential model) {
        Random random = new Random(11);
        model.parameters().forEach(p -> {
            Tensor values = p.tensor();
            for (int i = 0; i < values.size(); i++) {
                values.data()[i] += 0.1f * random.nextFloat();
            }
            p.set(values);
        });
    }

    private static void assertSame(Var expected, Var actual) {
        assertEquals(expected.toString(), actual.toString());
        assertArrayEquals(expected.tensor().data(), actual.tensor().data());
    }
}
