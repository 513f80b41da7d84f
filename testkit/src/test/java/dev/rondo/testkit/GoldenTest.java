package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests the reader, and that the golden files say what `INDEX.md` promises.
class GoldenTest {

    private static final Set<String> KINDS = Set.of("layer", "activation", "loss", "trajectory");

    @ParameterizedTest
    @ValueSource(strings = {"keras", "torch"})
    void everyListedCaseOpensAndDescribesItself(String framework) {
        List<String> cases = Golden.cases("golden/" + framework);
        assertEquals(cases.size(), new HashSet<>(cases).size(), "a case is listed twice");
        assertTrue(cases.size() > 50, () -> "only " + cases.size() + " cases");
        for (String name : cases) {
            Golden golden = Golden.open("golden/" + framework, name);
            assertEquals(name, golden.name());
            assertEquals(framework, golden.text("framework"), name);
            assertTrue(KINDS.contains(golden.text("kind")), name);
            assertFalse(golden.text("versions").isBlank(), name);
            assertEveryGradientHasItsShape(golden);
        }
    }

    private static void assertEveryGradientHasItsShape(Golden golden) {
        for (String gradient : golden.names()) {
            if (!gradient.startsWith("g.")) {
                continue;
            }
            String plain = gradient.substring(2);
            String of = golden.has("w." + plain) ? "w." + plain : plain;
            assertArrayEquals(golden.tensor(of).shape(), golden.tensor(gradient).shape(), golden + " " + gradient);
        }
    }

    @Test
    void aRaggedLayerHasLengthsWeightsAndGradients() {
        Golden golden = Golden.open("golden/keras", "lstm_masked_seq");
        assertArrayEquals(new int[] {3, 6, 1, 4, 6}, golden.ints("lengths").data());
        assertArrayEquals(new int[] {5, 6, 3}, golden.tensor("input").shape());
        assertArrayEquals(new int[] {3, 20}, golden.tensor("w.kernel").shape());
        assertArrayEquals(new int[] {5, 20}, golden.tensor("g.recurrent_kernel").shape());
        assertArrayEquals(new int[] {5, 6, 5}, golden.tensor("output").shape());
        assertTrue(golden.text("layer").startsWith("{\"class_name\":\"LSTM\""), golden.text("layer"));
    }

    @Test
    void paddedStepsCarryNoGradient() {
        Golden golden = Golden.open("golden/keras", "gru_masked_seq");
        Tensor gradient = golden.tensor("g.input");
        int steps = gradient.dim(1);
        int features = gradient.dim(2);
        int[] lengths = golden.ints("lengths").data();
        for (int b = 0; b < lengths.length; b++) {
            for (int i = lengths[b] * features; i < steps * features; i++) {
                assertEquals(0f, gradient.data()[b * steps * features + i], "row " + b + ", number " + i);
            }
        }
    }

    @Test
    void whatIsMissingIsNamedWithWhatThereIs() {
        Golden golden = Golden.open("golden/keras", "loss_mse");
        assertFalse(golden.has("lengths"));
        var tensor = assertThrows(NoSuchElementException.class, () -> golden.tensor("input"));
        assertEquals(
                "golden/keras/loss_mse.safetensors: no float tensor 'input'; there are [y_true, y_pred, loss, g.y_pred]",
                tensor.getMessage());
        assertThrows(NoSuchElementException.class, () -> golden.ints("y_true"));
        assertThrows(NoSuchElementException.class, () -> golden.text("layer"));
        var file = assertThrows(IllegalArgumentException.class, () -> Golden.open("golden/keras", "absent"));
        assertTrue(file.getMessage().startsWith("golden/keras/absent.safetensors is not on the class path"));
        assertThrows(IllegalArgumentException.class, () -> Golden.cases("golden/absent"));
    }
}
