package dev.rondo.data;

import java.util.Arrays;

/// Samples in memory: inputs and what to predict.
///
/// @param inputs the sequences
/// @param targets one for each sequence, or for each of its steps
public record Dataset(Inputs inputs, Targets targets) {
    /// @throws IllegalArgumentException if there are not as many targets as inputs
    public Dataset {
        if (inputs.size() != targets.size()) {
            throw new IllegalArgumentException(
                    "there are " + inputs.size() + " inputs but " + targets.size() + " targets");
        }
        // With several inputs it is not known here which one the predictions go along with.
        if (targets.perStep() && !(inputs instanceof Inputs.Several)) {
            checkSteps(inputs, targets);
        }
    }

    private static void checkSteps(Inputs inputs, Targets targets) {
        for (int i = 0; i < inputs.size(); i++) {
            int steps = switch (targets) {
                case Targets.Values values -> values.values()[i].length / values.width();
                case Targets.Classes classes -> classes.classes()[i].length;
            };
            if (steps != inputs.length(i)) {
                throw new IllegalArgumentException(
                        "sample " + i + " has " + inputs.length(i) + " steps but targets for " + steps);
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
        Targets out = switch (targets) {
            case Targets.Values v ->
                new Targets.Values(Arrays.copyOfRange(v.values(), from, to), v.width(), v.perStep());
            case Targets.Classes c -> new Targets.Classes(Arrays.copyOfRange(c.classes(), from, to), c.perStep());
        };
        return new Dataset(inputs.slice(from, to), out);
    }
}
