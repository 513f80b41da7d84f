package dev.rondo.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import org.junit.jupiter.api.Test;

/// What counts as a short training run.
class ShortFitTest {
    private static final int SAMPLES = 1 << 10;

    /// 2^10 weights without a bias.
    private final Sequential model = Sequential.of(Signature.vector(1 << 9), Dense.of(2).withoutBias());

    private static Dataset samples(int n) {
        return new Dataset(Inputs.vectors(new float[n][1 << 9]), Targets.values(new float[n][2]));
    }

    /// Three times 2^10 samples by 2^10 weights: 85 epochs are 255 * 2^20 multiply-adds, 86 are 258 * 2^20.
    @Test
    void countsEpochsSamplesAndWeights() {
        assertTrue(ShortFit.isShort(model, samples(SAMPLES), Fit.epochs(85)));
        assertFalse(ShortFit.isShort(model, samples(SAMPLES), Fit.epochs(86)));
    }

    @Test
    void countsTheValidationOnce() {
        assertTrue(ShortFit.isShort(model, samples(SAMPLES), Fit.epochs(64).validation(samples(SAMPLES))));
        assertFalse(ShortFit.isShort(model, samples(SAMPLES), Fit.epochs(65).validation(samples(SAMPLES))));
    }

    @Test
    void takesOneThreadWhereTheProgramHasJustBegun() {
        assertEquals(1, ShortFit.threads(true, 3, model, samples(SAMPLES), Fit.epochs(85)));
        assertEquals(3, ShortFit.threads(true, 3, model, samples(SAMPLES), Fit.epochs(86)));
    }

    @Test
    void leavesThreadsToLibraries() {
        assertEquals(3, ShortFit.threads(3, model, samples(1), Fit.epochs(1)));
    }
}
