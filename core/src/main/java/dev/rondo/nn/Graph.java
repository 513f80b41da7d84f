package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A model whose layers form a directed graph without circles: several inputs and outputs, layers applied more than once, models
/// within models.
///
/// ```java
/// GraphBuilder b = Graph.builder();
/// Node question = b.input("question", Signature.tokens());
/// Node text = b.input("text", Signature.tokens());
/// Shared embed = b.layer("embed", Embedding.of(20_000, 64));          // one table for both
/// List<Node> read = b.addAll(Lstm.of(64).returnState(), embed.on(question));     // output, h, c
/// Node found = b.add(Lstm.of(64), embed.on(text), read.get(1), read.get(2));     // starts from that state
/// Graph model = b.build(b.add(Dense.of(1).activation(Activation.SIGMOID), found));
/// ```
///
/// The graph is fixed; the weights change with training. Safe for use by several threads while nobody trains it.
public final class Graph implements Model, MultiModule {
    private final Plan plan;
    private final List<Module> modules;
    private final List<Signature> outputs;
    private final List<Parameter> parameters;
    private final boolean mixesBatch;

    Graph(Plan plan, List<Module> modules) {
        this.plan = plan;
        this.modules = List.copyOf(modules);
        List<Signature> outputs = new ArrayList<>();
        for (Plan.Port port : plan.outputs()) {
            outputs.add(signature(plan, modules, port));
        }
        this.outputs = List.copyOf(outputs);
        Set<Parameter> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        parameters = modules.stream().flatMap(m -> m.parameters().stream()).filter(distinct::add).toList();
        mixesBatch = modules.stream().anyMatch(Module::mixesBatch);
    }

    /// Starts a graph whose initial weights come from seed 0.
    public static GraphBuilder builder() {
        return builder(0);
    }

    /// Starts a graph.
    ///
    /// @param seed of the initial weights
    public static GraphBuilder builder(long seed) {
        return new GraphBuilder(RandomWeights.seed(seed));
    }

    /// A model of that architecture with initial weights from a seed.
    ///
    /// @throws IllegalArgumentException if a layer cannot take what it is applied to; the message names it
    public static Graph of(Plan plan, long seed) {
        return build(plan, "", plan.inputs().stream().map(Plan.Input::signature).toList(), RandomWeights.seed(seed));
    }

    /// A model with weights that exist already. Makes no random numbers, and allocates nothing for weights that do not fit.
    ///
    /// @param weights all weights by name; kept, not copied: training the model changes them
    /// @throws IllegalArgumentException if a layer cannot take what it is applied to, or a weight is missing, left over or of another
    ///         shape; the message names it
    public static Graph of(Plan plan, Map<String, Tensor> weights) {
        GivenWeights given = new GivenWeights(weights);
        Graph model = build(plan, "", plan.inputs().stream().map(Plan.Input::signature).toList(), given);
        given.requireNoneLeft();
        return model;
    }

    /// A model whose weights come from elsewhere, each asked for once, in the order in which the layers need them.
    ///
    /// @param weights gives weights by names that begin with the layer's in the plan, nested models' with theirs before it
    /// @throws IllegalArgumentException if a layer cannot take what it is applied to, or a weight is not to be had
    public static Graph of(Plan plan, WeightSource weights) {
        return build(plan, "", plan.inputs().stream().map(Plan.Input::signature).toList(), weights);
    }

    static Graph nested(Plan plan, String name, List<Signature> inputs, WeightSource weights) {
        if (inputs.size() != plan.inputs().size()) {
            throw new IllegalArgumentException(
                    "model \"" + name + "\" has " + plan.inputs().size() + " inputs, but is given "
                            + inputs.size());
        }
        for (int i = 0; i < inputs.size(); i++) {
            Signature wanted = plan.inputs().get(i).signature();
            Signature given = inputs.get(i);
            if (given.kind() != wanted.kind() || given.features() != wanted.features()
                    || given.hasSteps() && wanted.hasSteps() && given.steps() != wanted.steps()) {
                throw new IllegalArgumentException("model \"" + name + "\": input \"" + plan.inputs().get(i).name()
                        + "\" takes " + wanted + ", but is given " + given);
            }
        }
        return build(plan, name + "/", inputs, weights);
    }

    private static Graph build(Plan plan, String prefix, List<Signature> inputs, WeightSource weights) {
        Assembly assembly = new Assembly(prefix, weights);
        inputs.forEach(assembly::input);
        for (Plan.Call call : plan.calls()) {
            assembly.call(plan.layers().get(call.layer()), call.layer(), call.inputs());
        }
        return new Graph(plan, assembly.modules());
    }

    private static Signature signature(Plan plan, List<Module> modules, Plan.Port port) {
        int inputs = plan.inputs().size();
        if (port.value() < inputs) {
            return plan.inputs().get(port.value()).signature();
        }
        int call = port.value() - inputs;
        List<Signature> given = modules.get(call).outputs();
        if (port.output() >= given.size()) {
            throw new IllegalArgumentException("the model gives output " + port.output() + " of layer \""
                    + plan.layers().get(plan.calls().get(call).layer()).name() + "\", which has " + given.size());
        }
        return given.get(port.output());
    }

    /// The architecture.
    public Plan plan() {
        return plan;
    }

    /// The layer of each call with its weights, in the order of the plan's calls.
    public List<Module> modules() {
        return modules;
    }

    /// What the model is fed, in order.
    public List<Signature> inputs() {
        return plan.inputs().stream().map(Plan.Input::signature).toList();
    }

    @Override
    public List<Signature> outputs() {
        return outputs;
    }

    @Override
    public List<Parameter> parameters() {
        return parameters;
    }

    @Override
    public boolean mixesBatch() {
        return mixesBatch;
    }

    /// @throws IllegalStateException if the model has several inputs or outputs
    @Override
    public Var apply(Var input) {
        if (plan.outputs().size() != 1) {
            throw new IllegalStateException("the model has " + plan.outputs().size()
                    + " outputs; use apply with a list of inputs, which gives them all");
        }
        return apply(List.of(input)).getFirst();
    }

    /// Computes all outputs.
    ///
    /// @param inputs one value for each input, in order
    /// @throws IllegalArgumentException if there are not as many values as inputs
    @Override
    public List<Var> apply(List<Var> inputs) {
        if (inputs.size() != plan.inputs().size()) {
            throw new IllegalArgumentException("the model has " + plan.inputs().size() + " inputs ("
                    + String.join(", ", plan.inputs().stream().map(Plan.Input::name).toList()) + "), but is given "
                    + inputs.size());
        }
        List<List<Var>> values = new ArrayList<>();
        inputs.forEach(input -> values.add(List.of(input)));
        for (int c = 0; c < modules.size(); c++) {
            values.add(modules.get(c).apply(pick(values, plan.calls().get(c).inputs())));
        }
        return pick(values, plan.outputs());
    }

    private static List<Var> pick(List<List<Var>> values, List<Plan.Port> ports) {
        return ports.stream().map(port -> values.get(port.value()).get(port.output())).toList();
    }

    /// The layers, what they give, how many weights they have, and what they are applied to, as a table.
    public String summary() {
        String row = "%-26s %-22s %12s  %s\n";
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, row, "layer", "output", "parameters", "of"));
        List<String> names = new ArrayList<>();
        for (Plan.Input input : plan.inputs()) {
            text.append(String.format(Locale.ROOT, row, input.name(), input.signature(), "", ""));
            names.add(input.name());
        }
        Set<Parameter> counted = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int c = 0; c < modules.size(); c++) {
            Module module = modules.get(c);
            Plan.Call call = plan.calls().get(c);
            long count = module.parameters().stream().filter(counted::add).mapToLong(Parameter::size).sum();
            String of = String.join(", ", call.inputs().stream()
                    .map(port -> names.get(port.value()) + (port.output() == 0 ? "" : "[" + port.output() + "]"))
                    .toList());
            names.add(plan.layers().get(call.layer()).name());
            text.append(String.format(Locale.ROOT, row, names.getLast(), module.output(),
                    String.format(Locale.ROOT, "%,d", count), of));
        }
        long total = parameters.stream().mapToLong(Parameter::size).sum();
        return text.append(String.format(Locale.ROOT, row, "total", "", String.format(Locale.ROOT, "%,d", total), ""))
                .toString().stripTrailing();
    }
}
