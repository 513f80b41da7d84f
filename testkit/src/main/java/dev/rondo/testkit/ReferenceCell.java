package dev.rondo.testkit;

import dev.rondo.op.Direction;

/// One step of a recurrent cell in double precision, and its run over one sequence.
///
/// The state of a cell is a list of vectors of H numbers: `[h]`, or `[h, c]` for an LSTM; h comes first and is the output.
/// Implementations are immutable as long as nobody writes to their weights.
public interface ReferenceCell {
    /// The number of units, H.
    int units();

    /// The number of vectors in the state.
    int stateParts();

    /// The state after one step.
    ///
    /// @param x the input of the step, F numbers
    /// @param state the state before it, not written to
    double[][] step(double[] x, double[][] state);

    /// What a run over one sequence gives.
    ///
    /// @param outputs h of every step `[T, H]`, each at the step that it belongs to
    /// @param last the state after the last visited step
    record Run(double[][] outputs, double[][] last) {}

    /// A state of zeros.
    default double[][] zeroState() {
        return new double[stateParts()][units()];
    }

    /// Visits the steps of one sequence.
    ///
    /// @param sequence inputs `[T, F]`, T at least 0
    /// @param initial the state before the first visited step
    /// @param direction the order of the visits
    default Run run(double[][] sequence, double[][] initial, Direction direction) {
        int length = sequence.length;
        double[][] outputs = new double[length][];
        double[][] state = initial;
        for (int visit = 0; visit < length; visit++) {
            int t = direction == Direction.FORWARD ? visit : length - 1 - visit;
            state = step(sequence[t], state);
            outputs[t] = state[0];
        }
        return new Run(outputs, state);
    }
}
