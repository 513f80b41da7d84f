package dev.rondo.tape;

import dev.rondo.op.DropoutOp;
import java.util.SplittableRandom;

/// Noise while a tape records, and the identity else; [Ops#dropout] is the plain one.
public final class NoiseOps {
    private NoiseOps() {}

    /// Dropout of whole features of a sequence: what is zeroed is so at every step.
    ///
    /// @param rate in [0, 1)
    public static Var spatialDropout(Var x, double rate) {
        Tape tape = x.tape();
        if (!tape.isRecording() || rate == 0) {
            return x;
        }
        var steps = x.steps();
        int columns = x.columns();
        float[] mask = tape.buffers().take(steps.batch(), columns);
        DropoutOp.mask(tape.kernels(), tape.nextSeed(), rate, steps.batch() * columns, mask);
        float[] factors = tape.buffers().take(x.size());
        for (int t = 0; t < steps.steps(); t++) {
            System.arraycopy(mask, 0, factors, steps.offset(t) * columns, steps.rows(t) * columns);
        }
        return multiply(x, factors);
    }

    /// Each element times a number drawn around 1: `y = x * n`, n normal with variance `rate / (1 - rate)` (Srivastava et al. 2014).
    ///
    /// @param rate in [0, 1)
    public static Var gaussianDropout(Var x, double rate) {
        Tape tape = x.tape();
        return !tape.isRecording() || rate == 0 ? x : multiply(x, normal(x, 1, Math.sqrt(rate / (1 - rate))));
    }

    /// Each element plus a number drawn around 0: `y = x + n`.
    ///
    /// @param deviation standard deviation of n, at least 0
    public static Var gaussianNoise(Var x, double deviation) {
        Tape tape = x.tape();
        if (!tape.isRecording() || deviation == 0) {
            return x;
        }
        float[] noise = normal(x, 0, deviation);
        int n = x.size();
        return Wiring.same(x, y -> {
            System.arraycopy(x.data(), 0, y, 0, n);
            tape.kernels().add(n, noise, 0, y, 0);
        }, (dy, dx) -> tape.kernels().add(n, dy, 0, dx, 0));
    }

    private static float[] normal(Var x, double mean, double deviation) {
        var random = new SplittableRandom(x.tape().nextSeed());
        float[] drawn = x.tape().buffers().take(x.size());
        for (int i = 0; i < x.size(); i++) {
            drawn[i] = (float) random.nextGaussian(mean, deviation);
        }
        return drawn;
    }

    private static Var multiply(Var x, float[] factors) {
        int n = x.size();
        var k = x.tape().kernels();
        return Wiring.same(x, y -> DropoutOp.forward(k, n, x.data(), factors, y),
                (dy, dx) -> DropoutOp.backward(k, n, factors, dy, dx));
    }
}
