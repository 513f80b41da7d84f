package dev.rondo.interop.keras;

import dev.rondo.nn.Layer;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.StackedRnn;
import java.util.ArrayList;
import java.util.List;

/// What Keras calls the weights of a layer: `variable.path` without the model's name, such as `lstm/lstm_cell/kernel`.
final class KerasNames {
    private KerasNames() {}

    /// The names of a layer's arrays, in the order of [Variables#of].
    ///
    /// @param name the layer's name
    static List<String> of(String name, Layer layer) {
        return switch (layer) {
            case StackedRnn stack -> {
                List<String> all = new ArrayList<>();
                List<String> cells = cells(stack);
                for (int i = 0; i < cells.size(); i++) {
                    String prefix = name + "/stacked_rnn_cells/" + cells.get(i) + "/";
                    Variables.of(stack.cells().get(i)).forEach(variable -> all.add(prefix + variable.name()));
                }
                yield all;
            }
            case RecurrentLayer cell -> within(name + "/" + cell.kind() + "_cell/", layer);
            case Bidirectional both -> {
                List<String> all = new ArrayList<>(of(name + "/forward_" + both.layer().kind(), both.layer()));
                all.addAll(of(name + "/backward_" + both.backward().kind(), both.backward()));
                yield all;
            }
            case TimeDistributed each -> of(name + "/" + each.layer().kind(), each.layer());
            case MultiHeadAttention _ -> Variables.of(layer).stream().map(variable -> name + "/"
                    + variable.path().replaceFirst("_dense/.*", "").replace("output", "attention_output") + "/"
                    + variable.name()).toList();
            default -> within(name + "/", layer);
        };
    }

    private static List<String> within(String prefix, Layer layer) {
        return Variables.of(layer).stream().map(variable -> prefix + variable.name()).toList();
    }

    /// The names of stacked cells: `lstm_cell`, `gru_cell`, `lstm_cell_1`.
    static List<String> cells(StackedRnn stack) {
        return Part.numbered(stack.cells().stream().map(RecurrentLayer::kind).toList()).stream()
                .map(name -> name.replaceFirst("(_\\d+)?$", "_cell$1")).toList();
    }
}
