package dev.rondo.interop.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.io.Json;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.optim.Adam;
import dev.rondo.optim.AdamW;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.RmsProp;
import dev.rondo.optim.Sgd;
import dev.rondo.train.Fit;
import dev.rondo.train.History;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// An imported model goes on training as it would have in PyTorch.
class TorchTrainingTest {
    /// Rounding of float32, which ten steps enlarge. Adam and RMSprop add epsilon at other places (PyTorch after the root and the
    /// correction, Rondo and Keras before): with 1e-8 that is far below.
    private static final double TOLERANCE = 1e-4;

    static Stream<Arguments> optimizers() {
        return Stream.of(Arguments.of("sgd", Sgd.of(0.1)), Arguments.of("momentum", Sgd.of(0.05).momentum(0.9)),
                Arguments.of("nesterov", Sgd.of(0.05).momentum(0.9).nesterov()),
                Arguments.of("adam", Adam.of(0.01).epsilon(1e-8)),
                Arguments.of("adamw", AdamW.of(0.01).epsilon(1e-8).weightDecay(0.1)),
                Arguments.of("rmsprop", RmsProp.of(0.005).rho(0.9).epsilon(1e-16)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("optimizers")
    void losesWhatPyTorchLoses(String name, Optimizer optimizer) throws IOException {
        JsonNode json = Json.read(Files.readAllBytes(TorchCase.resource("training.json")), "training.json");
        Sequential model = TorchImport.model(StateDict.read(TorchCase.resource("training.pt")),
                new Architecture(Signature.tokens(), List.of(Embedding.of(9, 5),
                        Bidirectional.of(Gru.of(4).returnSequences()), Lstm.of(3).returnSequences(), SimpleRnn.of(4),
                        Dense.of(2))));
        int samples = json.get("ids").size();
        int[][] ids = new int[samples][];
        float[][] targets = new float[samples][];
        for (int i = 0; i < samples; i++) {
            ids[i] = json.get("ids").get(i).valueStream().mapToInt(JsonNode::intValue).toArray();
            targets[i] = new float[] {json.get("targets").get(i).get(0).floatValue(),
                    json.get("targets").get(i).get(1).floatValue()};
        }
        JsonNode losses = json.get("losses").get(name);
        History history = Trainer.of(model).optimizer(optimizer).loss(Loss.MEAN_SQUARED_ERROR).threads(1)
                .fit(Dataset.of(ids, Targets.values(targets)), Fit.epochs(losses.size()).batchSize(samples));
        assertEquals(10, losses.size());
        for (int step = 0; step < losses.size(); step++) {
            double expected = losses.get(step).doubleValue();
            assertEquals(expected, history.epochs().get(step).training().loss(), TOLERANCE * expected, "step " + step);
        }
    }
}
