package dev.rondo.testkit.golden;

import dev.rondo.op.Activation;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every activation of Keras that Rondo has: values and derivatives.
class ActivationGoldenTest {
    /// Of the largest value, or 1: a few roundings of 6e-8.
    private static final double OUTPUT_TOLERANCE = 5e-7;
    /// Of the largest gradient: the same, once more from a rounded output.
    private static final double GRADIENT_TOLERANCE = 2e-6;

    static List<Golden> cases() {
        return Cases.tested("keras", "activation");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void computesWhatKerasDoes(Golden golden) {
        Tensor input = golden.tensor("input");
        try (Tape tape = Tape.recording()) {
            Var x = tape.input(input.data(), input.dim(0), input.dim(1), null, true);
            Var y = Ops.activation(x, Activation.of(golden.text("activation")));
            Comparison.assertValues("output", golden.tensor("output").data(), y, OUTPUT_TOLERANCE);
            Scalar scalar = new Scalar();
            scalar.add(y, golden.tensor("d_output").data());
            tape.backward(scalar.on(tape));
            Comparison.assertGradient("input", golden.tensor("g.input").data(), x.gradient(), GRADIENT_TOLERANCE);
        }
    }
}
