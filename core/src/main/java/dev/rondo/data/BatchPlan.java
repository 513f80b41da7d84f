package dev.rondo.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/// How the samples of a data set are cut into batches.
public final class BatchPlan {
    /// Batches whose samples are sorted by length together: enough for similar lengths in a batch, few enough to stay random.
    private static final int BUCKET = 32;

    private BatchPlan() {}

    /// Random batches of samples of similar length: shuffles, sorts stretches of 32 batches by length, cuts, and shuffles the
    /// batches. With equal lengths this is a plain shuffle. The last batch may be smaller.
    ///
    /// @param batchSize samples a batch, at least 1
    /// @throws IllegalArgumentException if it is less
    public static List<int[]> shuffled(Inputs inputs, int batchSize, RandomGenerator random) {
        requirePositive(batchSize);
        int[] order = new int[inputs.size()];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        if (sameLengths(inputs)) {
            return cut(order, batchSize);
        }
        int stretch = (int) Math.min((long) BUCKET * batchSize, Integer.MAX_VALUE);
        for (int from = 0; from < order.length; from += stretch) {
            sortByLength(inputs, order, from, Math.min(from + stretch, order.length));
        }
        List<int[]> batches = new ArrayList<>(cut(order, batchSize));
        Collections.shuffle(batches, Random.from(random));
        return batches;
    }

    /// The samples in their own order. The last batch may be smaller.
    ///
    /// @param batchSize samples a batch, at least 1
    /// @throws IllegalArgumentException if it is less
    public static List<int[]> inOrder(Inputs inputs, int batchSize) {
        requirePositive(batchSize);
        int[] order = new int[inputs.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        return cut(order, batchSize);
    }

    /// Batches for inference, where order does not matter: sorted by length, each with at most `batchSize` samples and, unless it
    /// has one sample only, at most `maxSteps` steps.
    ///
    /// @param batchSize samples a batch, at least 1
    /// @throws IllegalArgumentException if it is less
    public static List<int[]> sorted(Inputs inputs, int batchSize, int maxSteps) {
        requirePositive(batchSize);
        int[] order = new int[inputs.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        sortByLength(inputs, order, 0, order.length);
        List<int[]> batches = new ArrayList<>();
        int from = 0;
        long steps = 0;
        for (int i = 0; i < order.length; i++) {
            int length = inputs.length(order[i]);
            if (i > from && (i - from == batchSize || steps + length > maxSteps)) {
                batches.add(java.util.Arrays.copyOfRange(order, from, i));
                from = i;
                steps = 0;
            }
            steps += length;
        }
        if (from < order.length) {
            batches.add(java.util.Arrays.copyOfRange(order, from, order.length));
        }
        return batches;
    }

    private static void requirePositive(int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize is " + batchSize + "; it must be at least 1");
        }
    }

    private static boolean sameLengths(Inputs inputs) {
        for (int i = 1; i < inputs.size(); i++) {
            if (inputs.length(i) != inputs.length(0)) {
                return false;
            }
        }
        return true;
    }

    private static void sortByLength(Inputs inputs, int[] order, int from, int to) {
        Integer[] stretch = new Integer[to - from];
        for (int i = from; i < to; i++) {
            stretch[i - from] = order[i];
        }
        java.util.Arrays.sort(stretch, Comparator.comparingInt(i -> -inputs.length(i)));
        for (int i = from; i < to; i++) {
            order[i] = stretch[i - from];
        }
    }

    private static List<int[]> cut(int[] order, int batchSize) {
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < order.length; from += batchSize) {
            batches.add(java.util.Arrays.copyOfRange(order, from, Math.min(from + batchSize, order.length)));
        }
        return batches;
    }
}
