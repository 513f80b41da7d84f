package dev.rondo.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.internal.parallel.Team;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OptimizerStateTest {
    /// A table and a kernel large enough for several parts each, and what trains them.
    private static final class Run {
        static final int ROWS = 2000;
        static final int WIDTH = 100;
        final Parameter table;
        final Parameter kernel;
        final OptimizerState state;
        private final Workspace workspace = new Workspace();
        private final Random random = new Random(9);

        Run(Optimizer optimizer) {
            var start = new Random(8);
            table = Fixture.parameter("table", start, ROWS, WIDTH);
            kernel = Fixture.parameter("kernel", start, 300, 501);
            state = optimizer.start(List.of(table, kernel));
        }

        /// One step that touches about half of the rows.
        void step(BiConsumer<OptimizerState, Gradients> how) {
            BitSet touched = touched();
            float[] rows = Fixture.rowGradient(random, ROWS, WIDTH, touched);
            float[] dense = Fixture.gaussian(random, kernel.size(), 0.1);
            Fixture.withGradients(workspace, tape -> {
                Fixture.addRows(tape, table, rows, touched);
                Fixture.addDense(tape, kernel, dense);
            }, gradients -> how.accept(state, gradients));
        }

        private BitSet touched() {
            var touched = new BitSet(ROWS);
            for (int i = 0; i < ROWS; i++) {
                touched.set((int) (ROWS * random.nextDouble() * random.nextDouble()));
            }
            return touched;
        }

        void step() {
            step((state, gradients) -> state.step(gradients, 1e-3));
        }
    }

    private static void assertSameBits(Run expected, Run actual) {
        assertEquals(expected.table.tensor(), actual.table.tensor());
        assertEquals(expected.kernel.tensor(), actual.kernel.tensor());
        assertEquals(expected.state.slots(), actual.state.slots());
        assertEquals(expected.state.steps(), actual.state.steps());
    }

    @Test
    void partsOnATeamMakeTheSameBitsAsStep() {
        for (Optimizer optimizer : Fixture.ALL) {
            var one = new Run(optimizer);
            var four = new Run(optimizer);
            try (var team = new Team(4)) {
                for (int step = 0; step < 8; step++) {
                    one.step();
                    four.step((state, gradients) -> {
                        List<Runnable> parts = new ArrayList<>(state.parts(gradients, 1e-3));
                        assertTrue(parts.size() >= 5, "parts: " + parts.size());
                        // Parts begin in another order and on other threads than step runs them.
                        team.run(parts.size(), i -> parts.get(parts.size() - 1 - i).run());
                    });
                }
            }
            assertSameBits(one, four);
        }
    }

    @Test
    void rowsSettledByFourThreadsHaveTheSameBitsAsByOne() {
        for (Optimizer optimizer : List.of(Sgd.of(0.1).momentum(0.9), Adam.of(), AdamW.of())) {
            var one = new Run(optimizer);
            var four = new Run(optimizer);
            try (var team = new Team(4)) {
                for (int step = 0; step < 12; step++) {
                    one.step();
                    four.step();
                    int[] ids = new Random(step).ints(800, 0, Run.ROWS).toArray();
                    float[] read = copyRows(one.table, ids);
                    float[][] reads = new float[8][];
                    // Eight slices read overlapping windows of the ids; all of them together read every id.
                    team.run(8, slice -> reads[slice] = copyRows(four.table,
                            IntStream.range(0, 300).map(i -> ids[(slice * 100 + i) % 800]).toArray()));
                    for (int slice = 0; slice < 8; slice++) {
                        for (int i = 0; i < 300; i++) {
                            int at = (slice * 100 + i) % 800 * Run.WIDTH;
                            for (int c = 0; c < Run.WIDTH; c++) {
                                assertEquals(read[at + c], reads[slice][i * Run.WIDTH + c], "slice " + slice);
                            }
                        }
                    }
                }
            }
            assertSameBits(one, four);
        }
    }

    private static float[] copyRows(Parameter table, int[] ids) {
        float[] values = table.rows(ids, ids.length).values();
        float[] copy = new float[ids.length * Run.WIDTH];
        for (int i = 0; i < ids.length; i++) {
            System.arraycopy(values, ids[i] * Run.WIDTH, copy, i * Run.WIDTH, Run.WIDTH);
        }
        return copy;
    }

    @Test
    void goesOnFromSavedSlots() {
        for (Optimizer optimizer : Fixture.ALL) {
            var whole = new Run(optimizer);
            var resumed = new Run(optimizer);
            for (int step = 0; step < 10; step++) {
                whole.step();
                resumed.step();
            }
            whole.state.settle();
            Map<String, Tensor> slots = resumed.state.slots();
            long steps = resumed.state.steps();
            resumed.state.close();
            OptimizerState next = optimizer.start(List.of(resumed.table, resumed.kernel));
            next.restore(slots, steps);
            for (int step = 0; step < 10; step++) {
                whole.step();
                resumed.step((old, gradients) -> next.step(gradients, 1e-3));
            }
            assertEquals(20, next.steps());
            assertEquals(whole.table.tensor(), resumed.table.tensor(), optimizer.toString());
            assertEquals(whole.kernel.tensor(), resumed.kernel.tensor());
            assertEquals(whole.state.slots(), next.slots());
        }
    }

    @Test
    void slotsAreNamedCopies() {
        var run = new Run(Adam.of());
        run.step();
        Map<String, Tensor> slots = run.state.slots();
        assertEquals(List.of("table/m", "table/v", "kernel/m", "kernel/v"), List.copyOf(slots.keySet()));
        assertArrayEquals(new int[] {300, 501}, slots.get("kernel/v").shape());
        assertNotSame(slots.get("kernel/m").data(), run.state.slots().get("kernel/m").data());
        assertEquals(List.of("w/velocity"), List.copyOf(Sgd.of().momentum(0.5).start(List.of(w())).slots().keySet()));
        assertEquals(List.of("w/v"), List.copyOf(RmsProp.of().start(List.of(w())).slots().keySet()));
        assertEquals(Map.of(), Sgd.of().start(List.of(w())).slots());
    }

    private static Parameter w() {
        return new Parameter("w", Tensor.of(new float[] {1f, 2f}, 2));
    }

    @Test
    void restoreRefusesForeignSlotsAndChangesNothing() {
        Parameter w = w();
        OptimizerState state = Adam.of().start(List.of(w));
        Map<String, Tensor> slots = new HashMap<>();
        slots.put("w/m", Tensor.of(new float[] {5f, 6f}, 2));
        var missing = assertThrows(IllegalArgumentException.class, () -> state.restore(slots, 3));
        assertEquals("no slot \"w/v\" in [w/m]; was the state saved by another optimizer or for another model?",
                missing.getMessage());
        slots.put("w/v", Tensor.of(new float[] {5f, 6f, 7f}, 3));
        var shape = assertThrows(IllegalArgumentException.class, () -> state.restore(slots, 3));
        assertEquals("slot \"w/v\" has shape [3], expected [2]; was the state saved for another model?",
                shape.getMessage());
        assertThrows(IllegalArgumentException.class, () -> state.restore(Adam.of().start(List.of(w)).slots(), -1));
        assertArrayEquals(new float[2], state.slots().get("w/m").data());
        assertEquals(0, state.steps());
    }

    @Test
    void refusesWhatItWasNotStartedWith() {
        Parameter w = w();
        var twice = assertThrows(IllegalArgumentException.class, () -> Adam.of().start(List.of(w, w())));
        assertTrue(twice.getMessage().contains("two parameters are called \"w\""), twice.getMessage());
        OptimizerState state = Adam.of().start(List.of());
        Fixture.withGradients(new Workspace(), tape -> Fixture.addDense(tape, w, new float[] {1f, 1f}), gradients -> {
            var unknown = assertThrows(IllegalArgumentException.class, () -> state.step(gradients, 1e-3));
            assertTrue(unknown.getMessage().startsWith("parameter \"w\" has a gradient but"), unknown.getMessage());
        });
        assertEquals(0, state.steps());
    }

    @Test
    void refusesLearningRatesOutOfRange() {
        Parameter w = w();
        OptimizerState state = AdamW.of().start(List.of(w));
        Fixture.withGradients(new Workspace(), tape -> Fixture.addDense(tape, w, new float[] {1f, 1f}), gradients -> {
            for (double lr : new double[] {-1e-3, Double.NaN, Double.POSITIVE_INFINITY}) {
                var bad = assertThrows(IllegalArgumentException.class, () -> state.step(gradients, lr));
                assertEquals("step 1: learningRate is " + lr + "; it must be zero or a positive number",
                        bad.getMessage());
            }
            var decay = assertThrows(IllegalArgumentException.class, () -> state.step(gradients, 250));
            assertTrue(decay.getMessage().contains("it must be less than 1"), decay.getMessage());
        });
        assertEquals(0, state.steps());
        assertArrayEquals(new float[] {1f, 2f}, w.values());
    }

    @Test
    void aParameterWithoutGradientSitsTheStepOut() {
        Parameter w = w();
        var idle = new Parameter("idle", Tensor.of(new float[] {3f}, 1));
        OptimizerState state = AdamW.of(0.1).start(List.of(w, idle));
        Fixture.withGradients(new Workspace(), tape -> Fixture.addDense(tape, w, new float[] {1f, 1f}),
                gradients -> state.step(gradients, 0.1));
        assertArrayEquals(new float[] {3f}, idle.values());
        assertEquals(1, state.steps());
    }

    @Test
    void closeSettlesAndEndsTheRun() {
        var run = new Run(Adam.of());
        var twin = new Run(Adam.of());
        for (int step = 0; step < 3; step++) {
            run.step();
            twin.step();
        }
        run.state.close();
        run.state.close();
        assertArrayEquals(twin.table.values(), run.table.raw().values());
        var late = assertThrows(IllegalStateException.class, run::step);
        assertTrue(late.getMessage().contains("is closed"), late.getMessage());
    }
}
