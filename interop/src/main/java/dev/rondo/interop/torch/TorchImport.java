package dev.rondo.interop.torch;

import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GivenWeights;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes Rondo models of PyTorch's weights.
///
/// ```java
/// StateDict weights = StateDict.read(Path.of("tagger.pt"));
/// Sequential model = TorchImport.model(weights, new Architecture(Signature.tokens(), List.of(
///         Embedding.of(5000, 64), Bidirectional.of(Lstm.of(32).returnSequences()), Dense.of(9))));
/// ```
///
/// The model is like any other: it runs, streams, trains on and saves. Stateless and thread-safe.
public final class TorchImport {
    private TorchImport() {}

    /// A model with given layers. Each layer with weights takes them from the first module, in the order of the file, that has the
    /// kind and the shapes and that no layer before it took; dropout and the like have none. The weights do not tell epsilon: that of
    /// nn.LayerNorm and nn.BatchNorm1d is 1e-5 by default, and 1e-3 in Rondo and Keras.
    ///
    /// @param weights the weights; tensors that need no change are shared with the model
    /// @param architecture the layers
    /// @throws ModelFormatException if a layer finds no module, a module no layer, or a layer has options that PyTorch's has not;
    ///         the message names it
    public static Sequential model(StateDict weights, Architecture architecture) throws ModelFormatException {
        return model(weights, architecture, Transposition.COPYING);
    }

    /// A model as [#model(StateDict, Architecture)] gives it, made in the memory of the weights, which hold nothing of use afterwards: for
    /// models that leave no room for a second copy.
    ///
    /// @param weights the weights, which nobody else may use any more
    /// @param architecture the layers
    /// @throws ModelFormatException as there
    public static Sequential consume(StateDict weights, Architecture architecture) throws ModelFormatException {
        return model(weights, architecture, Transposition.IN_PLACE);
    }

    private static Sequential model(StateDict weights, Architecture architecture, Transposition transposition)
            throws ModelFormatException {
        List<TorchModule> left = new ArrayList<>(TorchModules.of(weights));
        List<String> names = Sequential.names(architecture.layers());
        Map<String, Tensor> converted = new LinkedHashMap<>();
        Signature flowing = architecture.input();
        for (int i = 0; i < names.size(); i++) {
            Layer layer = architecture.layers().get(i);
            String name = names.get(i);
            String where = weights.source() + ": layer " + (i + 1) + " (" + layer.kind() + ")";
            try {
                Map<String, Tensor> own = new LinkedHashMap<>();
                if (LayerWeights.needed(layer)) {
                    new LayerWeights(transposition, own).put(name, layer, take(left, layer, flowing, where));
                }
                flowing = layer.build(name, flowing, new GivenWeights(own)).output();
                converted.putAll(own);
            } catch (IllegalArgumentException e) {
                throw new ModelFormatException(where, String.valueOf(e.getMessage()), e);
            }
        }
        if (!left.isEmpty()) {
            throw new ModelFormatException(weights.source(), "no layer takes the weights of " + TorchModule.list(left)
                    + "; add their layers to the model");
        }
        return Sequential.of(architecture.input(), architecture.layers(), converted);
    }

    private static TorchModule take(List<TorchModule> left, Layer layer, Signature input, String where)
            throws ModelFormatException {
        for (int i = 0; i < left.size(); i++) {
            if (LayerWeights.fit(layer, input, left.get(i))) {
                String difference = LayerWeights.difference(layer);
                if (difference != null) {
                    throw new ModelFormatException(where, difference);
                }
                return left.remove(i);
            }
        }
        throw new ModelFormatException(where, "no module has the weights of " + LayerWeights.description(layer, input)
                + "; left are " + TorchModule.list(left) + "; correct the layers or the input");
    }

    /// Modules that have the same kind and shapes and names that do not count them, a line each. The layers of [#model] take them in the
    /// order of the file, which is that of the constructor in Python and may not be that of its forward().
    ///
    /// @param weights the weights
    /// @throws ModelFormatException if they belong to no module that is known
    public static List<String> alike(StateDict weights) throws ModelFormatException {
        return TorchModules.alike(TorchModules.of(weights)).stream()
                .map(pair -> pair + ": layers take them in the order of the file, which may not be that of the program")
                .toList();
    }

    /// The layers that names and shapes of the weights show, and what they leave open. A model of them is
    ///
    /// ```java
    /// Derivation derived = TorchImport.derive(weights);
    /// Sequential model = TorchImport.model(weights, derived.architecture());
    /// System.out.println(derived.assumption());
    /// ```
    ///
    /// @param weights the weights
    /// @throws ModelFormatException if there are none, or they belong to no module that is known
    public static Derivation derive(StateDict weights) throws ModelFormatException {
        return DerivedLayers.of(weights);
    }
}
