package dev.rondo.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// The one-term sum against the sum of all steps, at the root mean squares where it is worst.
class AdamRestTest {
    @Test
    void rowsMayBeLeftBehindAsLongAsOneTermWillDo() {
        assertEquals(Powers.HORIZON, AdamRest.horizon(0.9, 0.999));
        assertEquals(Powers.HORIZON, AdamRest.horizon(0, 0.5));
        int some = AdamRest.horizon(0.9, 0.98);
        assertTrue(some > 1 && some < 20, "horizon " + some);
        assertEquals(1, AdamRest.horizon(0.95, 0.5));
    }

    @Test
    void oneTermIsWithinTheBoundOfAllTerms() {
        assertBound(0.9, 0.999, 1, AdamRest.LIMIT);
        assertBound(0.9, 0.98, 1, AdamRest.LIMIT);
        assertBound(0.99, 0.999, 1, AdamRest.LIMIT);
        // Learning rates that grow threefold within the steps that count.
        assertBound(0.9, 0.999, 1.02, 3 * AdamRest.LIMIT);
    }

    /// @param growth of the learning rate from step to step
    private static void assertBound(double beta1, double beta2, double growth, double bound) {
        double epsilon = 1e-7;
        var rule = new AdamRule(beta1, beta2, epsilon, 0);
        Rule.Rest rest = rule.rest();
        int steps = Math.min(300, rest.horizon());
        // Late in a run the correction of the learning rate for the start is no longer felt.
        for (int index = 1; index <= steps; index++) {
            rest.add(index, Math.pow(growth, index), 1_000_000 + index);
        }
        for (int age = 1; age <= steps; age++) {
            for (double root : new double[] {1e-12, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6}) {
                float m = 1e-8f;
                float v = (float) (root * root);
                double expected = 0;
                for (int j = 1; j <= age; j++) {
                    expected -= Math.pow(growth, steps - age + j) * Math.pow(beta1, j) * m
                            / (Math.sqrt(v) * Math.pow(beta2, j / 2.0) + epsilon);
                }
                float[] w = new float[1];
                rest.apply(steps - age, steps, 1, w, 0, new float[][] {{m}, {v}});
                // Besides the bound, a handful of roundings of floats.
                double allowed = (bound + 6 * 0x1p-24) * Math.abs(expected);
                assertTrue(Math.abs(w[0] - expected) <= allowed,
                        "age " + age + ", root " + root + ": " + w[0] + " for " + expected);
            }
        }
    }
}
