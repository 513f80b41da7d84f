package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Archive;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models that Keras 3.15 saved give the same outputs here; all weights and biases are random.
class KerasModelTest {
    /// Both compute in float32: sums in another order differ by a few units in the last place, and layers add up.
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder = Path.of("");

    static List<String> models() {
        return KerasFiles.names("index.txt");
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesWhatKerasGives(String name) throws IOException {
        Archive stored = KerasFiles.tensors(name);
        List<Tensor> outputs = KerasFiles.run(KerasFiles.read(name, folder).model(), KerasFiles.all(stored, "input"));
        List<Tensor> expected = KerasFiles.all(stored, "output");
        assertEquals(expected.size(), outputs.size(), "number of outputs");
        for (int o = 0; o < outputs.size(); o++) {
            assertArrayEquals(expected.get(o).shape(), outputs.get(o).shape(), "shape of output " + o);
            assertClose("output " + o, expected.get(o).data(), outputs.get(o).data());
        }
    }

    private static void assertClose(String what, float[] expected, float[] found) {
        double scale = 0;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(expected[i] - found[i]));
        }
        assertTrue(scale > 1e-3, what + " says nothing: all is near 0");
        assertTrue(worst <= TOLERANCE * scale, what + " differs by " + worst + " at a scale of " + scale);
    }

    @Test
    void fortyModelsOrMore() {
        assertTrue(models().size() >= 40, "there are " + models().size());
    }
}
