package dev.rondo.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Workspace;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Steps that touch few rows of a table come to the same as steps with the whole gradient.
class SparseStepTest {
    private static final int[][] SHAPES = {{400, 7}, {150, 33}};
    private static final int STEPS = 400;

    @Test
    void equalsDenseSteps() {
        for (Optimizer optimizer : Fixture.ALL) {
            assertEqualsDense(optimizer, 1, 1e-5);
        }
    }

    /// Betas for which rows must not be left behind long, and one that forgets at once.
    @Test
    void equalsDenseStepsWithOtherBetas() {
        assertEqualsDense(Adam.of().beta2(0.98).epsilon(1e-9), 1, 1e-5);
        assertEqualsDense(Adam.of().beta1(0.99), 1, 1e-5);
        assertEqualsDense(AdamW.of().beta1(0).weightDecay(0.1), 1, 1e-5);
        assertEqualsDense(Sgd.of().momentum(0.999), 1, 1e-5);
        assertEqualsDense(RmsProp.of().rho(0), 1, 1e-5);
        // m fades more slowly than sqrt v, so that steps grow while a row rests, and the rounding errors of m with them.
        assertEqualsDense(Adam.of().beta1(0.95).beta2(0.5), 1, 1e-4);
    }

    /// With gradients of 1e-7 and less, epsilon is most of the divisor and the one-term sum shows: up to 3e-5 for a constant
    /// learning rate, which this one is within the few steps that count, but for the pause.
    @Test
    void equalsDenseStepsWhereGradientsAreAsSmallAsEpsilon() {
        assertEqualsDense(Adam.of(), 1e-6, 6e-5);
        assertEqualsDense(AdamW.of().weightDecay(0.5), 1e-5, 6e-5);
        assertEqualsDense(Adam.of().beta1(0.95).beta2(0.98), 1e-6, 6e-5);
    }

    /// @param share of the way that the error may be: 1e-5 where only float rounding tells them apart, of moments that remember up
    ///        to a thousand steps, 6e-8 each time
    private static void assertEqualsDense(Optimizer optimizer, double scale, double share) {
        var random = new Random(2);
        Parameter[] tables = new Parameter[SHAPES.length];
        Parameter[] twins = new Parameter[SHAPES.length];
        Reference[] references = new Reference[SHAPES.length];
        for (int i = 0; i < SHAPES.length; i++) {
            tables[i] = Fixture.parameter("table" + i, random, SHAPES[i][0], SHAPES[i][1]);
            twins[i] = Fixture.copy(tables[i]);
            references[i] = new Reference(optimizer, tables[i].values());
        }
        var workspace = new Workspace();
        try (OptimizerState sparse = optimizer.start(List.of(tables));
                OptimizerState dense = optimizer.start(List.of(twins))) {
            for (int step = 1; step <= STEPS; step++) {
                BitSet[] touched = new BitSet[SHAPES.length];
                float[][] gradients = new float[SHAPES.length][];
                for (int i = 0; i < SHAPES.length; i++) {
                    int[] shape = SHAPES[i];
                    touched[i] = Fixture.touched(random, shape[0], step);
                    gradients[i] = Fixture.rowGradient(random, shape[0], shape[1], touched[i]);
                    for (int e = 0; e < gradients[i].length; e++) {
                        gradients[i][e] *= (float) scale;
                    }
                    if (step % 3 != 0) {
                        readSome(tables[i], references[i], touched[i], shape[1], share);
                    }
                }
                double lr = Fixture.learningRate(optimizer, step);
                Fixture.withGradients(workspace, tape -> {
                    for (int i = 0; i < SHAPES.length; i++) {
                        Fixture.addRows(tape, tables[i], gradients[i], touched[i]);
                    }
                }, all -> sparse.step(all, lr));
                Fixture.withGradients(workspace, tape -> {
                    for (int i = 0; i < SHAPES.length; i++) {
                        Fixture.addDense(tape, twins[i], gradients[i]);
                    }
                }, all -> dense.step(all, lr));
                for (int i = 0; i < SHAPES.length; i++) {
                    references[i].step(gradients[i], lr);
                }
            }
            for (int i = 0; i < SHAPES.length; i++) {
                references[i].assertNear("dense", twins[i].values(), share);
                references[i].assertNear("sparse", tables[i].values(), share);
            }
        }
    }

    /// Reads the rows that the next step touches, as a forward pass does, and no others.
    private static void readSome(Parameter table, Reference reference, BitSet rows, int width, double share) {
        int[] ids = rows.stream().toArray();
        float[] values = table.rows(ids, ids.length).values();
        for (int id : ids) {
            for (int c = 0; c < width; c++) {
                reference.assertNear("rows", values, id * width + c, share);
            }
        }
    }

    @Test
    void leavesRowsBehindUntilTheyAreRead() {
        Parameter table = Fixture.parameter("table", new Random(3), 6, 5);
        var workspace = new Workspace();
        OptimizerState state = Adam.of(0.1).start(List.of(table));
        stepRow(workspace, state, table, 1);
        float[] raw = table.raw().values();
        float[] afterOne = raw.clone();
        stepRow(workspace, state, table, 2);
        stepRow(workspace, state, table, 2);
        assertArrayEquals(Arrays.copyOfRange(afterOne, 5, 10), Arrays.copyOfRange(raw, 5, 10), "row 1 is behind");
        table.rows(new int[] {0, 3}, 2);
        assertArrayEquals(Arrays.copyOfRange(afterOne, 5, 10), Arrays.copyOfRange(raw, 5, 10),
                "row 1 was not asked for");
        table.rows(new int[] {-1, 6, 1}, 3);
        float[] caughtUp = Arrays.copyOfRange(raw, 5, 10);
        assertFalse(Arrays.equals(Arrays.copyOfRange(afterOne, 5, 10), caughtUp), "row 1 caught up");
        table.values();
        assertArrayEquals(caughtUp, Arrays.copyOfRange(raw, 5, 10), "row 1 was up to date");
        for (int row : new int[] {0, 3, 4, 5}) {
            assertArrayEquals(Arrays.copyOfRange(afterOne, 5 * row, 5 * row + 5),
                    Arrays.copyOfRange(raw, 5 * row, 5 * row + 5), "never touched");
        }
        state.close();
    }

    private static void stepRow(Workspace workspace, OptimizerState state, Parameter table, int row) {
        var touched = new BitSet();
        touched.set(row);
        float[] ones = new float[table.size()];
        Arrays.fill(ones, 1f);
        Fixture.withGradients(workspace, tape -> Fixture.addRows(tape, table, ones, touched),
                gradients -> state.step(gradients, 0.1));
    }

    /// More steps than are remembered: the row left behind is settled in between.
    @Test
    void rowsMayBeLeftBehindForVeryManySteps() {
        for (Optimizer optimizer : List.of(Sgd.of(0.01).momentum(0.999), RmsProp.of().rho(0.9995), Adam.of(),
                AdamW.of().weightDecay(0.05))) {
            Parameter table = Fixture.parameter("table", new Random(4), 3, 5);
            var reference = new Reference(optimizer, table.values());
            var workspace = new Workspace();
            try (OptimizerState state = optimizer.start(List.of(table))) {
                var random = new Random(5);
                for (int step = 1; step <= 9000; step++) {
                    var touched = new BitSet();
                    touched.set(step == 1 || step == 8999 ? 1 : 0);
                    float[] gradient = Fixture.rowGradient(random, 3, 5, touched);
                    Fixture.withGradients(workspace, tape -> Fixture.addRows(tape, table, gradient, touched),
                            gradients -> state.step(gradients, optimizer.learningRate()));
                    reference.step(gradient, optimizer.learningRate());
                }
                float[] values = table.values();
                for (int i = 5; i < 15; i++) {
                    reference.assertNear("left behind", values, i, 1e-5);
                }
            }
        }
    }

    @Test
    void aTableMayAlsoGetAWholeGradient() {
        for (Optimizer optimizer : Fixture.ALL) {
            var random = new Random(6);
            Parameter table = Fixture.parameter("table", random, 20, 5);
            var reference = new Reference(optimizer, table.values());
            var workspace = new Workspace();
            try (OptimizerState state = optimizer.start(List.of(table))) {
                for (int step = 1; step <= 60; step++) {
                    boolean whole = step % 10 == 1;
                    var touched = new BitSet();
                    int row = random.nextInt(20);
                    touched.set(whole ? 0 : row, whole ? 20 : row + 1);
                    float[] gradient = Fixture.rowGradient(random, 20, 5, touched);
                    Fixture.withGradients(workspace, tape -> {
                        if (whole) {
                            Fixture.addDense(tape, table, gradient);
                        } else {
                            Fixture.addRows(tape, table, gradient, touched);
                        }
                    }, gradients -> state.step(gradients, optimizer.learningRate()));
                    reference.step(gradient, optimizer.learningRate());
                }
                reference.assertNear("mixed", table.values(), 1e-5);
            }
        }
    }

    /// Two optimizers that take turns on one table: the one settles what the other put off.
    @Test
    void anotherOptimizerMayTakeOver() {
        var random = new Random(7);
        Parameter table = Fixture.parameter("table", random, 20, 5);
        Sgd first = Sgd.of(0.05).momentum(0.9);
        double[] expected = new Reference(first, table.values()).w;
        double[] velocity = new double[expected.length];
        var workspace = new Workspace();
        OptimizerState one = first.start(List.of(table));
        OptimizerState two = Sgd.of(0.1).start(List.of(table));
        for (int step = 0; step < 40; step++) {
            boolean turn = step / 5 % 2 == 0;
            var touched = new BitSet();
            touched.set(random.nextInt(20));
            float[] gradient = Fixture.rowGradient(random, 20, 5, touched);
            Fixture.withGradients(workspace, tape -> Fixture.addRows(tape, table, gradient, touched),
                    gradients -> (turn ? one : two).step(gradients, 0.05));
            for (int i = 0; i < expected.length; i++) {
                if (turn) {
                    velocity[i] = 0.9 * velocity[i] - 0.05 * gradient[i];
                }
                expected[i] += turn ? velocity[i] : -0.05 * gradient[i];
            }
        }
        float[] values = table.values();
        for (int i = 0; i < expected.length; i++) {
            // Forty roundings of numbers below 0.1.
            assertTrue(Math.abs(expected[i] - values[i]) <= 40 * 0x1p-28, i + ": " + expected[i] + " " + values[i]);
        }
        one.close();
        two.close();
    }
}
