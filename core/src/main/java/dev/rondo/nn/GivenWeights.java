package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Weights that exist already, by name. Each can be asked for once; nothing is allocated for one that does not fit.
///
/// The tensors are kept, not copied: training the model changes them. Not safe for use by several threads.
public final class GivenWeights implements WeightSource {
    private final Map<String, Tensor> left;

    /// @param weights the weights by name
    public GivenWeights(Map<String, Tensor> weights) {
        left = new LinkedHashMap<>(weights);
    }

    /// @throws IllegalArgumentException if there is no such weight, or it has another shape
    @Override
    public Parameter parameter(String name, Initializer initial, int... shape) {
        Tensor values = left.get(name);
        if (values == null) {
            throw new IllegalArgumentException("weight \"" + name + "\" " + Arrays.toString(shape)
                    + " is missing; there are left " + names());
        }
        if (!Arrays.equals(values.shape(), shape)) {
            throw new IllegalArgumentException("weight \"" + name + "\" has shape " + Arrays.toString(values.shape())
                    + ", but the layer needs " + Arrays.toString(shape)
                    + "; do the weights belong to another model?");
        }
        left.remove(name);
        return new Parameter(name, values);
    }

    /// Throws unless all weights were asked for.
    ///
    /// @throws IllegalArgumentException if there are some left; the message names them
    public void requireNoneLeft() {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("weights " + names() + " do not belong to the model; remove them");
        }
    }

    /// The names that are left, so many that the message stays one line.
    private String names() {
        int most = 12;
        StringBuilder names = new StringBuilder("[");
        left.keySet().stream().limit(most).forEach(n -> names.append(names.length() == 1 ? "" : ", ").append(n));
        return names.append(left.size() > most ? ", and " + (left.size() - most) + " more]" : "]").toString();
    }
}
