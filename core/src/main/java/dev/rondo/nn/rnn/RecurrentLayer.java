package dev.rondo.nn.rnn;

import dev.rondo.nn.Checks;
import dev.rondo.nn.MultiLayer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;
import java.util.ArrayList;
import java.util.List;

/// A layer with a state that goes from step to step.
///
/// Inputs: the sequence, and optionally the parts of the state to start from, `[B, size]` each. Outputs: h of the last step or of every
/// step, and with [#returnsState] the parts of the last state.
///
/// A step that the input's mask leaves out keeps the state, and its output repeats that of the step before, zero at first.
public sealed interface RecurrentLayer extends MultiLayer permits SimpleRnn, Lstm, Gru, StackedRnn {
    /// The number of units, H.
    int units();

    /// What the layer does with sequences and state.
    RecurrentOptions options();

    /// This layer with other options.
    RecurrentLayer options(RecurrentOptions options);

    /// This layer without biases.
    RecurrentLayer withoutBias();

    /// This layer giving the output of every step.
    RecurrentLayer returnSequences();

    /// This layer giving the last state too.
    RecurrentLayer returnState();

    /// This layer visiting each sequence from its end.
    RecurrentLayer goBackwards();

    /// The columns of the parts of the state: h, then c for an LSTM; for stacked cells those of all, in order.
    List<Integer> stateSizes();

    /// The columns of the output.
    int width();

    /// Which part of the state is the output of the last step.
    default int outputPart() {
        return 0;
    }

    /// Whether the layer gives h of every step, or of the last one only.
    default boolean returnsSequences() {
        return options().returnsSequences();
    }

    /// Whether the layer gives the last state too.
    default boolean returnsState() {
        return options().returnsState();
    }

    /// Whether the layer visits each sequence from its end; with [#returnsSequences] its outputs are in the order of the visit, as
    /// in Keras.
    default boolean goesBackwards() {
        return options().goesBackwards();
    }

    @Override
    RecurrentModule build(String name, List<Signature> inputs, WeightSource weights);

    @Override
    default RecurrentModule build(String name, Signature input, WeightSource weights) {
        return build(name, List.of(input), weights);
    }

    /// Throws unless an activation can stand inside a cell.
    static void checkActivation(String layer, String option, Activation activation) {
        if (!activation.isElementwise()) {
            throw new IllegalArgumentException(layer + ": " + option + " is " + activation.id()
                    + ", which works on whole rows; use tanh, relu, sigmoid or another elementwise function");
        }
    }

    /// What the layer gives for a sequence, one signature for each output.
    default List<Signature> outputs(Signature input) {
        List<Signature> outputs = new ArrayList<>();
        outputs.add(returnsSequences() ? input.features(width()) : Signature.vector(width()));
        if (returnsState()) {
            stateSizes().forEach(size -> outputs.add(Signature.vector(size)));
        }
        return List.copyOf(outputs);
    }

    /// Throws unless the inputs are a sequence of vectors and, if there are more, the parts of a state.
    static void checkInputs(String layer, List<Signature> inputs, List<Integer> stateSizes) {
        Checks.sequence(layer, inputs.getFirst());
        if (inputs.size() != 1 && inputs.size() != 1 + stateSizes.size()) {
            throw new IllegalArgumentException(layer + " takes a sequence, alone or with the " + stateSizes.size()
                    + " parts of an initial state, not " + inputs.size() + " inputs");
        }
        for (int i = 1; i < inputs.size(); i++) {
            Signature wanted = Signature.vector(stateSizes.get(i - 1));
            if (!inputs.get(i).equals(wanted)) {
                throw new IllegalArgumentException(layer + ": part " + i + " of the initial state is " + inputs.get(i)
                        + ", expected " + wanted);
            }
        }
    }
}
