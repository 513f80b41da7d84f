package dev.rondo.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class OptimizerTest {
    @Test
    void defaultsAreThoseOfKeras() {
        assertEquals(new Sgd(0.01, 0, false), Sgd.of());
        assertEquals(new RmsProp(1e-3, 0.9, 1e-7), RmsProp.of());
        assertEquals(new Adam(1e-3, 0.9, 0.999, 1e-7), Adam.of());
        assertEquals(new AdamW(1e-3, 0.9, 0.999, 1e-7, 0.004), AdamW.of());
    }

    @Test
    void eachOptionChangesByItself() {
        assertEquals(new Sgd(0.5, 0.9, true), Sgd.of(0.5).momentum(0.9).nesterov());
        assertEquals(new Sgd(0.5, 0.9, true), Sgd.of(0.5).nesterov().momentum(0.9));
        assertEquals(new RmsProp(0.5, 0.8, 1e-5), RmsProp.of(0.5).rho(0.8).epsilon(1e-5));
        assertEquals(new Adam(0.5, 0.8, 0.99, 1e-5), Adam.of(0.5).beta1(0.8).beta2(0.99).epsilon(1e-5));
        assertEquals(new AdamW(0.5, 0.8, 0.99, 1e-5, 0.1),
                AdamW.of(0.5).beta1(0.8).beta2(0.99).epsilon(1e-5).weightDecay(0.1));
        for (Optimizer optimizer : Fixture.ALL) {
            Optimizer other = optimizer.withLearningRate(0.125);
            assertEquals(0.125, other.learningRate());
            assertEquals(optimizer, other.withLearningRate(optimizer.learningRate()));
        }
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertRefused("sgd: learningRate is 0.0; it must be a positive number", () -> Sgd.of(0));
        assertRefused("sgd: learningRate is NaN; it must be a positive number", () -> Sgd.of(Double.NaN));
        assertRefused("sgd: momentum is 1.0; it must be in [0, 1)", () -> Sgd.of().momentum(1));
        assertRefused("rmsprop: rho is -0.1; it must be in [0, 1)", () -> RmsProp.of().rho(-0.1));
        assertRefused("rmsprop: epsilon is 0.0; it must be at least 1.2e-38, the smallest normal float; 1e-7 is usual",
                () -> RmsProp.of().epsilon(0));
        assertRefused("adam: learningRate is Infinity; it must be a positive number",
                () -> Adam.of().withLearningRate(Double.POSITIVE_INFINITY));
        assertRefused("adam: beta1 is 1.5; it must be in [0, 1)", () -> Adam.of().beta1(1.5));
        assertRefused("adam: beta2 is 0.0; it must be a positive number", () -> Adam.of().beta2(0));
        assertRefused("adam: beta2 is 1.0; it must be in [0, 1)", () -> Adam.of().beta2(1));
        assertRefused("adamw: weightDecay is -1.0; it must be zero or a positive number",
                () -> AdamW.of().weightDecay(-1));
        assertRefused("adamw: learningRate 0.5 times weightDecay 2.0 is 1.0; it must be less than 1",
                () -> AdamW.of(0.5).weightDecay(2));
        assertRefused("clipping by global norm: limit is 0.0; it must be a positive number",
                () -> Clipping.globalNorm(0));
        assertRefused("clipping by value: limit is NaN; it must be a positive number",
                () -> Clipping.byValue(Double.NaN));
    }

    private static void assertRefused(String message, Executable options) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, options).getMessage());
    }
}
