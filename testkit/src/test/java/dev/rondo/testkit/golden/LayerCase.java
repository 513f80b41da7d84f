package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.rondo.nn.Signature;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import dev.rondo.testkit.Padded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A golden case of kind `layer`: feeds its input to a network and compares outputs, states and all gradients.
final class LayerCase {
    /// Of the largest output or 1: float32 rounding (6e-8) over sums of up to 20 products and up to 7 steps of two layers, and the
    /// expected numbers' own rounding.
    private static final double OUTPUT_TOLERANCE = 2e-6;
    /// Of the largest gradient of a tensor: the same roundings there and back, and sums of gradients that cancel.
    private static final double GRADIENT_TOLERANCE = 2e-5;

    private final Golden golden;
    private final boolean tokens;
    private final Padded padded;
    private final Padded outputs;

    /// @param outputsAtEnd whether padding stands before the real outputs, as where Keras goes backwards over a masked input
    LayerCase(Golden golden, boolean outputsAtEnd) {
        this.golden = golden;
        tokens = Node.of(golden.text("layer")).className().equals("Embedding");
        int[] shape = tokens ? golden.ints("input").shape() : golden.tensor("input").shape();
        int steps = tokens || shape.length == 3 ? shape[1] : 1;
        int[] lengths = new int[shape[0]];
        Arrays.fill(lengths, steps);
        if (golden.has("lengths")) {
            lengths = golden.ints("lengths").data();
        }
        padded = Padded.after(steps, lengths);
        outputs = outputsAtEnd ? Padded.before(steps, lengths) : padded;
    }

    /// What is tested: a layer with weights or several, on any tape.
    interface Network {
        /// All weights.
        List<Parameter> parameters();

        /// @param initial the states to start from, null for zero
        Result run(Var input, @Nullable States initial);
    }

    /// States of one or more recurrent cells.
    ///
    /// @param h one for each cell
    /// @param c one for each cell, empty where cells have none
    record States(List<Var> h, List<Var> c) {}

    /// @param last null where the network has no state
    record Result(Var output, @Nullable States last) {}

    /// What the network is fed.
    Signature signature() {
        if (tokens) {
            return Signature.tokens();
        }
        Tensor input = golden.tensor("input");
        return input.rank() == 2 ? Signature.vector(input.dim(1)) : Signature.sequence(input.dim(2));
    }

    /// Compares everything that the case has.
    ///
    /// @param gradients the expected gradients of the parameters by name
    void compare(Network network, Map<String, Tensor> gradients) {
        assertEquals(gradients.keySet(),
                network.parameters().stream().map(Parameter::name).collect(Collectors.toSet()));
        try (Tape tape = Tape.recording()) {
            Var input = input(tape);
            States initial = initial(tape);
            Result result = network.run(input, initial);
            Scalar scalar = new Scalar();
            compareForward(result, scalar);
            Gradients actual = tape.backward(scalar.on(tape));
            if (!tokens) {
                Comparison.assertGradient("input", rows(padded, golden.tensor("g.input")), input.gradient(),
                        GRADIENT_TOLERANCE);
            }
            if (initial != null) {
                compareInitial("g.initial_h", initial.h());
                compareInitial("g.initial_c", initial.c());
            }
            for (Parameter parameter : network.parameters()) {
                Comparison.assertGradient(parameter.name(),
                        Objects.requireNonNull(gradients.get(parameter.name())).data(),
                        actual.toArray(parameter), GRADIENT_TOLERANCE);
            }
        }
    }

    /// Compares the output without a recording, as at inference.
    void compareInference(Network network) {
        try (Tape tape = Tape.inference(new Workspace())) {
            compareForward(network.run(input(tape), initial(tape)), null);
        }
    }

    /// @param scalar gets the derivatives by what was compared, or null
    private void compareForward(Result result, @Nullable Scalar scalar) {
        Comparison.assertValues("output", rows(outputs, golden.tensor("output")), result.output(), OUTPUT_TOLERANCE);
        if (scalar != null) {
            scalar.add(result.output(), rows(outputs, golden.tensor("d_output")));
        }
        if (golden.has("last_h")) {
            States last = result.last();
            assertNotNull(last, "the network gives no state");
            compareLast("last_h", last.h(), scalar);
            compareLast("last_c", last.c(), scalar);
        }
    }

    private void compareLast(String name, List<Var> actual, @Nullable Scalar scalar) {
        List<float[]> expected = cells(name);
        assertEquals(expected.size(), actual.size(), name);
        for (int i = 0; i < expected.size(); i++) {
            Comparison.assertValues(name + " of cell " + i, expected.get(i), actual.get(i), OUTPUT_TOLERANCE);
            if (scalar != null) {
                scalar.add(actual.get(i), cells("d_" + name).get(i));
            }
        }
    }

    private void compareInitial(String gradient, List<Var> initial) {
        List<float[]> expected = cells(gradient);
        assertEquals(expected.size(), initial.size(), gradient);
        for (int i = 0; i < expected.size(); i++) {
            Comparison.assertGradient(gradient + " of cell " + i, expected.get(i), initial.get(i).gradient(),
                    GRADIENT_TOLERANCE);
        }
    }

    private Var input(Tape tape) {
        Steps layout = padded.layout();
        if (tokens) {
            return tape.tokens(padded.pack(golden.ints("input")), layout);
        }
        Tensor input = golden.tensor("input");
        boolean sequence = input.rank() == 3;
        return tape.input(rows(padded, input), sequence ? layout.total() : input.dim(0), input.dim(input.rank() - 1),
                sequence ? layout : null, true);
    }

    private @Nullable States initial(Tape tape) {
        if (!golden.has("initial_h")) {
            return null;
        }
        return new States(states(tape, "initial_h"), states(tape, "initial_c"));
    }

    private List<Var> states(Tape tape, String name) {
        int batch = padded.layout().batch();
        return cells(name).stream().map(h -> tape.input(h, batch, h.length / batch, null, true)).toList();
    }

    /// The parts of a tensor of states, one for each cell, sorted: `[B, H]` of Keras is one, `[cells, B, H]` of torch several.
    ///
    /// @return empty if the case has no such tensor
    private List<float[]> cells(String name) {
        if (!golden.has(name)) {
            return List.of();
        }
        Tensor all = golden.tensor(name);
        if (all.rank() == 2) {
            return List.of(padded.sort(all));
        }
        List<float[]> cells = new ArrayList<>();
        int size = all.dim(1) * all.dim(2);
        for (int i = 0; i < all.dim(0); i++) {
            float[] cell = Arrays.copyOfRange(all.data(), i * size, (i + 1) * size);
            cells.add(padded.sort(Tensor.of(cell, all.dim(1), all.dim(2))));
        }
        return cells;
    }

    /// A tensor as rows: packed if it has steps, sorted if not.
    private static float[] rows(Padded layout, Tensor tensor) {
        return tensor.rank() == 3 ? layout.pack(tensor) : layout.sort(tensor);
    }
}
