package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.data.Dataset;
import dev.rondo.data.Targets;
import dev.rondo.io.Archive;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Model;
import dev.rondo.optim.Adam;
import dev.rondo.optim.AdamW;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.RmsProp;
import dev.rondo.optim.Sgd;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import dev.rondo.train.Evaluation;
import dev.rondo.train.Fit;
import dev.rondo.train.History;
import dev.rondo.train.Objective;
import dev.rondo.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Imported models go on training as in Keras, the optimizers with the options of make_keras_training.py.
class KerasTrainingTest {
    /// Rounding of float32, which ten steps enlarge.
    private static final double TOLERANCE = 1e-4;

    private static final Map<String, Optimizer> OPTIMIZERS = Map.of("sgd", Sgd.of(0.1), "momentum",
            Sgd.of(0.05).momentum(0.9), "rmsprop", RmsProp.of(0.005), "adam", Adam.of(0.01), "adamw",
            AdamW.of(0.01).weightDecay(0.1));

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "momentum", "rmsprop", "adam", "adamw"})
    void textUnderAMask(String optimizer) throws IOException {
        Archive stored = KerasFiles.tensors("train_text");
        int[] classes = Objects.requireNonNull(stored.ints().get("target")).data();
        Model model = KerasFiles.read("train_text", folder).model();
        train(model, optimizer, Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
                Dataset.of(ints(stored, "input_0"), Targets.classes(classes)),
                stored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "momentum", "rmsprop", "adam", "adamw"})
    void graphWithBatchStatisticsAndAFrozenLayer(String optimizer) throws IOException {
        Archive stored = KerasFiles.tensors("train_graph");
        Model model = KerasFiles.read("train_graph", folder).model();
        List<Parameter> frozen = model.parameters().stream().filter(Parameter::isFrozen).toList();
        assertEquals(2, frozen.size(), "kernel and bias of the frozen layer");
        List<float[]> before = frozen.stream().map(weight -> weight.values().clone()).toList();
        train(model, optimizer, Loss.MEAN_SQUARED_ERROR,
                Dataset.of(cut(stored, "input_0", 3), Targets.values(rows(stored, "target"))), stored);
        for (int i = 0; i < before.size(); i++) {
            assertArrayEquals(before.get(i), frozen.get(i).values());
        }
    }

    /// Tags under a mask with a weight for each step, a vector, and a kind with soft targets: three losses with weights of their own.
    @Test
    void severalOutputs() throws IOException {
        Archive stored = KerasFiles.tensors("train_heads");
        int[][] tags = ints(stored, "target_0");
        Targets targets = Targets.several(Targets.classesPerStep(tags).weighted(rows(stored, "weight_0")),
                Targets.values(rows(stored, "target_1")).weighted(rows(stored, "weight_1")),
                Targets.values(rows(stored, "target_2")).weighted(rows(stored, "weight_2")));
        Model model = KerasFiles.read("train_heads", folder).model();
        History history = Trainer.of(model).optimizer(Adam.of(0.01)).threads(1)
                .objectives(Objective.of(Loss.SPARSE_CATEGORICAL_CROSSENTROPY).weight(0.7),
                        Objective.of(Loss.MEAN_SQUARED_ERROR).weight(1.5),
                        Objective.of(Loss.CATEGORICAL_CROSSENTROPY.labelSmoothing(0.1)).weight(0.4))
                .fit(Dataset.of(ints(stored, "input_0"), targets), Fit.epochs(10).batchSize(tags.length));
        float[] sums = Objects.requireNonNull(stored.tensors().get("adam")).data();
        assertTrue(sums[9] < sums[0], "Keras learned");
        for (int step = 0; step < sums.length; step++) {
            Evaluation measured = history.epochs().get(step).training();
            assertEquals(sums[step], measured.loss(), TOLERANCE * sums[step], "step " + step);
            for (int k = 0; k < 3; k++) {
                float loss = Objects.requireNonNull(stored.tensors().get("adam_" + k)).data()[step];
                assertEquals(loss, measured.outputs().get(k).loss(), TOLERANCE * loss, "step " + step + " of " + k);
            }
        }
    }

    private static int[][] ints(Archive stored, String name) {
        IntTensor tensor = Objects.requireNonNull(stored.ints().get(name));
        int steps = tensor.shape()[1];
        int[][] rows = new int[tensor.shape()[0]][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(tensor.data(), i * steps, (i + 1) * steps);
        }
        return rows;
    }

    private static void train(Model model, String optimizer, Loss loss, Dataset data, Archive stored) {
        float[] losses = Objects.requireNonNull(stored.tensors().get(optimizer)).data();
        History history = Trainer.of(model).optimizer(Objects.requireNonNull(OPTIMIZERS.get(optimizer))).loss(loss)
                .threads(1).fit(data, Fit.epochs(losses.length).batchSize(data.size()));
        assertEquals(10, losses.length);
        assertTrue(losses[9] < losses[0], "Keras learned");
        for (int step = 0; step < losses.length; step++) {
            assertEquals(losses[step], history.epochs().get(step).training().loss(), TOLERANCE * losses[step],
                    "step " + step);
        }
    }

    private static float[][] rows(Archive stored, String name) {
        Tensor tensor = Objects.requireNonNull(stored.tensors().get(name));
        int width = tensor.size() / tensor.shape()[0];
        float[][] rows = new float[tensor.shape()[0]][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(tensor.data(), i * width, (i + 1) * width);
        }
        return rows;
    }

    private static float[][][] cut(Archive stored, String name, int features) {
        float[][] rows = rows(stored, name);
        float[][][] sequences = new float[rows.length][][];
        for (int i = 0; i < rows.length; i++) {
            sequences[i] = new float[rows[i].length / features][];
            for (int t = 0; t < sequences[i].length; t++) {
                sequences[i][t] = Arrays.copyOfRange(rows[i], t * features, (t + 1) * features);
            }
        }
        return sequences;
    }
}
