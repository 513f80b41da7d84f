package dev.rondo.interop.keras;

import java.util.List;

/// One array of a Keras layer and the weights of a model that come from it.
///
/// @param path where Keras 3 stores it, below the layer's group, such as `cell/vars/0`
/// @param name what Keras calls it, such as `recurrent_kernel`
/// @param trained whether Keras trains it, unless the layer is frozen
/// @param weights the names of the weights, below the layer's name; several share the array along its first axis
/// @param mayReshape whether the weight may have other axes than the array, with the same numbers in the same order
record Variable(String path, String name, boolean trained, List<String> weights, boolean mayReshape) {
    /// An array of the layer itself that becomes one weight of the same name.
    static Variable own(int number, String name) {
        return new Variable("vars/" + number, name, true, List.of(name), false);
    }

    /// This array for a weight of other axes.
    Variable reshaped() {
        return new Variable(path, name, trained, weights, true);
    }

    /// This array, which no weight comes from.
    Variable unused() {
        return new Variable(path, name, trained, List.of(), mayReshape);
    }

    /// This array, which Keras does not train.
    Variable untrained() {
        return new Variable(path, name, false, weights, mayReshape);
    }

    /// This array, frozen with its layer if that is.
    Variable trained(boolean layer) {
        return layer ? this : untrained();
    }

    /// This array as that of a layer inside another.
    ///
    /// @param group the inner layer's group in the file, with a slash at the end
    /// @param prefix what the names of its weights begin with, with a slash at the end
    Variable within(String group, String prefix) {
        return new Variable(group + path, name, trained, weights.stream().map(weight -> prefix + weight).toList(),
                mayReshape);
    }
}
