package dev.rondo.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DenseStepTest {
    @Test
    void followsTheFormulasInDoublePrecision() {
        for (Optimizer optimizer : Fixture.ALL) {
            var random = new Random(1);
            Parameter kernel = Fixture.parameter("kernel", random, 7, 31);
            var reference = new Reference(optimizer, kernel.values());
            var workspace = new Workspace();
            try (OptimizerState state = optimizer.start(List.of(kernel))) {
                for (int step = 1; step <= 300; step++) {
                    float[] gradient = Fixture.gaussian(random, kernel.size(), 0.05);
                    double lr = Fixture.learningRate(optimizer, step);
                    Fixture.withGradients(workspace, tape -> Fixture.addDense(tape, kernel, gradient),
                            gradients -> state.step(gradients, lr));
                    reference.step(gradient, lr);
                    // Moments are running means of floats: relative errors of a few units (6e-8) over the steps they remember.
                    reference.assertNear("dense", kernel.values(), 1e-6);
                }
                assertEquals(300, state.steps());
            }
        }
    }

    @Test
    void doesTheFirstStepsByHand() {
        assertFirstSteps(Sgd.of(0.5), 2f, 1f, 0f);
        // u = -1, then 0.5 * -1 - 1 = -1.5
        assertFirstSteps(Sgd.of(0.5).momentum(0.5), 2f, 1f, -0.5f);
        // 2 + 0.5 * -1 - 1 = 0.5, then 0.5 + 0.5 * -1.5 - 1 = -1.25
        assertFirstSteps(Sgd.of(0.5).momentum(0.5).nesterov(), 2f, 0.5f, -1.25f);
        // v = 3, then 3.75: 2 - 2 / sqrt(4), then - 2 / sqrt(4.75)
        assertFirstSteps(new RmsProp(1, 0.25, 1), 2f, 1f, (float) (1 - 2 / Math.sqrt(4.75)));
        // A constant gradient makes m / (1 - b1^t) = g and sqrt(v / (1 - b2^t)) = |g|.
        assertFirstSteps(Adam.of(0.5), 2f, 1.5f, 1f);
        // 2 - 0.5 * 2 - 0.5 = 0.5, then 0.5 - 0.25 - 0.5
        assertFirstSteps(AdamW.of(0.5).weightDecay(1), 2f, 0.5f, -0.25f);
    }

    private static void assertFirstSteps(Optimizer optimizer, float start, float one, float two) {
        var w = new Parameter("w", Tensor.of(new float[] {start}, 1));
        try (OptimizerState state = optimizer.start(List.of(w))) {
            for (float expected : new float[] {one, two}) {
                Fixture.withGradients(new Workspace(), tape -> Fixture.addDense(tape, w, new float[] {2f}),
                        gradients -> state.step(gradients, optimizer.learningRate()));
                // Roundings of numbers of size one; Adam's epsilon, 1e-7 of sqrt v = 0.06, takes another 2e-6.
                assertArrayEquals(new float[] {expected}, w.values(), 3e-6f, optimizer.toString());
            }
        }
    }
}
