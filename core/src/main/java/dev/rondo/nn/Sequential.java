package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A stack of layers with its weights.
///
/// ```java
/// Sequential model = Sequential.of(Signature.tokens(),
///         Embedding.of(10_000, 100),
///         Lstm.of(100).returnSequences(),
///         Dropout.of(0.5),
///         Lstm.of(50),
///         Dropout.of(0.5),
///         Dense.of(1).activation(Activation.SIGMOID));
/// ```
///
/// The stack is fixed; the weights change with training. Safe for use by several threads while nobody trains it.
public final class Sequential implements Model {
    private final Signature input;
    private final List<Layer> layers;
    private final List<String> names;
    private final List<Module> modules;
    private final List<Parameter> parameters;
    private final boolean mixesBatch;

    private Sequential(Signature input, List<Layer> layers, WeightSource weights) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("a sequential model needs at least one layer");
        }
        this.input = input;
        this.layers = List.copyOf(layers);
        names = List.copyOf(names(layers));
        List<Module> modules = new ArrayList<>();
        Signature flowing = input;
        for (int i = 0; i < layers.size(); i++) {
            Module module = layers.get(i).build(names.get(i), flowing, weights);
            modules.add(module);
            flowing = module.output();
        }
        this.modules = List.copyOf(modules);
        parameters = modules.stream().flatMap(m -> m.parameters().stream()).toList();
        mixesBatch = modules.stream().anyMatch(Module::mixesBatch);
    }

    /// A model with initial weights from seed 0.
    public static Sequential of(Signature input, Layer... layers) {
        return of(input, 0, List.of(layers));
    }

    /// A model with initial weights from a seed.
    ///
    /// @param input what the first layer is fed
    /// @throws IllegalArgumentException if a layer cannot take what the one before it gives; the message names it
    public static Sequential of(Signature input, long seed, List<Layer> layers) {
        return new Sequential(input, layers, RandomWeights.seed(seed));
    }

    /// A model with weights that exist already. Makes no random numbers, and allocates nothing for weights that do not fit.
    ///
    /// @param input what the first layer is fed
    /// @param weights all weights by name; kept, not copied: training the model changes them
    /// @throws IllegalArgumentException if a layer cannot take what the one before it gives, or a weight is missing, left over or
    ///         of another shape; the message names it
    public static Sequential of(Signature input, List<Layer> layers, Map<String, Tensor> weights) {
        GivenWeights given = new GivenWeights(weights);
        Sequential model = new Sequential(input, layers, given);
        given.requireNoneLeft();
        return model;
    }

    /// A model whose weights come from elsewhere, each asked for once, in the order in which the layers need them.
    ///
    /// @param input what the first layer is fed
    /// @param weights gives weights by the names that [#names(List)] begin
    /// @throws IllegalArgumentException if a layer cannot take what the one before it gives, or a weight is not to be had
    public static Sequential of(Signature input, List<Layer> layers, WeightSource weights) {
        return new Sequential(input, layers, weights);
    }

    /// The names that layers get in a model: their kinds, numbered from the second of a kind on.
    public static List<String> names(List<? extends Layer> layers) {
        Map<String, Integer> used = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (Layer layer : layers) {
            int number = used.merge(layer.kind(), 1, Integer::sum) - 1;
            names.add(number == 0 ? layer.kind() : layer.kind() + "_" + number);
        }
        return names;
    }

    @Override
    public Var apply(Var input) {
        Var x = input;
        for (Module module : modules) {
            x = module.apply(x);
        }
        return x;
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public boolean mixesBatch() {
        return mixesBatch;
    }

    /// What the model is fed.
    public Signature input() {
        return input;
    }

    /// What the model gives.
    public Signature output() {
        return modules.getLast().output();
    }

    /// The layers, first to last.
    public List<Layer> layers() {
        return layers;
    }

    /// The layers' names, first to last.
    public List<String> names() {
        return names;
    }

    /// The layers with their weights, first to last.
    public List<Module> modules() {
        return modules;
    }

    /// The layers, what they give, and how many weights they have, as a table.
    public String summary() {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%-26s %-22s %12s\n", "layer", "output", "parameters"));
        text.append(String.format(Locale.ROOT, "%-26s %-22s %12s\n", "input", input, ""));
        long total = 0;
        for (int i = 0; i < modules.size(); i++) {
            long count = modules.get(i).parameters().stream().mapToLong(Parameter::size).sum();
            total += count;
            text.append(
                    String.format(Locale.ROOT, "%-26s %-22s %,12d\n", names.get(i), modules.get(i).output(), count));
        }
        return text.append(String.format(Locale.ROOT, "%-26s %-22s %,12d", "total", "", total)).toString();
    }
}
