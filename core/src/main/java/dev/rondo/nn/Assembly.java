package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Builds the modules of a graph call by call, with the same weights for each call of a layer.
final class Assembly {
    private final String prefix;
    private final WeightSource weights;
    private final List<List<Signature>> values = new ArrayList<>();
    private final List<Module> modules = new ArrayList<>();
    private final Map<Integer, Module> first = new HashMap<>();

    Assembly(String prefix, WeightSource weights) {
        this.prefix = prefix;
        this.weights = weights;
    }

    void input(Signature signature) {
        values.add(List.of(signature));
    }

    /// Applies a layer and returns the module.
    ///
    /// @param layer what to apply
    /// @param number the same for each call of a shared layer
    /// @throws IllegalArgumentException if the layer cannot take those inputs
    Module call(Plan.Named layer, int number, List<Plan.Port> inputs) {
        List<Signature> signatures = new ArrayList<>();
        for (Plan.Port port : inputs) {
            List<Signature> value = values.get(port.value());
            if (port.output() >= value.size()) {
                throw new IllegalArgumentException("layer \"" + layer.name() + "\" uses output " + port.output()
                        + " of a layer that has " + value.size());
            }
            signatures.add(value.get(port.output()));
        }
        Module known = first.get(number);
        WeightSource source = known == null ? weights : new Known(known.parameters());
        Module module = layer.layer().build(prefix + layer.name(), signatures, source);
        first.putIfAbsent(number, module);
        modules.add(module);
        values.add(module.outputs());
        return module;
    }

    List<Signature> signatures(int value) {
        return values.get(value);
    }

    List<Module> modules() {
        return modules;
    }

    /// The weights of a layer that was built before.
    private record Known(List<Parameter> parameters) implements WeightSource {
        @Override
        public Parameter parameter(String name, Initializer initial, int... shape) {
            return find(name, shape);
        }

        @Override
        public Parameter state(String name, Initializer initial, int... shape) {
            return find(name, shape);
        }

        private Parameter find(String name, int[] shape) {
            for (Parameter parameter : parameters) {
                if (parameter.name().equals(name)) {
                    if (!Arrays.equals(parameter.shape(), shape)) {
                        throw new IllegalArgumentException("the shared layer's weight " + parameter
                                + " would need the shape " + Arrays.toString(shape)
                                + " here; apply it to values of the same features, or use a second layer");
                    }
                    return parameter;
                }
            }
            throw new IllegalArgumentException("the shared layer has no weight \"" + name
                    + "\", which it would need here; use a second layer");
        }
    }
}
