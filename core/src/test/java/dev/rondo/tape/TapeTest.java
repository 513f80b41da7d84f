package dev.rondo.tape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.op.Activation;
import dev.rondo.op.Direction;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Misuse of a tape is an error that says what to do, and gradients meet where paths meet.
class TapeTest {
    private final Parameter w = new Parameter("w", Tensor.of(new float[] {2}, 1, 1));

    private Var loss(Tape tape) {
        Var x = tape.constant(new float[] {3}, 1, 1, null);
        return LossOps.squaredError(Ops.affine(x, w, null), new float[] {1}, 1);
    }

    @Test
    void differentiates() {
        try (Tape tape = Tape.recording()) {
            Var loss = loss(tape);
            assertEquals(25f, loss.scalar());
            assertEquals(30f, tape.backward(loss).toArray(w)[0]);
        }
    }

    @Test
    void pathsThatMeetAddUp() {
        try (Tape tape = Tape.recording()) {
            Var y = Ops.affine(tape.constant(new float[] {3}, 1, 1, null), w, null);
            Var loss = LossOps.squaredError(Ops.sum(Ops.product(y, y), y, 1), new float[] {0}, 1);
            // y = 6, z = y^2 + y = 42, dL/dw = 2 z (2 y + 1) x
            assertEquals(2 * 42f * 13 * 3, tape.backward(loss).toArray(w)[0]);
        }
    }

    @Test
    void aWeightThatIsUsedTwiceAddsUp() {
        try (Tape tape = Tape.recording()) {
            Var y = Ops.affine(Ops.affine(tape.constant(new float[] {3}, 1, 1, null), w, null), w, null);
            // y = 12, dL/dw = 2 y * 2 w x
            assertEquals(2 * 12f * 12, tape.backward(LossOps.squaredError(y, new float[] {0}, 1)).toArray(w)[0]);
        }
    }

    @Test
    void theSumOfAParameterIsEmptyOnce() {
        try (Tape tape = Tape.recording()) {
            assertTrue(tape.sumOf(w).isEmpty());
            assertFalse(tape.sumOf(w).isEmpty());
            var frozen = new Parameter("frozen", Tensor.of(new float[] {2}, 1, 1));
            frozen.freeze(true);
            assertNull(tape.sumOf(frozen));
        }
    }

    @Test
    void oneParameterIsNotBothWeightsOfALayer() {
        try (Tape tape = Tape.recording()) {
            Var x = tape.constant(new float[] {3}, 1, 1, Steps.of(1));
            String said = assertThrows(IllegalArgumentException.class,
                    () -> RecurrentOps.simpleRnn(x, List.of(), Direction.FORWARD, w, w, null, Activation.TANH))
                    .getMessage();
            assertTrue(said.contains("simple_rnn: w [1, 1] is given as"), said);
        }
    }

    @Test
    void inferenceRecordsNothing() {
        try (Tape tape = Tape.inference(new Workspace())) {
            Var loss = loss(tape);
            assertEquals(25f, loss.scalar());
            assertThrows(IllegalStateException.class, () -> tape.backward(loss));
        }
    }

    @Test
    void backwardRunsOnce() {
        try (Tape tape = Tape.recording()) {
            Var loss = loss(tape);
            tape.backward(loss);
            IllegalStateException again = assertThrows(IllegalStateException.class, () -> tape.backward(loss));
            assertTrue(again.getMessage().contains("already"), again.getMessage());
        }
    }

    @Test
    void aClosedTapeIsGone() {
        Tape tape = Tape.recording();
        Var loss = loss(tape);
        tape.close();
        assertThrows(IllegalStateException.class, loss::data);
        assertThrows(IllegalStateException.class, () -> tape.backward(loss));
        assertThrows(IllegalStateException.class, () -> tape.constant(new float[1], 1, 1, null));
    }

    @Test
    void valuesOfAnotherTapeAreRefused() {
        try (Tape one = Tape.recording(); Tape other = Tape.recording()) {
            Var foreign = loss(other);
            assertThrows(IllegalStateException.class, () -> one.backward(foreign));
            assertThrows(IllegalStateException.class, () -> Ops.concat(loss(one), foreign));
        }
    }

    @Test
    void shapesAreChecked() {
        try (Tape tape = Tape.recording()) {
            Var x = tape.constant(new float[] {1, 2}, 1, 2, null);
            IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> Ops.affine(x, w, null));
            assertTrue(wrong.getMessage().contains("input has 2 features"), wrong.getMessage());
            assertThrows(IllegalArgumentException.class, () -> tape.backward(x));
            assertThrows(IllegalArgumentException.class, () -> tape.constant(new float[3], 2, 2, null));
            assertThrows(IllegalArgumentException.class, () -> tape.constant(new float[3], 3, 1, Steps.dense(2, 1)));
            assertThrows(IllegalStateException.class, x::steps);
            assertThrows(IllegalStateException.class, () -> Ops.embedding(x, w));
            assertThrows(IllegalStateException.class, () -> tape.tokens(new int[] {0, 0}, Steps.dense(2, 1)).data());
        }
    }

    @Test
    void sizesBeyondAnArrayDoNotPassForSmallOnes() {
        try (Tape tape = Tape.recording()) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> tape.constant(new float[4], 1 << 16, 1 << 16, null));
            assertTrue(e.getMessage().contains("4294967296 numbers"), e.getMessage());
        }
    }
}
