package dev.rondo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.tape.Tape;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final Dataset RAGGED = Dataset.of(new int[][] {{1}, {2, 3, 4}, {}, {5, 6}, {7, 8, 9}},
            Targets.classesPerStep(new int[][] {{10}, {20, 30, 40}, {}, {50, 60}, {70, 80, 90}}));

    @Test
    void sortsByLengthAndPacksStepByStep() {
        Batch batch = Batch.of(RAGGED, 0, 1, 2, 3, 4);
        assertArrayEquals(new int[] {1, 4, 3, 0, 2}, batch.samples());
        assertEquals(Steps.of(3, 3, 2, 1, 0), batch.steps());
        assertArrayEquals(new int[] {2, 7, 5, 1, 3, 8, 6, 4, 9}, batch.on(Tape.recording()).ids());
        assertArrayEquals(new int[] {20, 70, 50, 10, 30, 80, 60, 40, 90}, batch.goal().classes());
    }

    @Test
    void packsFeatures() {
        Dataset data = Dataset.of(new float[][][] {{{1, 2}}, {{3, 4}, {5, 6}}}, Targets.values(new float[] {7, 8}));
        Batch batch = Batch.of(data, 0, 1);
        assertEquals(Tensor.of(new float[] {3, 4, 1, 2, 5, 6}, 3, 2), batch.on(Tape.recording()).tensor());
        assertArrayEquals(new float[] {8, 7}, batch.goal().values());
    }

    @Test
    void plansHoldEverySampleOnce() {
        SplittableRandom random = new SplittableRandom(3);
        int[][] ids = new int[1000][];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = new int[random.nextInt(50)];
        }
        Inputs inputs = Inputs.tokens(ids);
        for (List<int[]> plan : List.of(BatchPlan.shuffled(inputs, 7, random), BatchPlan.inOrder(inputs, 7),
                BatchPlan.sorted(inputs, 7, 100))) {
            List<Integer> seen = new ArrayList<>();
            for (int[] batch : plan) {
                assertTrue(batch.length <= 7);
                for (int sample : batch) {
                    seen.add(sample);
                }
            }
            assertEquals(1000, seen.size());
            assertEquals(1000, seen.stream().distinct().count());
        }
    }

    @Test
    void batchesForInferenceBoundTheirSteps() {
        Inputs inputs = Inputs.tokens(new int[][] {new int[500], new int[90], new int[9], new int[1]});
        List<int[]> plan = BatchPlan.sorted(inputs, 3, 100);
        assertEquals(2, plan.size());
        assertArrayEquals(new int[] {0}, plan.get(0));
        assertArrayEquals(new int[] {1, 2, 3}, plan.get(1));
    }

    @Test
    void similarLengthsShareABatch() {
        SplittableRandom random = new SplittableRandom(3);
        int[][] ids = new int[2000][];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = new int[1 + random.nextInt(100)];
        }
        Inputs inputs = Inputs.tokens(ids);
        long spread = 0;
        List<int[]> plan = BatchPlan.shuffled(inputs, 10, random);
        for (int[] batch : plan) {
            Steps steps = Batch.of(inputs, batch).steps();
            spread += steps.length(0) - steps.length(steps.batch() - 1);
        }
        assertTrue(spread / plan.size() < 10,
                "lengths of a batch differ by " + spread / plan.size() + " on average, of 100");
    }

    @Test
    void refusesDataThatDoesNotFit() {
        assertThrows(IllegalArgumentException.class,
                () -> Dataset.of(new int[][] {{1}}, Targets.classes(new int[] {1, 2})));
        assertThrows(IllegalArgumentException.class,
                () -> Dataset.of(new int[][] {{1}}, Targets.classesPerStep(new int[][] {{1, 2}})));
        assertThrows(IllegalArgumentException.class, () -> Inputs.features(new float[][][] {{{1, 2}, {3}}}));
        IllegalArgumentException nan = assertThrows(IllegalArgumentException.class,
                () -> Inputs.features(new float[][][] {{{1, 2}}, {{3, 4}, {5, Float.NaN}}}));
        assertTrue(nan.getMessage().startsWith("sample 1, step 1, feature 1 is NaN"), nan.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Targets.values(new float[] {Float.POSITIVE_INFINITY}));
        assertThrows(IllegalArgumentException.class, () -> Targets.binary(new int[] {0, 2}));
        assertThrows(IllegalArgumentException.class, () -> Steps.of(1, 2));
        assertThrows(IllegalArgumentException.class, () -> Steps.of(-1));
    }

    @Test
    void refusesTargetsOfOtherSizes() {
        for (Runnable wrong : List.<Runnable>of(
                () -> Targets.values(new float[][] {{1, 2}, {3}}),
                () -> Targets.values(new float[][] {{1}, {2, 3}}),
                () -> Targets.values(new float[][] {{}}),
                () -> new Targets.Values(new float[][] {{1, 2}, {1, 2, 3}}, 2, true),
                () -> new Targets.Classes(new int[][] {{1}, {}}, false),
                () -> new Targets.Classes(new int[][] {{1}, {2, 3}}, false),
                () -> Inputs.vectors(new float[][] {{}}),
                () -> BatchPlan.inOrder(Inputs.vectors(new float[][] {{1}}), 0),
                () -> BatchPlan.sorted(Inputs.vectors(new float[][] {{1}}), 0, 5))) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, wrong::run);
            assertTrue(e.getMessage().contains("; "), e.getMessage());
        }
        assertEquals(2, Targets.valuesPerStep(new float[][][] {{{1, 2}}, {{1, 2}, {3, 4}}}).steps(1));
    }
}
