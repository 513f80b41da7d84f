package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.op.Activation;
import dev.rondo.op.Buffers;
import dev.rondo.op.Direction;
import dev.rondo.op.SequenceOp;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What must hold of every recurrent op whatever its equations: the way a batch is cut in time or in sequences, its order and
/// its raggedness change no bit of an output. Gradients are sums, whose order may change with the cut: they are close.
class RecurrentPropertiesTest {
    /// Sums in another order: a few roundings of 6e-8 of the largest gradient.
    private static final double GRADIENT_TOLERANCE = 2e-6;

    static Stream<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            for (Direction direction : Direction.values()) {
                problems.add(Problem.of(cell, direction, 5, 3, 7, 4, 4, 4, 1, 0));
                problems.add(Problem.of(cell, direction, 1, 1, 5, 2));
                problems.add(Problem.of(cell, direction, 3, 17, 6, 6, 3, 3, 3, 2, 1, 1, 0, 0));
                // More rows than a tile of the matrix product, and several vectors of units.
                problems.add(Problem.of(cell, direction, 13, 33, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1));
                problems.add(Problem.of(cell, direction, 5, 17, 4, 3, 3, 1)
                        .with(Activation.GELU, Activation.HARD_SIGMOID));
            }
        }
        return problems.stream();
    }

    @ParameterizedTest
    @MethodSource("problems")
    void noStateIsZeroState(Problem problem) {
        Problem none = problem.without("h0", "c0");
        Map<String, float[]> zero = new TreeMap<>();
        zero.put("h0", new float[problem.sizeOf("h")]);
        if (problem.inputs().containsKey("c0")) {
            zero.put("c0", new float[problem.sizeOf("h")]);
        }
        Problem zeros = problem.with(problem.steps(), zero);
        assertSame(none.forward().outputs(), zeros.forward().outputs());
        Map<String, float[]> d = outputGradients(problem);
        Map<String, float[]> gradients = zeros.backward(d);
        gradients.keySet().removeAll(zero.keySet());
        assertSame(none.backward(d), gradients);
    }

    /// Products of subnormal numbers are some thirty times slower: no gradient may linger among them.
    @ParameterizedTest
    @EnumSource(Cell.class)
    void aGradientThatVanishesIsZeroInTheEnd(Cell cell) {
        int last = 2000;
        for (Activation activation : List.of(Activation.TANH, Activation.SOFTSIGN)) {
            Problem problem = Problem.of(cell, Direction.FORWARD, 3, 17, last, 40)
                    .with(activation, Activation.SIGMOID);
            Map<String, float[]> d = outputGradients(problem);
            Arrays.fill(d.get("y"), 0f);
            float[] dx = problem.backward(d).get("x");
            int subnormal = 0;
            int zero = 0;
            for (float value : dx) {
                zero += value == 0f ? 1 : 0;
                subnormal += value != 0f && Math.abs(value) < Float.MIN_NORMAL ? 1 : 0;
            }
            assertEquals(0, subnormal);
            assertTrue(zero > dx.length / 2 && zero < dx.length, zero + " of " + dx.length);
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void buffersDoNotMatter(Problem problem) {
        assertSame(problem.forward(Buffers.HEAP).outputs(), problem.forward().outputs());
    }

    @ParameterizedTest
    @MethodSource("problems")
    void aSequenceDoesNotSeeTheOthers(Problem problem) {
        Map<String, float[]> batch = problem.forward().outputs();
        for (int b = 0; b < problem.steps().batch(); b++) {
            assertSame(sliceOfOutputs(problem, batch, b, b + 1), slice(problem, b, b + 1).forward().outputs());
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void theOrderOfEqualLengthsDoesNotMatter(Problem problem) {
        Steps steps = problem.steps();
        int[] order = new int[steps.batch()];
        for (int b = 0; b < order.length; b++) {
            int first = b;
            while (first > 0 && steps.length(first - 1) == steps.length(b)) {
                first--;
            }
            int end = b;
            while (end < order.length && steps.length(end) == steps.length(b)) {
                end++;
            }
            order[b] = first + (end - 1 - b);
        }
        Map<String, float[]> permuted = new TreeMap<>();
        permuted.put("x", rows(steps, problem.inputs().get("x"), problem.features(), order, steps));
        for (String state : List.of("h0", "c0")) {
            if (problem.inputs().containsKey(state)) {
                permuted.put(state, members(problem.inputs().get(state), problem.units(), order));
            }
        }
        Map<String, float[]> expected = new TreeMap<>();
        problem.forward().outputs().forEach((name, values) -> expected.put(name, name.equals("y")
                ? rows(steps, values, problem.units(), order, steps)
                : members(values, problem.units(), order)));
        assertSame(expected, problem.with(steps, permuted).forward().outputs());
    }

    @ParameterizedTest
    @MethodSource("problems")
    void backwardInTimeIsForwardOfTheReverse(Problem problem) {
        Steps steps = problem.steps();
        float[] x = problem.inputs().get("x");
        float[] reversed = new float[x.length];
        SequenceOp.reverse(steps, problem.features(), x, reversed);
        Map<String, float[]> expected = problem.with(Direction.FORWARD).with(steps, Map.of("x", reversed)).forward()
                .outputs();
        float[] y = expected.get("y").clone();
        SequenceOp.reverse(steps, problem.units(), y, expected.get("y"));
        assertSame(expected, problem.with(Direction.BACKWARD).forward().outputs());
    }

    @ParameterizedTest
    @MethodSource("problems")
    void aStreamGivesTheBitsOfTheWholeSequence(Problem given) {
        Problem problem = given.with(Direction.FORWARD);
        Steps steps = problem.steps();
        Map<String, float[]> whole = problem.forward().outputs();
        for (int b = 0; b < steps.batch(); b++) {
            Problem sequence = slice(problem, b, b + 1);
            Map<String, float[]> state = statesOf(sequence);
            float[] y = new float[sequence.sizeOf("y")];
            for (int t = 0; t < sequence.steps().total(); t++) {
                Map<String, float[]> inputs = new TreeMap<>(state);
                inputs.put("x", part(sequence.inputs().get("x"), t * problem.features(), problem.features()));
                Map<String, float[]> out = sequence.with(Steps.of(1), inputs).forward().outputs();
                System.arraycopy(out.get("y"), 0, y, t * problem.units(), problem.units());
                state = asInitial(out);
            }
            assertArrayEquals(sliceOfOutputs(problem, whole, b, b + 1).get("y"), y, "sequence " + b);
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void twoWindowsWithCarriedStateAreOneRun(Problem given) {
        Problem problem = given.with(Direction.FORWARD);
        Steps steps = problem.steps();
        for (int cut = 1; cut < steps.steps(); cut++) {
            Problem first = window(problem, 0, cut, Map.of());
            Cell.Outcome early = first.forward();
            Problem second = window(problem, cut, steps.steps(), asInitial(early.outputs()));
            Cell.Outcome late = second.forward();
            Map<String, float[]> joined = new TreeMap<>(late.outputs());
            joined.put("y", join(early.outputs().get("y"), late.outputs().get("y")));
            assertSame(problem.forward().outputs(), joined);

            Map<String, float[]> d = outputGradients(problem);
            Map<String, float[]> dLate = new TreeMap<>(d);
            dLate.put("y", part(d.get("y"), first.sizeOf("y"), second.sizeOf("y")));
            Map<String, float[]> lateGradients = second.backward(dLate);
            Map<String, float[]> dEarly = new TreeMap<>();
            dEarly.put("y", part(d.get("y"), 0, first.sizeOf("y")));
            dEarly.put("h", lateGradients.get("h0"));
            if (lateGradients.containsKey("c0")) {
                dEarly.put("c", lateGradients.get("c0"));
            }
            Map<String, float[]> sum = first.backward(dEarly);
            lateGradients.forEach((name, g) -> {
                if (name.equals("x")) {
                    sum.put(name, join(sum.get(name), g));
                } else if (!name.equals("h0") && !name.equals("c0")) {
                    sum.merge(name, g, RecurrentPropertiesTest::sum);
                }
            });
            assertClose(problem.backward(d), sum);
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void slicesAddUpToTheBatch(Problem problem) {
        int batch = problem.steps().batch();
        Map<String, float[]> d = outputGradients(problem);
        Map<String, float[]> expected = problem.backward(d);
        for (int cut = 1; cut < batch; cut += 2) {
            Map<String, float[]> above = slice(problem, 0, cut).backward(sliceOfOutputs(problem, d, 0, cut));
            Map<String, float[]> below = slice(problem, cut, batch).backward(sliceOfOutputs(problem, d, cut, batch));
            Map<String, float[]> weights = new TreeMap<>();
            for (String name : expected.keySet()) {
                if (!List.of("x", "h0", "c0").contains(name)) {
                    weights.put(name, sum(above.get(name), below.get(name)));
                }
            }
            Map<String, float[]> expectedWeights = new TreeMap<>(expected);
            expectedWeights.keySet().retainAll(weights.keySet());
            assertClose(expectedWeights, weights);
            // What belongs to one sequence is not summed over sequences: the same bits.
            Problem upper = slice(problem, 0, cut);
            float[] dx = sliceRows(problem.steps(), expected.get("x"), problem.features(), 0, cut);
            assertArrayEquals(dx, above.get("x"), "dx of sequences 0 to " + cut);
            assertArrayEquals(part(expected.get("h0"), 0, upper.sizeOf("h")), above.get("h0"), "dh0");
        }
    }

    /// Steps `from` to `to` of every sequence, starting from another state.
    private static Problem window(Problem problem, int from, int to, Map<String, float[]> state) {
        Steps steps = problem.steps();
        int[] lengths = steps.lengths();
        for (int b = 0; b < lengths.length; b++) {
            lengths[b] = Math.clamp(lengths[b] - from, 0, to - from);
        }
        Map<String, float[]> inputs = new LinkedHashMap<>(state);
        int width = problem.features();
        inputs.put("x", part(problem.inputs().get("x"), steps.offset(from) * width,
                (steps.offset(to) - steps.offset(from)) * width));
        return problem.with(Steps.of(lengths), inputs);
    }

    /// Sequences `from` to `to` of the batch.
    private static Problem slice(Problem problem, int from, int to) {
        Map<String, float[]> inputs = new TreeMap<>();
        inputs.put("x", sliceRows(problem.steps(), problem.inputs().get("x"), problem.features(), from, to));
        statesOf(problem).forEach((name, values) -> inputs.put(name,
                part(values, from * problem.units(), (to - from) * problem.units())));
        return problem.with(problem.steps().slice(from, to), inputs);
    }

    private static Map<String, float[]> sliceOfOutputs(Problem problem, Map<String, float[]> outputs, int from,
            int to) {
        Map<String, float[]> slices = new TreeMap<>();
        outputs.forEach((name, values) -> slices.put(name, name.equals("y")
                ? sliceRows(problem.steps(), values, problem.units(), from, to)
                : part(values, from * problem.units(), (to - from) * problem.units())));
        return slices;
    }

    private static float[] sliceRows(Steps steps, float[] rows, int width, int from, int to) {
        int[] members = new int[to - from];
        Arrays.setAll(members, i -> from + i);
        return rows(steps, rows, width, members, steps.slice(from, to));
    }

    /// The rows of a batch whose member i is member `members[i]` of this one.
    private static float[] rows(Steps steps, float[] rows, int width, int[] members, Steps result) {
        float[] chosen = new float[result.total() * width];
        for (int t = 0; t < result.steps(); t++) {
            for (int i = 0; i < result.rows(t); i++) {
                System.arraycopy(rows, steps.row(t, members[i]) * width, chosen, result.row(t, i) * width, width);
            }
        }
        return chosen;
    }

    private static float[] members(float[] values, int width, int[] members) {
        float[] chosen = new float[members.length * width];
        for (int i = 0; i < members.length; i++) {
            System.arraycopy(values, members[i] * width, chosen, i * width, width);
        }
        return chosen;
    }

    private static Map<String, float[]> statesOf(Problem problem) {
        Map<String, float[]> states = new TreeMap<>(problem.inputs());
        states.keySet().retainAll(List.of("h0", "c0"));
        return states;
    }

    private static Map<String, float[]> asInitial(Map<String, float[]> outputs) {
        Map<String, float[]> state = new TreeMap<>();
        state.put("h0", outputs.get("h"));
        if (outputs.containsKey("c")) {
            state.put("c0", outputs.get("c"));
        }
        return state;
    }

    private static Map<String, float[]> outputGradients(Problem problem) {
        var random = new SplittableRandom(7);
        Map<String, float[]> all = new TreeMap<>();
        problem.cell().outputs().forEach(output -> all.put(output, random(random, problem.sizeOf(output), 1)));
        return all;
    }

    private static float[] part(float[] values, int from, int size) {
        return Arrays.copyOfRange(values, from, from + size);
    }

    private static float[] join(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static float[] sum(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
    }

    private static void assertClose(Map<String, float[]> expected, Map<String, float[]> actual) {
        Map<String, double[]> e = new TreeMap<>();
        expected.forEach((name, values) -> e.put(name, Poison.doubles(values)));
        Map<String, double[]> a = new TreeMap<>();
        actual.forEach((name, values) -> a.put(name, Poison.doubles(values)));
        GradientChecker.compare(e, a).assertWithin(GRADIENT_TOLERANCE);
    }
}
