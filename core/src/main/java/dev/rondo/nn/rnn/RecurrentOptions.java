package dev.rondo.nn.rnn;

/// What all recurrent layers can be told about sequences and state, with Keras's names and defaults.
///
/// @param returnsSequences whether to give h of every step instead of the last, false by default
/// @param returnsState whether to give the last state too, as further outputs, false by default
/// @param goesBackwards whether to visit each sequence from its end, false by default; outputs are then in the order of the visit
/// @param stateful whether the state is meant to go on from call to call, false by default: open a session for it; a whole sequence
///        always starts from zero or the given state
/// @param zeroOutputForMask whether the output of a masked step is zero instead of the one before, false by default
/// @param dropout share of the inputs zeroed in training, the same ones at each step of a sequence (Gal and Ghahramani 2016), in [0, 1)
/// @param recurrentDropout share of the state zeroed on its way into the gates in training, likewise, in [0, 1); slower, as steps are
///        then computed one by one
/// @param masksGivenState whether masked steps are skipped also where an initial state is given, true by default; false is what Keras 3
///        computes, whose layers then take all steps and only pass the mask on
public record RecurrentOptions(boolean returnsSequences, boolean returnsState, boolean goesBackwards, boolean stateful,
        boolean zeroOutputForMask, double dropout, double recurrentDropout, boolean masksGivenState) {
    /// Keras's defaults.
    static final RecurrentOptions DEFAULT = new RecurrentOptions(false, false);

    /// @throws IllegalArgumentException if a rate is not in [0, 1)
    public RecurrentOptions {
        check("dropout", dropout);
        check("recurrentDropout", recurrentDropout);
    }

    RecurrentOptions(boolean returnsSequences, boolean goesBackwards) {
        this(returnsSequences, false, goesBackwards, false, false, 0, 0);
    }

    /// Options under which masked steps are skipped also where an initial state is given.
    public RecurrentOptions(boolean returnsSequences, boolean returnsState, boolean goesBackwards, boolean stateful,
            boolean zeroOutputForMask, double dropout, double recurrentDropout) {
        this(returnsSequences, returnsState, goesBackwards, stateful, zeroOutputForMask, dropout, recurrentDropout,
                true);
    }

    private static void check(String option, double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "recurrent layer: " + option + " is " + rate + "; it must be at least 0 and less than 1");
        }
    }

    /// Keras's defaults: the last output alone, forward, no dropout.
    public static RecurrentOptions of() {
        return DEFAULT;
    }

    RecurrentOptions withSequences() {
        return new RecurrentOptions(true, returnsState, goesBackwards, stateful, zeroOutputForMask, dropout,
                recurrentDropout, masksGivenState);
    }

    RecurrentOptions withState() {
        return new RecurrentOptions(returnsSequences, true, goesBackwards, stateful, zeroOutputForMask, dropout,
                recurrentDropout, masksGivenState);
    }

    RecurrentOptions backwards() {
        return new RecurrentOptions(returnsSequences, returnsState, true, stateful, zeroOutputForMask, dropout,
                recurrentDropout, masksGivenState);
    }

    RecurrentOptions dropout(double dropout, double recurrentDropout) {
        return new RecurrentOptions(returnsSequences, returnsState, goesBackwards, stateful, zeroOutputForMask, dropout,
                recurrentDropout, masksGivenState);
    }

    RecurrentOptions zeroOutputForMask(boolean zero) {
        return new RecurrentOptions(returnsSequences, returnsState, goesBackwards, stateful, zero, dropout,
                recurrentDropout, masksGivenState);
    }

    /// These options with masked steps taken like others where an initial state is given, as Keras 3 does.
    public RecurrentOptions withoutMaskingGivenState() {
        return new RecurrentOptions(returnsSequences, returnsState, goesBackwards, stateful, zeroOutputForMask, dropout,
                recurrentDropout, false);
    }
}
