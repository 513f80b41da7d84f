package dev.rondo.bench;

import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Random inputs and targets, the same in every run. For one thread.
public final class RandomData {
    /// The sum of k^-1.3 over all k from 1.
    private static final double ZETA = 3.931949211809;

    private final RandomGenerator random;

    /// @param seed which numbers
    public RandomData(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /// Normal numbers of mean 0.
    ///
    /// @param scale their standard deviation
    public float[] normal(int n, float scale) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = scale * (float) random.nextGaussian();
        }
        return values;
    }

    /// Sequences of normal numbers, all of the same length.
    public Inputs features(int samples, int steps, int features, float scale) {
        float[][] values = new float[samples][];
        for (int i = 0; i < samples; i++) {
            values[i] = normal(steps * features, scale);
        }
        return new Inputs.Features(values, features);
    }

    /// A yes or no for each sample.
    public Targets coins(int samples) {
        return Targets.binary(random.ints(samples, 0, 2).toArray());
    }

    /// A class for each sample.
    public Targets classes(int samples, int classes) {
        return Targets.classes(random.ints(samples, 0, classes).toArray());
    }

    /// Token ids as frequent as words: P(id = k) falls as k^-1.3; all beyond the vocabulary become its last id.
    ///
    /// @param lengths tokens of each sequence
    public int[][] zipf(int[] lengths, int vocabulary) {
        double[] upTo = new double[vocabulary - 1];
        double sum = 0;
        for (int k = 1; k < upTo.length; k++) {
            sum += Math.pow(k, -1.3) / ZETA;
            upTo[k] = sum;
        }
        int[][] ids = new int[lengths.length][];
        for (int s = 0; s < lengths.length; s++) {
            ids[s] = new int[lengths[s]];
            for (int t = 0; t < lengths[s]; t++) {
                int at = Arrays.binarySearch(upTo, random.nextDouble());
                ids[s][t] = at >= 0 ? at : -at - 1;
            }
        }
        return ids;
    }

    /// Token ids as frequent as words, in sequences of the same length.
    public int[][] zipf(int samples, int steps, int vocabulary) {
        int[] lengths = new int[samples];
        Arrays.fill(lengths, steps);
        return zipf(lengths, vocabulary);
    }

    /// Lengths as those of film reviews, log-normal with a standard deviation of 0.75: many short ones and a long tail, the longest
    /// of 2,048 about ten times the mean.
    ///
    /// @param mean the mean length, kept to within a few per cent
    public int[] reviewLengths(int samples, double mean) {
        double sigma = 0.75;
        double median = mean / Math.exp(sigma * sigma / 2);
        int[] lengths = new int[samples];
        for (int i = 0; i < samples; i++) {
            lengths[i] = (int) Math.max(10, Math.round(median * Math.exp(sigma * random.nextGaussian())));
        }
        return lengths;
    }
}
