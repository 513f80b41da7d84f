package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson;
import dev.rondo.nn.GivenWeights;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.RandomWeights;
import dev.rondo.nn.Signature;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// Single layers as Keras computes them, made from Keras's names and options: outputs, masks, states and all gradients.
class SingleLayerTest {
    /// Of the largest output or 1: float32 rounding (6e-8) over sums of up to some twenty products, and exponentials right to 4e-7.
    private static final double OUTPUT_TOLERANCE = 2e-6;
    /// Of the largest gradient of a tensor: the same roundings there and back, and sums that cancel.
    private static final double GRADIENT_TOLERANCE = 2e-5;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String NAME = "layer";

    static List<Golden> cases() {
        return Golden.cases("golden/layers").stream().map(name -> Golden.open("golden/layers", name)).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void computesWhatKerasDoes(Golden golden) throws ModelFormatException {
        Map<String, Tensor> weights = tensors(golden, "w.");
        GivenWeights given = new GivenWeights(copies(weights));
        Module module = layer(golden).build(NAME, signatures(golden), given);
        given.requireNoneLeft();
        assertEquals(signature(golden.tensor("output")), module.output());
        if (golden.text("kind").equals("inference")) {
            try (Tape tape = Tape.inference(new Workspace())) {
                compareOutput(golden, module.apply(inputs(golden, tape)).getFirst());
            }
        }
        try (Tape tape = Tape.recording()) {
            if (golden.text("kind").equals("inference")) {
                // Keras recorded the gradients at inference, where moving moments are constants.
                module.parameters().stream().filter(Parameter::isState).forEach(p -> p.freeze(true));
            }
            List<Var> inputs = inputs(golden, tape);
            Var output = module.apply(inputs).getFirst();
            compareOutput(golden, output);
            Scalar scalar = new Scalar();
            scalar.add(output, rows(golden.tensor("d_output")));
            Gradients gradients = tape.backward(scalar.on(tape));
            for (int i = 0; i < inputs.size(); i++) {
                Comparison.assertGradient("input " + i, rows(golden.tensor("g.input_" + i)), inputs.get(i).gradient(),
                        GRADIENT_TOLERANCE);
            }
            Map<String, Tensor> expected = tensors(golden, "g.w.");
            for (Parameter parameter : module.parameters()) {
                Tensor gradient = expected.remove(parameter.name());
                assertEquals(parameter.isTrainable(), gradient != null, parameter.name());
                if (gradient != null) {
                    compareGradient(parameter, gradient, gradients.toArray(parameter));
                }
            }
            assertTrue(expected.isEmpty(), "gradients of no parameter: " + expected.keySet());
            tape.changes().forEach(Runnable::run);
        }
        Map<String, Tensor> after = tensors(golden, "after.");
        assertEquals(golden.text("kind").equals("training"), !after.isEmpty());
        for (Parameter parameter : module.parameters()) {
            Tensor wanted = after.getOrDefault(parameter.name(), weights.get(parameter.name()));
            Comparison.assertValues(parameter.name() + " after", wanted.data(), parameter.values(), OUTPUT_TOLERANCE);
        }
    }

    /// A layer that is written and read again is the same layer.
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void savesAndLoads(Golden golden) throws ModelFormatException {
        Layer layer = layer(golden);
        List<Signature> inputs = signatures(golden);
        var json = SequentialJson.write(new SequentialJson.Architecture(inputs.getFirst(), List.of(layer)));
        assertEquals(List.of(layer), SequentialJson.read(MAPPER.readTree(json.toString()), "model.json").layers());
        Module module = layer.build(NAME, inputs, RandomWeights.seed(1));
        assertEquals(module.parameters().stream().map(Parameter::name).sorted().toList(),
                tensors(golden, "w.").keySet().stream().sorted().toList());
    }

    private static Layer layer(Golden golden) throws ModelFormatException {
        var layers = MAPPER.createArrayNode().add(MAPPER.readTree(golden.text("layer")));
        return SequentialJson.readLayers(layers, OptionalInt.empty(), golden.name()).getFirst();
    }

    private static void compareGradient(Parameter parameter, Tensor expected, float[] actual) {
        if (parameter.name().endsWith("/key/bias")) {
            // It adds the same to all scores of a query, which changes nothing: on both sides roundings are all there is.
            Comparison.assertValues("gradient of " + parameter.name(), expected.data(), actual, 1e-5);
        } else {
            Comparison.assertGradient(parameter.name(), expected.data(), actual, GRADIENT_TOLERANCE);
        }
    }

    private static void compareOutput(Golden golden, Var output) {
        Tensor expected = golden.tensor("output");
        Comparison.assertValues("output", rows(expected), output, OUTPUT_TOLERANCE);
        boolean[] counts = new boolean[output.rows()];
        Arrays.fill(counts, true);
        Mask mask = output.mask();
        boolean[] actual = counts.clone();
        for (int row = 0; mask != null && row < counts.length; row++) {
            actual[row] = mask.counts(row);
        }
        if (golden.has("output_mask")) {
            counts = counts(golden.ints("output_mask"));
        } else if (golden.text("layer").contains("MultiHeadAttention") && golden.has("mask_0")) {
            // Keras hangs the query's mask on the output, outside compute_mask.
            counts = counts(golden.ints("mask_0"));
        }
        assertArrayEquals(counts, actual, "mask");
    }

    private static List<Signature> signatures(Golden golden) {
        List<Signature> signatures = new ArrayList<>();
        for (int i = 0; golden.has("input_" + i); i++) {
            signatures.add(signature(golden.tensor("input_" + i)));
        }
        return signatures;
    }

    private static Signature signature(Tensor tensor) {
        return tensor.rank() == 2 ? Signature.vector(tensor.dim(1))
                : Signature.sequence(tensor.dim(2)).steps(tensor.dim(1));
    }

    private static List<Var> inputs(Golden golden, Tape tape) {
        List<Var> inputs = new ArrayList<>();
        for (int i = 0; golden.has("input_" + i); i++) {
            Tensor tensor = golden.tensor("input_" + i);
            boolean sequence = tensor.rank() == 3;
            @Nullable
            Steps steps = sequence ? Steps.dense(tensor.dim(1), tensor.dim(0)) : null;
            int columns = tensor.dim(tensor.rank() - 1);
            Var input = tape.input(rows(tensor), tensor.size() / columns, columns, steps, true);
            inputs.add(steps != null && golden.has("mask_" + i)
                    ? input.withMask(Mask.of(steps, counts(golden.ints("mask_" + i)))) : input);
        }
        return inputs;
    }

    /// The steps of all sequences one after another, from `[B, T, F]` to `[T, B, F]`.
    private static float[] rows(Tensor tensor) {
        if (tensor.rank() < 3) {
            return tensor.data().clone();
        }
        int batch = tensor.dim(0);
        int steps = tensor.dim(1);
        int columns = tensor.dim(2);
        float[] rows = new float[tensor.size()];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(tensor.data(), (b * steps + t) * columns, rows, (t * batch + b) * columns, columns);
            }
        }
        return rows;
    }

    private static boolean[] counts(IntTensor mask) {
        int batch = mask.dim(0);
        int steps = mask.dim(1);
        boolean[] counts = new boolean[mask.size()];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < steps; t++) {
                counts[t * batch + b] = mask.data()[b * steps + t] == 1;
            }
        }
        return counts;
    }

    /// Tensors by Rondo's names. Rondo holds the heads of a multi-head attention side by side, in one axis.
    private static Map<String, Tensor> tensors(Golden golden, String prefix) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String name : golden.names()) {
            if (name.startsWith(prefix)) {
                Tensor tensor = golden.tensor(name);
                boolean heads = golden.text("layer").contains("MultiHeadAttention");
                // The files have no tensors without axes.
                boolean scalar = golden.text("layer").contains("\"Attention\"");
                tensors.put(NAME + "/" + name.substring(prefix.length()).replace('.', '/'),
                        heads ? sideBySide(name, tensor) : scalar ? Tensor.of(tensor.data()) : tensor);
            }
        }
        return tensors;
    }

    private static Tensor sideBySide(String name, Tensor tensor) {
        if (tensor.rank() == 3) {
            int rows = name.contains("attention_output") ? tensor.dim(0) * tensor.dim(1) : tensor.dim(0);
            return Tensor.of(tensor.data(), rows, tensor.size() / rows);
        }
        return name.endsWith("bias") ? Tensor.of(tensor.data(), tensor.size()) : tensor;
    }

    private static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> copies.put(name, Tensor.of(tensor.data().clone(), tensor.shape())));
        return copies;
    }
}
