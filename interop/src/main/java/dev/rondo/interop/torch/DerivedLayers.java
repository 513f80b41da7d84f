package dev.rondo.interop.torch;

import dev.rondo.interop.torch.TorchModule.CellKind;
import dev.rondo.interop.torch.TorchModule.Matrix;
import dev.rondo.interop.torch.TorchModule.Recurrent;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The layers that the shapes of weights show. What they leave open is asked for, with a proposal.
final class DerivedLayers {
    private final List<TorchModule> modules;
    private final List<Layer> layers = new ArrayList<>();
    private final List<String> open = new ArrayList<>();
    private @Nullable Signature input;

    private DerivedLayers(List<TorchModule> modules) {
        this.modules = modules;
    }

    /// Finds the layers.
    ///
    /// @throws ModelFormatException if there are no weights, or they leave something open
    static Architecture of(StateDict weights) throws ModelFormatException {
        String source = weights.source();
        List<TorchModule> modules = TorchModules.of(weights);
        if (modules.isEmpty()) {
            throw new ModelFormatException(source,
                    "has no weights of real numbers; is it the file of a model's state_dict()?");
        }
        DerivedLayers derived = new DerivedLayers(weights.ordered() ? modules : likelyOrder(modules));
        if (!weights.ordered() && modules.stream().map(TorchModule::name).distinct().count() > 3) {
            derived.open.add("a safetensors file does not say in which order the modules come");
        }
        for (int i = 0; i < modules.size(); i++) {
            derived.add(i);
        }
        Signature input = derived.input;
        if (input == null || derived.layers.size() < modules.size()) {
            throw new ModelFormatException(source, String.join("; ", derived.open)
                    + ": give the layers as JSON (--model FILE)");
        }
        Architecture architecture = new Architecture(input, derived.layers);
        if (!derived.open.isEmpty()) {
            throw new ModelFormatException(source, String.join("; ", derived.open)
                    + ": give the layers as JSON (--model FILE), such as " + SequentialJson.write(architecture));
        }
        return architecture;
    }

    /// An embedding, what reads it, and a head: the order of nearly all models of three modules.
    private static List<TorchModule> likelyOrder(List<TorchModule> modules) {
        List<TorchModule> sorted = new ArrayList<>(modules);
        sorted.sort(Comparator.comparingInt(module -> switch (module) {
            case Matrix matrix when matrix.bias() == null && modules.stream().anyMatch(m -> m instanceof Recurrent cell
                    && cell.features() == matrix.weight().dim(1)) ->
                0;
            case Recurrent _ -> 1;
            default -> 2;
        }));
        return sorted;
    }

    private void add(int index) {
        TorchModule module = modules.get(index);
        TorchModule next = index + 1 < modules.size() ? modules.get(index + 1) : null;
        switch (module) {
            case Recurrent cell -> add(cell, next);
            case Matrix matrix -> add(matrix, index, next);
            default -> open.add("the weights do not say where '" + module.name() + "' (" + module.description()
                    + ") stands");
        }
    }

    private void add(Recurrent cell, @Nullable TorchModule next) {
        RecurrentLayer layer = switch (cell.kind()) {
            case RNN -> sequences(cell, SimpleRnn.of(cell.units()), next);
            case LSTM -> sequences(cell, cell.width() == cell.units() ? Lstm.of(cell.units())
                    : Lstm.of(cell.units()).projection(cell.width()), next);
            case GRU -> sequences(cell, Gru.of(cell.units()), next);
        };
        if (cell.kind() == CellKind.RNN && cell.layer() == 0) {
            open.add("the weights do not say whether '" + cell.name() + "' has tanh or relu");
        }
        begin(Signature.sequence(cell.features()));
        layers.add(cell.backward() == null ? layer : Bidirectional.of(layer));
    }

    /// What reads a recurrent layer decides what it gives: a recurrent one reads every step, a Linear perhaps the last.
    private RecurrentLayer sequences(Recurrent cell, RecurrentLayer layer, @Nullable TorchModule next) {
        boolean every = !(next instanceof Matrix);
        if (!every) {
            open.add("the weights do not say whether '" + next.name()
                    + "' reads the last step of '" + cell.name() + "' or all");
        }
        RecurrentLayer plain = cell.hasBias() ? layer : layer.withoutBias();
        return every ? plain.returnSequences() : plain;
    }

    private void add(Matrix matrix, int index, @Nullable TorchModule next) {
        int rows = matrix.weight().dim(0);
        int columns = matrix.weight().dim(1);
        if (matrix.bias() == null && index == 0 && next instanceof Recurrent cell && cell.features() == columns) {
            if (rows == columns) {
                open.add("the weights do not say whether '" + matrix.name() + "' is an Embedding or a Linear");
            }
            begin(Signature.tokens());
            layers.add(Embedding.of(rows, columns));
            return;
        }
        if (next instanceof Matrix) {
            open.add("the weights do not say which activation comes after '" + matrix.name() + "'");
        } else if (matrix.bias() == null && modules.size() == 1) {
            open.add("the weights do not say whether '" + matrix.name() + "' is an Embedding or a Linear");
        }
        begin(Signature.vector(columns));
        layers.add(matrix.bias() == null ? Dense.of(rows).withoutBias() : Dense.of(rows));
    }

    private void begin(Signature signature) {
        if (input == null) {
            input = signature;
        }
    }
}
