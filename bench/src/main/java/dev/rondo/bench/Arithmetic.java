package dev.rondo.bench;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.Signature.Kind;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;

/// Counts the floating-point operations of a model's matrix products: what a fraction of the machine's peak is a fraction of.
///
/// A product of `[m, k]` and `[k, n]` takes `2 m k n` operations. For one sequence of T steps:
///
/// ```text
/// recurrent layer, F features, H units, G gates (1, LSTM 4, GRU 3)      forward  2 T F GH  (input)  + 2 T H GH  (recurrent)
/// dense layer, F features, U units, on R rows (T or 1)                  forward  2 R F U
/// backward, each product   the same again for the gradient of its weights, and the same for the gradient of its input
/// ```
///
/// The gradient with respect to the model's own input is nobody's business and is not counted: numbers that come from the data
/// have none. An embedding looks rows up and counts nothing; so do gates, activations, losses and optimizers.
/// Both directions of a bidirectional layer count. All T steps count, the first with its state of zeros too.
public final class Arithmetic {
    private Arithmetic() {}

    /// Operations of a prediction for one sequence.
    ///
    /// @param steps length of the sequence, T
    public static double forward(Sequential model, int steps) {
        return count(model, steps, false);
    }

    /// Operations of training on one sequence: forward and backward.
    ///
    /// @param steps length of the sequence, T
    public static double training(Sequential model, int steps) {
        return count(model, steps, true);
    }

    private static double count(Sequential model, int steps, boolean trained) {
        double sum = 0;
        Signature input = model.input();
        boolean fromData = input.kind() != Kind.TOKENS;
        for (int i = 0; i < model.layers().size(); i++) {
            Layer layer = model.layers().get(i);
            double inputTimes = !trained ? 1 : fromData ? 2 : 3;
            sum += ofInput(layer, input, steps) * inputTimes + ofRecurrence(layer, steps) * (trained ? 3 : 1);
            fromData &= !hasWeights(model, i);
            input = model.modules().get(i).output();
        }
        return sum;
    }

    private static boolean hasWeights(Sequential model, int layer) {
        return !model.modules().get(layer).parameters().isEmpty();
    }

    /// Products of the layer's input with weights, forward.
    private static double ofInput(Layer layer, Signature input, int steps) {
        return switch (layer) {
            case StackedRnn stack -> stack.cells().stream().mapToDouble(cell -> ofRecurrence(cell, steps)).sum();
            case RecurrentLayer cell -> 2.0 * steps * input.features() * gates(cell) * cell.units();
            case Bidirectional both -> 2 * ofInput(both.layer(), input, steps);
            case TimeDistributed each -> ofInput(each.layer(), input, steps);
            case Dense dense ->
                2.0 * (input.kind() == Kind.VECTOR ? 1 : steps) * input.features() * dense.units();
            default -> 0;
        };
    }

    /// Products of states with weights, forward.
    private static double ofRecurrence(Layer layer, int steps) {
        return switch (layer) {
            case StackedRnn stack -> stack.cells().stream().mapToDouble(cell -> ofRecurrence(cell, steps)).sum();
            case RecurrentLayer cell -> 2.0 * steps * cell.units() * gates(cell) * cell.units();
            case Bidirectional both -> 2 * ofRecurrence(both.layer(), steps);
            default -> 0;
        };
    }

    static int gates(RecurrentLayer layer) {
        return switch (layer) {
            case Lstm _ -> 4;
            case Gru _ -> 3;
            case SimpleRnn _ -> 1;
            case StackedRnn _ -> throw new AssertionError("cells are counted one by one");
        };
    }
}
