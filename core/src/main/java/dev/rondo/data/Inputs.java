package dev.rondo.data;

import dev.rondo.nn.Signature;

/// The inputs of a data set: one sequence for each sample.
///
/// Arrays are kept, not copied; they are only read.
public sealed interface Inputs {
    /// The number of samples.
    int size();

    /// The number of steps of a sample.
    int length(int sample);

    /// What a model is fed.
    Signature signature();

    /// Sequences of token ids.
    ///
    /// @param ids the ids of each sample, any number of them
    record Tokens(int[][] ids) implements Inputs {
        @Override
        public int size() {
            return ids.length;
        }

        @Override
        public int length(int sample) {
            return ids[sample].length;
        }

        @Override
        public Signature signature() {
            return Signature.tokens();
        }
    }

    /// Sequences of feature vectors.
    ///
    /// @param values the vectors of each sample, step after step: `length * features` numbers
    /// @param features numbers a step, F
    record Features(float[][] values, int features) implements Inputs {
        /// @throws IllegalArgumentException if a sample is not a whole number of steps, or holds a number that is not finite
        public Features {
            if (features < 1) {
                throw new IllegalArgumentException("features is " + features + "; a step has at least one feature");
            }
            for (int i = 0; i < values.length; i++) {
                if (values[i].length % features != 0) {
                    throw new IllegalArgumentException(
                            "sample " + i + " has " + values[i].length + " numbers, which is not a multiple of "
                                    + features + " features");
                }
                checkFinite(values[i], i, features);
            }
        }

        private static void checkFinite(float[] values, int sample, int features) {
            for (int j = 0; j < values.length; j++) {
                if (!Float.isFinite(values[j])) {
                    throw new IllegalArgumentException(
                            "sample " + sample + ", step " + j / features + ", feature " + j % features + " is "
                                    + values[j] + "; replace or drop missing values before training");
                }
            }
        }

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public int length(int sample) {
            return values[sample].length / features;
        }

        @Override
        public Signature signature() {
            return Signature.sequence(features);
        }
    }

    /// Token ids.
    static Inputs tokens(int[][] ids) {
        return new Tokens(ids);
    }

    /// Feature vectors, as `[sample][step][feature]`.
    static Inputs features(float[][][] values) {
        int features = 1;
        for (float[][] sample : values) {
            if (sample.length > 0) {
                features = sample[0].length;
                break;
            }
        }
        float[][] flat = new float[values.length][];
        for (int i = 0; i < values.length; i++) {
            flat[i] = new float[values[i].length * features];
            for (int t = 0; t < values[i].length; t++) {
                if (values[i][t].length != features) {
                    throw new IllegalArgumentException("sample " + i + ", step " + t + " has " + values[i][t].length
                            + " features where others have " + features);
                }
                System.arraycopy(values[i][t], 0, flat[i], t * features, features);
            }
        }
        return new Features(flat, features);
    }
}
