package dev.rondo.data;

import java.util.Arrays;

/// Samples in memory: inputs and what to predict.
///
/// @param inputs the sequences
/// @param targets one for each sequence, or for each of its steps; several for a model with several outputs
public record Dataset(Inputs inputs, Targets targets) {
    /// @throws IllegalArgumentException if there are not as many targets as inputs
    public Dataset {
        if (inputs.size() != targets.size()) {
            throw new IllegalArgumentException(
                    "there are " + inputs.size() + " inputs but " + targets.size() + " targets");
        }
        // With several inputs it is not known here which one the predictions go along with.
        if (!(inputs instanceof Inputs.Several)) {
            targets.parts().stream().filter(Targets::perStep).forEach(part -> checkSteps(inputs, part));
        }
    }

    private static void checkSteps(Inputs inputs, Targets targets) {
        for (int i = 0; i < inputs.size(); i++) {
            if (targets.steps(i) != inputs.length(i)) {
                throw new IllegalArgumentException("sample " + i + " has " + inputs.length(i)
                        + " steps but targets for " + targets.steps(i));
            }
        }
    }

    /// Samples of token ids.
    public static Dataset of(int[][] ids, Targets targets) {
        return new Dataset(Inputs.tokens(ids), targets);
    }

    /// Samples of feature vectors, `[sample][step][feature]`.
    public static Dataset of(float[][][] features, Targets targets) {
        return new Dataset(Inputs.features(features), targets);
    }

    /// Windows over running text, for a model that says the next token: the text is cut into `streams` pieces of the same length, and
    /// these into windows. Samples are in the order of time: the first window of each stream, then the second of each, and so on,
    /// for training with `Fit.epochs(n).batchSize(streams).stateful()`. The last windows may be shorter; of the text less than
    /// `streams` tokens are left out at its end.
    ///
    /// @param ids the tokens of the text
    /// @param streams pieces that are read side by side, at least 1
    /// @param window tokens a sample, at least 1
    /// @throws IllegalArgumentException if the text is too short to give each stream a token and the one after it
    public static Dataset stream(int[] ids, int streams, int window) {
        if (streams < 1 || window < 1) {
            throw new IllegalArgumentException(
                    "streams is " + streams + " and window " + window + "; both must be at least 1");
        }
        int length = (ids.length - 1) / streams;
        if (length < 1) {
            throw new IllegalArgumentException("a text of " + ids.length + " tokens is too short for " + streams
                    + " streams; it needs at least one more token than there are streams");
        }
        int windows = Math.ceilDiv(length, window);
        int[][] inputs = new int[windows * streams][];
        int[][] targets = new int[windows * streams][];
        for (int i = 0; i < inputs.length; i++) {
            int begin = i % streams * length;
            int from = begin + i / streams * window;
            int to = Math.min(from + window, begin + length);
            inputs[i] = Arrays.copyOfRange(ids, from, to);
            targets[i] = Arrays.copyOfRange(ids, from + 1, to + 1);
        }
        return of(inputs, Targets.classesPerStep(targets));
    }

    /// The number of samples.
    public int size() {
        return inputs.size();
    }

    /// The number of real steps of all samples.
    public long steps() {
        long sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += inputs.length(i);
        }
        return sum;
    }

    /// Samples `from` (inclusive) to `to` (exclusive).
    public Dataset slice(int from, int to) {
        return new Dataset(inputs.slice(from, to), targets.slice(from, to));
    }
}
