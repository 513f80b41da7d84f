package dev.rondo.tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.ModelFormatException;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.optim.Adam;
import dev.rondo.optim.AdamW;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.RmsProp;
import dev.rondo.optim.Sgd;
import dev.rondo.tasks.text.KerasTokenizer;
import dev.rondo.tasks.text.LabelledTexts;
import dev.rondo.tasks.text.Padding;
import dev.rondo.tasks.text.TextPipeline;
import dev.rondo.tasks.text.Truncation;
import dev.rondo.tasks.text.UnicodeTokenizer;
import dev.rondo.train.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextTrainingTest {
    private static final String TUTORIAL = """
            {
              "text": {"tokenizer": "keras", "vocabulary_size": 10000, "max_length": 50, "padding": "pre", "truncation": "pre"},
              "layers": [
                {"class_name": "Embedding", "config": {"output_dim": 100}},
                {"class_name": "LSTM", "config": {"units": 100, "return_sequences": true}},
                {"class_name": "Dropout", "config": {"rate": 0.5}},
                {"class_name": "LSTM", "config": {"units": 50}},
                {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}
              ],
              "training": {
                "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.002, "global_clipnorm": 1.0}},
                "loss": "binary_crossentropy", "batch_size": 32, "epochs": 3, "validation_share": 0.0, "seed": 9
              }
            }
            """;

    @TempDir
    private Path folder = Path.of("");

    private TextTraining read(String json) throws IOException {
        return TextTraining.read(Files.writeString(folder.resolve("m.json"), json));
    }

    /// The message without the file's path, which must stand at its beginning.
    private String fault(String json) {
        var e = assertThrows(ModelFormatException.class, () -> read(json));
        String message = String.valueOf(e.getMessage());
        String file = folder.resolve("m.json").toString();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.length() + 2);
    }

    @Test
    void aTutorialsModelIsRead() throws IOException {
        TextTraining training = read(TUTORIAL);
        assertEquals(TextPipeline.keras(10_000, 50), training.text());
        assertEquals(List.of(Embedding.of(777, 100), Lstm.of(100).returnSequences(), Dropout.of(0.5), Lstm.of(50),
                Dense.of(1).activation(Activation.SIGMOID)), training.layers().layers(777, 2));
        assertEquals(Adam.of(0.002), training.optimizer());
        assertEquals(Clipping.globalNorm(1), training.clipping());
        assertEquals(Schedule.constant(), training.schedule());
        assertEquals(32, training.batchSize());
        assertEquals(3, training.epochs());
        assertEquals(0, training.validationShare());
        assertEquals(9, training.seed());
    }

    @Test
    void whatIsLeftOutIsTheDefault() throws IOException {
        TextTraining defaults = TextTraining.defaults();
        TextTraining empty = read("{}");
        assertEquals(defaults.text(), empty.text());
        assertEquals(defaults.layers().layers(10, 2), empty.layers().layers(10, 2));
        assertEquals(defaults.optimizer(), empty.optimizer());
        assertEquals(defaults.schedule(), empty.schedule());
        assertEquals(defaults.epochs(), read("{\"training\": {\"batch_size\": 8}}").epochs());
        assertEquals(defaults.text().maxLength(70), read("{\"text\": {\"max_length\": 70}}").text());
        assertEquals(new TextPipeline(KerasTokenizer.of(), 0, 1, 0, Truncation.PRE, null),
                read("{\"text\": {\"tokenizer\": \"keras\"}}").text());
    }

    @Test
    void theDefaultLayersSuitAnyNumberOfClasses() {
        TextLayers layers = TextTraining.defaults().layers();
        assertEquals(Head.SIGMOID, Head.of(layers.layers(9, 2), 9, List.of("a", "b")));
        assertEquals(Head.SOFTMAX, Head.of(layers.layers(9, 3), 9, List.of("a", "b", "c")));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "->", quoteCharacter = '`', textBlock = """
            {"text": {"tokenizr": "keras"}} -> text: 'tokenizr' is not known; did you mean 'tokenizer'?
            {"text": {"tokenizer": "bert"}} -> text: 'tokenizer' is "bert"; use "keras", "unicode" or an object such as
            {"text": {"max_length": -1}} -> text: 'max_length' is -1; expected 1 to 1048576, or 0 for no limit
            {"text": {"min_count": 0}} -> text: 'min_count' is 0; expected 1 or more
            {"text": {"padding": "left"}} -> text: 'padding': 'left' is not known; use pre, post, none
            {"text": {"tokenizer": "keras", "padding": "pre"}} -> text: 'padding' is pre, but there is no 'max_length'
            {"training": {"epochs": 0}} -> training: 'epochs' is 0; expected 1 or more
            {"training": {"batch_size": "32"}} -> training: 'batch_size' is the text '32'; expected a whole number
            {"training": {"validation_share": 1}} -> training: 'validation_share' is 1.0; expected at least 0 and less than 1
            {"training": {"optimizer": "adagrad"}} -> training: optimizer: 'adagrad' is not known; use Adam, AdamW, RMSprop or SGD
            {"training": {"optimizer": {"class_name": "Adam", "config": {"lr": 1}}}} -> training: optimizer (Adam): 'lr' is not known; use learning_rate
            {"training": {"optimizer": {"class_name": "SGD", "config": {"learning_rate": 0}}}} -> training: optimizer (SGD): sgd: learningRate is 0.0
            {"training": {"schedule": "cosine"}} -> training: 'schedule': 'cosine' is not known; use constant or one_cycle
            {"training": {"loss": "binary_crossentropy"}} -> training: 'loss' is binary_crossentropy, but the file has no 'layers'; remove it
            {"layers": []} -> there are 0 layers; expected 1 to 4096
            {"layers": [{"class_name": "Lstm"}]} -> layer 1: class_name 'Lstm' is not known; did you mean 'LSTM'?
            {"layers": [{"class_name": "LSTM", "config": {"unitz": 3}}]} -> layer 1 (LSTM): 'unitz' is not known; did you mean 'units'?
            {"layers": [{"class_name": "Dense", "config": {"units": 1}}]} -> layers: the last layer is Dense with units 1 and activation linear, which gives no probabilities of classes; write Dense with units 1 and activation sigmoid for two classes
            {"layers": [{"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}]} -> layers: dense "layer 1" takes numbers, but its input is token ids; put an Embedding first
            {"model": []} -> 'model' is not known; use text, layers, training
            """)
    void faultsNameThePlaceAndTheKey(String json, String expected) {
        String message = fault(json);
        assertTrue(message.startsWith(expected), message);
    }

    @Test
    void theLossMustGoWithTheLastLayer() {
        assertEquals("training: 'loss' is sparse_categorical_crossentropy, but the last layer (Dense, 1 unit, sigmoid) "
                + "needs binary_crossentropy",
                fault(TUTORIAL.replace("\"binary_crossentropy\"", "\"sparse_categorical_crossentropy\"")));
        assertTrue(fault(TUTORIAL.replace("\"binary_crossentropy\"", "\"hinge\""))
                .startsWith("training: 'loss': loss \"hinge\" is not known; use one of binary_crossentropy"));
    }

    @Test
    void layersThatDoNotSuitTheDataNameTheFile() throws IOException {
        TextTraining training = read(TUTORIAL);
        var texts = LabelledTexts.of("t", List.of("a", "b", "c"), List.of("x", "y", "z"));
        var e = assertThrows(IllegalArgumentException.class, () -> TextClassifier.fit(texts, training));
        assertEquals(
                folder.resolve("m.json") + ": layers: the last layer is Dense with units 1 and activation sigmoid, "
                        + "but the data has 3 classes (x, y, z); write Dense with units 3 and activation softmax",
                e.getMessage());
    }

    @Test
    void trainingsSurviveJson() throws IOException {
        for (Optimizer optimizer : List.of(Sgd.of(0.1).momentum(0.9).nesterov(), RmsProp.of().rho(0.8), Adam.of(2e-3),
                AdamW.of().weightDecay(0.1))) {
            for (Clipping clipping : List.of(Clipping.none(), Clipping.globalNorm(2), Clipping.byValue(0.5))) {
                for (Schedule schedule : List.of(Schedule.constant(), new Schedule.OneCycle(0.2))) {
                    TextTraining training = TextTraining.defaults().optimizer(optimizer).clipping(clipping)
                            .schedule(schedule).epochs(7).batchSize(5).seed(3).validationShare(0.25);
                    var json = TrainingJson.write(training, Head.SIGMOID);
                    TextTraining back = TrainingJson.read(json, TextTraining.defaults(), "m.json");
                    // The layers are a lambda, equal only to itself.
                    assertEquals(training.layers(back.layers()), back);
                }
            }
        }
    }

    @Test
    void pipelinesSurviveJson() throws IOException {
        for (TextPipeline text : List.of(TextPipeline.unicode(), TextPipeline.keras(9, 5), TextDefaults.TEXT,
                TextPipeline.keras(9, 5).tokenizer(KerasTokenizer.of().unknownToken("<OOV>").filters("!")),
                TextPipeline.keras(9, 5).padding(Padding.POST).truncation(Truncation.POST),
                TextPipeline.keras(9, 5).padding(null),
                TextPipeline.unicode().tokenizer(new UnicodeTokenizer(false, false, "")).maxLength(0))) {
            assertEquals(text, PipelineJson.read(PipelineJson.write(text), TextPipeline.unicode(), "m.json"));
        }
    }

    @Test
    void littleDataIsSeenMoreOftenInSmallerBatches() {
        TextTraining many = TextTraining.defaults().resolved(25_000);
        TextTraining few = TextTraining.defaults().resolved(3_800);
        assertEquals(32, many.batchSize());
        assertEquals(16, few.batchSize());
        assertEquals(2, many.epochs());
        assertEquals(9, few.epochs()); // 238 steps an epoch, 2000 wanted
        assertEquals(25, TextTraining.defaults().resolved(1).epochs());
        assertEquals(5, TextTraining.defaults().resolved(10_000).epochs()); // 313 steps an epoch, 1400 wanted
        TextTraining own = TextTraining.defaults().epochs(5).batchSize(7).optimizer(Sgd.of());
        assertEquals(own, own.resolved(10));
    }

    @Test
    void numbersOutOfRange() {
        TextTraining training = TextTraining.defaults();
        assertThrows(IllegalArgumentException.class, () -> training.epochs(-1));
        assertThrows(IllegalArgumentException.class, () -> training.batchSize(-1));
        assertThrows(IllegalArgumentException.class, () -> training.threads(0));
        assertThrows(IllegalArgumentException.class, () -> training.slices(0));
        assertThrows(IllegalArgumentException.class, () -> training.validationShare(1));
        assertThrows(IllegalArgumentException.class, () -> training.validationShare(Double.NaN));
    }

    @Test
    void theHeldOutTextsKeepTheSharesOfTheClasses() {
        int[] labels = new int[100];
        for (int i = 80; i < 100; i++) {
            labels[i] = 1;
        }
        List<String> texts = IntStream.range(0, 100).mapToObj(i -> "t" + i).toList();
        var data = LabelledTexts.of("d", texts,
                Arrays.stream(labels).mapToObj(l -> l == 0 ? "a" : "b").toList());
        Holdout parts = Holdout.of(data, 0.1, 4);
        assertArrayEquals(new int[] {72, 18}, parts.train().classCounts());
        assertArrayEquals(new int[] {8, 2}, parts.validation().classCounts());
        var all = new HashSet<>(parts.train().texts());
        all.addAll(parts.validation().texts());
        assertEquals(100, all.size());
        assertEquals(parts.validation().texts(), Holdout.of(data, 0.1, 4).validation().texts());
        assertArrayEquals(new int[] {1, 1}, Holdout.of(data, 0.999, 4).train().classCounts());
        assertEquals(0, Holdout.of(data, 0.001, 4).validation().size());
    }
}
