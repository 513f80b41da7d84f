package dev.rondo.interop.keras;

import dev.rondo.nn.Layer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A layer of a Keras model, or a model inside it.
///
/// @param className Keras's name of its class
/// @param name its name in the file
/// @param weightName what the names of its weights begin with
/// @param layer the layer; a plan for a model
/// @param parts the layers of a model, in Keras's order
/// @param trained whether Keras trains it
/// @param given numbers that stand in the configuration and not among the weights, by the weight's name
record Part(String className, String name, String weightName, Layer layer, List<Part> parts, boolean trained,
        Map<String, List<Float>> given) {
    /// The arrays of this layer and of all inside it, in Keras's order.
    List<Variable> variables() {
        List<Variable> all = new ArrayList<>();
        if (!given.isEmpty()) {
            return List.of();
        }
        if (parts.isEmpty()) {
            all.addAll(Variables.of(layer));
        } else {
            List<String> groups = groups(parts);
            String inner = className.equals("TimeDistributed") ? "layer/layers/" : "layers/";
            for (int i = 0; i < parts.size(); i++) {
                for (Variable variable : parts.get(i).variables()) {
                    all.add(variable.within(inner + groups.get(i) + "/", parts.get(i).weightName() + "/"));
                }
            }
        }
        return all.stream().map(variable -> variable.trained(trained)).toList();
    }

    /// This part with another name for its weights.
    Part weightName(String weightName) {
        return new Part(className, name, weightName, layer, parts, trained, given);
    }

    /// Adds the names of all weights that Keras does not train although it could.
    ///
    /// @param prefix what the names of this part's weights begin with, with a slash at the end
    void collectFrozen(String prefix, Set<String> names) {
        if (!trained) {
            variables().forEach(variable -> variable.weights()
                    .forEach(weight -> names.add(prefix + weightName + "/" + weight)));
        } else {
            parts.forEach(part -> part.collectFrozen(prefix + weightName + "/", names));
        }
    }

    /// Adds the numbers from the configuration by the names of their weights.
    ///
    /// @param prefix what the names of this part's weights begin with, with a slash at the end
    void collectGiven(String prefix, Map<String, List<Float>> numbers) {
        given.forEach((weight, values) -> numbers.put(prefix + weightName + "/" + weight, values));
        parts.forEach(part -> part.collectGiven(prefix + weightName + "/", numbers));
    }

    /// The group of each layer in a Keras 3 file: its class in snake case, numbered from the second of a class on. Not its name.
    static List<String> groups(List<Part> parts) {
        return numbered(parts.stream().map(part -> snakeCase(part.className())).toList());
    }

    /// Names with a number from the second of each on.
    static List<String> numbered(List<String> names) {
        Map<String, Integer> used = new HashMap<>();
        List<String> numbered = new ArrayList<>();
        for (String name : names) {
            int number = used.merge(name, 1, Integer::sum) - 1;
            numbered.add(number == 0 ? name : name + "_" + number);
        }
        return numbered;
    }

    /// A class's name as Keras writes it in groups of files: `GlobalMaxPooling1D` becomes `global_max_pooling1d`.
    static String snakeCase(String className) {
        return className.replaceAll("\\W+", "").replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }
}
