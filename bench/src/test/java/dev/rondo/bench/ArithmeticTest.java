package dev.rondo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import org.junit.jupiter.api.Test;

/// The counts by hand: T = 7 steps, multiply-adds times two.
class ArithmeticTest {
    private static final int T = 7;

    @Test
    void countsTheProductsOfAPrediction() {
        var model = Sequential.of(Signature.sequence(3), Lstm.of(5), Dense.of(2));
        assertEquals(2.0 * (T * (3 + 5) * 4 * 5 + 5 * 2), Arithmetic.forward(model, T));
    }

    @Test
    void trainsWithoutAGradientOfTheData() {
        var model = Sequential.of(Signature.sequence(3), Dropout.of(0.5), SimpleRnn.of(5).returnSequences(),
                Dense.of(2));
        int input = T * 3 * 5;
        int recurrence = T * 5 * 5;
        int dense = T * 5 * 2;
        assertEquals(2.0 * (2 * input + 3 * recurrence + 3 * dense), Arithmetic.training(model, T));
    }

    @Test
    void trainsAnEmbeddingThroughTheGradientOfItsVectors() {
        var model = Sequential.of(Signature.tokens(), Embedding.of(11, 3), Bidirectional.of(Gru.of(5)));
        int both = 2 * T * (3 + 5) * 3 * 5;
        assertEquals(2.0 * both, Arithmetic.forward(model, T));
        assertEquals(2.0 * 3 * both, Arithmetic.training(model, T));
    }
}
