package dev.rondo.interop.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Models of PyTorch give in Rondo what they give in PyTorch.
class TorchImportTest {
    /// Both sides compute in float32, in sums of another order; a wrong gate or bias shows from 0.01 on.
    private static final double TOLERANCE = 1e-5;

    @TestFactory
    Stream<DynamicTest> givesWhatPyTorchGives() throws IOException {
        return TorchCase.all().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> {
            double difference = c.difference(TorchImport.model(StateDict.read(c.file()), c.architecture()));
            assertTrue(difference < TOLERANCE, () -> c.name() + " differs by " + difference);
            double again = c.difference(TorchImport.consume(StateDict.read(c.file()), c.architecture()));
            assertEquals(difference, again);
        }));
    }

    @TestFactory
    Stream<DynamicTest> derivesTheLayersWhereTheShapesShowThem() throws IOException {
        return TorchCase.all().stream().filter(TorchCase::derived).map(c -> DynamicTest.dynamicTest(c.name(), () -> {
            StateDict weights = StateDict.read(c.file());
            Sequential model = TorchImport.model(weights, TorchImport.derive(weights).architecture());
            assertEquals(c.architecture(), Architecture.of(model));
            double difference = c.difference(model);
            assertTrue(difference < TOLERANCE, () -> c.name() + " differs by " + difference);
        }));
    }

    @Test
    void namesLayersAndModulesThatDoNotFit() throws IOException {
        StateDict weights = StateDict.read(TorchCase.of("lstm").file());
        Signature input = Signature.sequence(4);
        assertRefused(weights, new Architecture(input, List.of(Lstm.of(5))),
                "layer 1 (lstm): no module has the weights of LSTM with 5 units, for 4 features",
                "left are '' (LSTM with 3 units, for 4 features)");
        assertRefused(weights, new Architecture(input, List.of(Gru.of(3))), "layer 1 (gru): no module");
        assertRefused(weights, new Architecture(input, List.of(Lstm.of(3), Dense.of(2))), "layer 2 (dense): no module",
                "left are none");
        assertRefused(weights, new Architecture(input, List.of(Lstm.of(3).activation(Activation.RELU))),
                "nn.LSTM has tanh and sigmoid");
        assertRefused(StateDict.read(TorchCase.of("gru").file()),
                new Architecture(input, List.of(Gru.of(3).resetBefore().withoutBias())), "no module");
        StateDict two = StateDict.read(TorchCase.of("lstm_flat_storage").file());
        assertRefused(two, new Architecture(Signature.sequence(3), List.of(Lstm.of(4))),
                "no layer takes the weights of '' (LSTM with 4 units, for 4 features)");
    }

    private static void assertRefused(StateDict weights, Architecture architecture, String... parts) {
        String message = assertThrows(ModelFormatException.class, () -> TorchImport.model(weights, architecture))
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertEquals(1, message.lines().count());
    }

    @Test
    void notesWhatACheckpointHoldsBesides() throws IOException {
        StateDict weights = StateDict.read(TorchCase.of("lstm_checkpoint").file());
        assertEquals(List.of("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"),
                List.copyOf(weights.tensors().keySet()));
        assertEquals(List.of("left out 'epoch', which is an integer", "left out 'loss', which is a float",
                "left out 'best', which is a bool", "left out 'tags', which is a list",
                "left out 'optimizer_state_dict', which is a dict"), weights.notes());
    }
}
