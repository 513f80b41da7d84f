package dev.rondo.data;

import dev.rondo.nn.Signature;
import java.util.Arrays;
import java.util.List;

/// The inputs of a data set: one sequence for each sample, or a vector, or several of these for a model with several inputs.
///
/// Arrays are kept, not copied; they are only read.
public sealed interface Inputs {
    /// The number of samples.
    int size();

    /// The number of steps of a sample.
    int length(int sample);

    /// What a model is fed.
    Signature signature();

    /// Samples `from` (inclusive) to `to` (exclusive).
    Inputs slice(int from, int to);

    /// The inputs of a model, in order: these, unless there are several.
    default List<Inputs> parts() {
        return List.of(this);
    }

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

        @Override
        public Inputs slice(int from, int to) {
            return new Tokens(Arrays.copyOfRange(ids, from, to));
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

        @Override
        public Inputs slice(int from, int to) {
            return new Features(Arrays.copyOfRange(values, from, to), features);
        }
    }

    /// One vector for each sample.
    ///
    /// @param values the vector of each sample
    /// @param features numbers a vector, F
    record Vectors(float[][] values, int features) implements Inputs {
        /// @throws IllegalArgumentException if features is less than 1, a vector has another length, or holds a number that is not finite
        public Vectors {
            if (features < 1) {
                throw new IllegalArgumentException("features is " + features + "; a vector has at least one feature");
            }
            for (int i = 0; i < values.length; i++) {
                if (values[i].length != features) {
                    throw new IllegalArgumentException(
                            "sample " + i + " has " + values[i].length + " numbers where others have " + features);
                }
                Features.checkFinite(values[i], i, features);
            }
        }

        @Override
        public int size() {
            return values.length;
        }

        /// One: a vector is as much work as a step.
        @Override
        public int length(int sample) {
            return 1;
        }

        @Override
        public Signature signature() {
            return Signature.vector(features);
        }

        @Override
        public Inputs slice(int from, int to) {
            return new Vectors(Arrays.copyOfRange(values, from, to), features);
        }
    }

    /// Several inputs for each sample, in the order of the model's inputs.
    ///
    /// Batches are sorted by the lengths of the first sequences. Where further ones are not sorted alike they are filled up with
    /// steps that their mask leaves out and that no layer sees: a sample gives what it gives alone.
    ///
    /// @param parts the inputs, none of which is several itself
    record Several(List<Inputs> parts) implements Inputs {
        /// @throws IllegalArgumentException if there is none, one is several itself, or they differ in the number of samples
        public Several {
            parts = List.copyOf(parts);
            if (parts.isEmpty()) {
                throw new IllegalArgumentException("a model needs at least one input");
            }
            for (Inputs part : parts) {
                if (part instanceof Several) {
                    throw new IllegalArgumentException("an input is several itself; list them all on one level");
                }
                if (part.size() != parts.getFirst().size()) {
                    throw new IllegalArgumentException(
                            "the inputs have " + parts.getFirst().size() + " and " + part.size()
                                    + " samples; give each sample every input");
                }
            }
        }

        @Override
        public int size() {
            return parts.getFirst().size();
        }

        /// The length of the first input that is a sequence.
        @Override
        public int length(int sample) {
            return leading().length(sample);
        }

        private Inputs leading() {
            for (Inputs part : parts) {
                if (!(part instanceof Vectors)) {
                    return part;
                }
            }
            return parts.getFirst();
        }

        /// @throws IllegalStateException always, as there are several; see [#parts]
        @Override
        public Signature signature() {
            throw new IllegalStateException("there are " + parts.size() + " inputs; ask each for its signature");
        }

        @Override
        public Inputs slice(int from, int to) {
            return new Several(parts.stream().map(part -> part.slice(from, to)).toList());
        }
    }

    /// One vector a sample.
    static Inputs vectors(float[][] values) {
        return new Vectors(values, values.length == 0 ? 1 : values[0].length);
    }

    /// Several inputs a sample, in the order of the model's inputs.
    static Inputs several(Inputs... parts) {
        return new Several(List.of(parts));
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
