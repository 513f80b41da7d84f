package dev.rondo.nn.rnn;

import dev.rondo.nn.Layer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.op.Activation;

/// A layer with a state that goes from step to step.
public sealed interface RecurrentLayer extends Layer permits SimpleRnn, Lstm, Gru {
    /// The number of units, H.
    int units();

    /// Whether the layer gives h of every step, or of the last one only.
    boolean returnsSequences();

    /// Whether the layer visits each sequence from its end; with [#returnsSequences] its outputs are in the order of the visit, as
    /// in Keras.
    boolean goesBackwards();

    @Override
    RecurrentModule build(String name, Signature input, WeightSource weights);

    @Override
    default boolean isStepwise() {
        return false;
    }

    /// Throws unless an activation can stand inside a cell.
    static void checkActivation(String layer, String option, Activation activation) {
        if (!activation.isElementwise()) {
            throw new IllegalArgumentException(layer + ": " + option + " is " + activation.id()
                    + ", which works on whole rows; use tanh, relu, sigmoid or another elementwise function");
        }
    }

    /// What the layer gives for that input.
    default Signature output() {
        return new Signature(returnsSequences() ? Signature.Kind.SEQUENCE : Signature.Kind.VECTOR, units());
    }
}
