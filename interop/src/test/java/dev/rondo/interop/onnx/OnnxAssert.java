package dev.rondo.interop.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.nn.Dense;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Model;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.op.Activation;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.util.SplittableRandom;

/// What the tests of the export share: small models with random weights, and comparisons with ONNX Runtime.
final class OnnxAssert {
    /// Both add up in float32, in other orders, and approximate exp and tanh in their own ways.
    private static final double TOLERANCE = 1e-5;

    private OnnxAssert() {}

    static void assertAgrees(OnnxExport export) throws IOException {
        OnnxCheck check = OnnxCheck.run(export).orElseThrow();
        assertTrue(check.numbers() > 0, "nothing compared");
        assertTrue(check.scale() > 1e-3, "all zero: " + check);
        assertTrue(check.relative() < TOLERANCE, check.toString());
    }

    static void assertRefused(String message, OnnxExport export) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, export::bytes);
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertEquals(2, e.getMessage().split("; ").length, "no word on what to do: " + e.getMessage());
    }

    static Layer sigmoid() {
        return Dense.of(1).activation(Activation.SIGMOID);
    }

    static Model ids(Layer... layers) {
        return drawn(Sequential.of(Signature.tokens(), layers));
    }

    static Model numbers(Layer... layers) {
        return drawn(Sequential.of(Signature.sequence(3), layers));
    }

    static Model dense(int steps, Layer... layers) {
        return drawn(Sequential.of(Signature.sequence(3).steps(steps), layers));
    }

    static Model vectors(Layer... layers) {
        return drawn(Sequential.of(Signature.vector(6), layers));
    }

    /// Random weights everywhere, biases and moments too, so that a wrong order of gates shows.
    static <M extends Model> M drawn(M model) {
        return drawn(model, 0.7);
    }

    /// Such weights of another size.
    ///
    /// @param most the largest
    static <M extends Model> M drawn(M model, double most) {
        SplittableRandom random = new SplittableRandom(7);
        for (Parameter parameter : model.parameters()) {
            float[] values = new float[parameter.size()];
            boolean positive = parameter.name().endsWith("variance");
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(positive ? 0.5 : -most, positive ? 2 : most);
            }
            parameter.set(Tensor.of(values, parameter.shape()));
        }
        return model;
    }
}
