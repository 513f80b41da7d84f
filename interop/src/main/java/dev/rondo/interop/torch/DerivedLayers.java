package dev.rondo.interop.torch;

import dev.rondo.interop.torch.TorchModule.BatchNorm;
import dev.rondo.interop.torch.TorchModule.CellKind;
import dev.rondo.interop.torch.TorchModule.Convolution;
import dev.rondo.interop.torch.TorchModule.Matrix;
import dev.rondo.interop.torch.TorchModule.Norm;
import dev.rondo.interop.torch.TorchModule.Recurrent;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.activation.ActivationLayer;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.op.Activation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Drafts a layer for each module, in their order, and notes what the weights leave open.
final class DerivedLayers {
    /// The default of nn.LayerNorm and nn.BatchNorm1d.
    private static final double EPSILON = 1e-5;

    /// The names of a module that is the whole model, by itself or within nn.DataParallel or torch.compile.
    private static final Set<String> WRAPPERS = Set.of("", "module", "_orig_mod");

    private final List<TorchModule> modules;
    private final Map<String, Numbering.Gap> gaps = new HashMap<>();
    private final List<Layer> layers = new ArrayList<>();
    private final List<String> open = new ArrayList<>();
    private @Nullable Signature input;
    /// The features that the modules so far give; 0 at the beginning.
    private int width;

    private DerivedLayers(List<TorchModule> modules) {
        this.modules = modules;
        Numbering.gaps(modules).forEach(gap -> gaps.putIfAbsent(gap.before(), gap));
    }

    /// Finds the layers.
    ///
    /// @throws ModelFormatException if there are no weights, or they have sizes that no layer has
    static Derivation of(StateDict weights) throws ModelFormatException {
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
            try {
                derived.add(i);
            } catch (IllegalArgumentException e) {
                throw new ModelFormatException(source, derived.name(i) + ": " + e.getMessage(), e);
            }
        }
        return new Derivation(source, derived.architecture(), derived.open);
    }

    private Architecture architecture() {
        if (input == null) {
            throw new IllegalStateException("no module");
        }
        return new Architecture(input, layers);
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
        TorchModule before = index == 0 ? null : modules.get(index - 1);
        boolean first = before == null || !before.name().equals(module.name());
        Numbering.Gap gap = first ? gaps.get(module.name()) : null;
        if (gap != null) {
            open.add(gap.missing() + " left no weights: an activation, dropout, pooling or normalization?");
        }
        int features = features(module);
        if (before != null && width != features) {
            open.add(name(index) + " takes " + features + " features, but " + name(index - 1) + " gives " + width);
        }
        if (input == null) {
            input = isTable(index) ? Signature.tokens()
                    : module instanceof Matrix && !readsSequencesLater(index) ? Signature.vector(features)
                            : Signature.sequence(features);
        }
        if (gap != null) {
            layers.add(ActivationLayer.of(Activation.LINEAR));
        }
        switch (module) {
            case Recurrent cell -> add(cell, index);
            case Matrix matrix -> add(matrix, index);
            case Norm norm -> {
                open.add("where " + name(index) + " stands, its epsilon, and whether it is one: nn.GroupNorm"
                        + (norm.bias() == null ? ", nn.RMSNorm and nn.PReLU have" : " has") + " such weights too");
                layers.add(new LayerNormalization(EPSILON, norm.bias() != null, true));
                width = features;
            }
            case BatchNorm norm -> {
                open.add("where " + name(index) + " stands, its epsilon, and whether it is one: nn.InstanceNorm1d has "
                        + "such weights too");
                layers.add(new BatchNormalization(BatchNormalization.of().momentum(), EPSILON, norm.bias() != null,
                        norm.weight() != null));
                width = features;
            }
            case Convolution filters -> add(filters, index);
        }
    }

    private void add(Recurrent cell, int index) {
        RecurrentLayer layer = switch (cell.kind()) {
            case RNN -> SimpleRnn.of(cell.units());
            case LSTM -> cell.width() == cell.units() ? Lstm.of(cell.units())
                    : Lstm.of(cell.units()).projection(cell.width());
            case GRU -> Gru.of(cell.units());
        };
        if (cell.kind() == CellKind.RNN && cell.layer() <= 0) {
            open.add("whether " + name(index) + " has tanh or relu");
        }
        if (cell.isCell()) {
            open.add("how the program steps through the cell " + name(index));
        }
        if (index > 0 && modules.get(index - 1) instanceof Recurrent other
                && !Numbering.stem(other).equals(Numbering.stem(cell))) {
            open.add("whether " + name(index) + " reads what " + name(index - 1) + " gives");
        }
        // A recurrent layer reads every step, a Linear perhaps the last.
        boolean every = !(next(index) instanceof Matrix) || readsSequencesLater(index);
        if (!every) {
            open.add("whether " + name(index + 1) + " reads the last step of " + name(index) + " or all");
        }
        if (next(index) == null && !WRAPPERS.contains(cell.name())) {
            open.add("whether the model gives every step of " + name(index) + " or the last");
        }
        RecurrentLayer plain = cell.hasBias() ? layer : layer.withoutBias();
        plain = every ? plain.returnSequences() : plain;
        layers.add(cell.backward() == null ? plain : Bidirectional.of(plain));
        width = cell.width() * (cell.backward() == null ? 1 : 2);
    }

    private void add(Matrix matrix, int index) {
        int rows = matrix.weight().dim(0);
        int columns = matrix.weight().dim(1);
        TorchModule next = next(index);
        if (input != null && input.kind() == Signature.Kind.VECTOR && modules.size() == 1) {
            open.add("whether " + name(index) + " reads vectors or sequences, and its activation");
        }
        boolean either = matrix.bias() == null && (isTable(index) ? rows == columns : modules.size() == 1);
        if (either) {
            open.add("whether " + name(index) + " is an Embedding or a Linear");
        }
        if (isTable(index)) {
            if (next instanceof Matrix) {
                open.add("what makes one vector for " + name(index + 1) + " of the rows of " + name(index));
            }
            layers.add(Embedding.of(rows, columns));
            width = columns;
            return;
        }
        if (next != null && !gaps.containsKey(next.name())) {
            open.add("which activation comes after " + name(index));
        }
        layers.add(matrix.bias() == null ? Dense.of(rows).withoutBias() : Dense.of(rows));
        width = rows;
    }

    private void add(Convolution filters, int index) {
        open.add("stride, padding, dilation and activation of " + name(index));
        int taken = filters.weight().dim(1);
        Conv1d layer = Conv1d.of(filters.weight().dim(0), filters.weight().dim(2));
        if (width > taken && taken > 0 && width % taken == 0) {
            layer = layer.groups(width / taken);
        }
        layers.add(filters.bias() == null ? layer.withoutBias() : layer);
        width = filters.weight().dim(0);
    }

    /// The features that a module takes; of grouped filters, as many as come.
    private int features(TorchModule module) {
        return switch (module) {
            case Recurrent cell -> cell.features();
            case Matrix matrix -> matrix.weight().dim(1);
            case Norm norm -> norm.weight().size();
            case BatchNorm norm -> norm.mean().size();
            case Convolution filters -> {
                int taken = filters.weight().dim(1);
                yield taken > 0 && width % taken == 0 && width > 0 ? width : taken;
            }
        };
    }

    /// Whether a matrix holds the vectors of tokens: it comes first, and what follows takes rows of it.
    private boolean isTable(int index) {
        return index == 0 && modules.getFirst() instanceof Matrix matrix && matrix.bias() == null
                && next(index) instanceof TorchModule next && features(next) == matrix.weight().dim(1)
                && !(next instanceof Matrix && matrix.weight().dim(0) == matrix.weight().dim(1));
    }

    private boolean readsSequencesLater(int index) {
        return modules.subList(index + 1, modules.size()).stream()
                .anyMatch(m -> m instanceof Recurrent || m instanceof Convolution);
    }

    private @Nullable TorchModule next(int index) {
        return index + 1 < modules.size() ? modules.get(index + 1) : null;
    }

    private String name(int index) {
        TorchModule module = modules.get(index);
        return module instanceof Recurrent cell && cell.layer() > 0
                ? "'" + module.name() + "' layer " + cell.layer()
                : "'" + module.name() + "'" + (module instanceof Norm || module instanceof BatchNorm
                        ? " (" + module.description() + ")" : "");
    }
}
