package dev.rondo.nn;

import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Anything that maps an input on a tape to a prediction: a [Sequential], or plain Java over modules.
///
/// ```java
/// final class Tagger implements Model {
///     final WeightSource weights = RandomWeights.seed(42);
///     final Module embed = Embedding.of(10_000, 100).build("embed", Signature.tokens(), weights);
///     final Module encode = Bidirectional.of(Lstm.of(64).returnSequences()).build("encode", embed.output(), weights);
///     final Module tag = Dense.of(17).activation(SOFTMAX).build("tag", encode.output(), weights);
///
///     public Var apply(Var input) { return tag.apply(encode.apply(embed.apply(input))); }
///     public List<Parameter> parameters() { return Model.parametersOf(embed, encode, tag); }
/// }
/// ```
///
/// Implementations hold no state, so that slices of a batch can run on several threads.
public interface Model {
    /// Computes the prediction for a batch.
    ///
    /// @param input token ids or features `[N, F]` with their steps
    Var apply(Var input);

    /// Computes all outputs for all inputs; a [Graph] may have several of each.
    ///
    /// @param inputs one value for each input, in order
    default List<Var> apply(List<Var> inputs) {
        return List.of(apply(Checks.single("the model", inputs)));
    }

    /// All weights, in a fixed order, with distinct names.
    List<Parameter> parameters();

    /// Whether what it computes for a sequence in training depends on the others of the batch: see [Module#mixesBatch].
    default boolean mixesBatch() {
        return false;
    }

    /// Freezes the weights of those names, so that training leaves every bit of them alone, and lets the others be trained.
    ///
    /// @param names which names are frozen, such as `name -> name.startsWith("embedding")`
    default void freeze(Predicate<String> names) {
        parameters().forEach(parameter -> parameter.freeze(names.test(parameter.name())));
    }

    /// Copies of all weights by name.
    default Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        parameters().forEach(p -> weights.put(p.name(), p.tensor()));
        return weights;
    }

    /// Replaces all weights.
    ///
    /// @throws IllegalArgumentException if a weight is missing, left over or of another shape; the message names it, and none is replaced
    default void setWeights(Map<String, Tensor> weights) {
        List<Parameter> parameters = parameters();
        for (Parameter parameter : parameters) {
            Tensor values = weights.get(parameter.name());
            if (values == null) {
                throw new IllegalArgumentException(
                        "weight \"" + parameter.name() + "\" is missing; there are " + weights.keySet());
            }
            parameter.check(values);
        }
        if (weights.size() != parameters.size()) {
            List<String> known = parameters.stream().map(Parameter::name).toList();
            List<String> extra = weights.keySet().stream().filter(n -> !known.contains(n)).toList();
            throw new IllegalArgumentException("weights " + extra + " do not belong to the model, which has " + known);
        }
        for (Parameter parameter : parameters) {
            parameter.set(weights.get(parameter.name()));
        }
    }

    /// The parameters of several modules, in order.
    static List<Parameter> parametersOf(Module... modules) {
        return java.util.Arrays.stream(modules).flatMap(m -> m.parameters().stream()).toList();
    }
}
