package dev.rondo.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Dropout;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.nn.TimeDistributed;
import dev.rondo.nn.WeightSource;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.op.Activation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SequentialJsonTest {

    /// Each layer with each option away from its default, alone and all together.
    static List<Layer> layers() {
        List<Layer> layers = new ArrayList<>(List.of(
                Embedding.of(10_000, 100), Dropout.of(0), Dropout.of(0.5), GlobalMaxPooling.of(),
                GlobalMeanPooling.of(), Dense.of(3), Dense.of(3).withoutBias(),
                TimeDistributed.of(Dense.of(2).activation(Activation.SOFTMAX)), TimeDistributed.of(Dropout.of(0.1))));
        for (boolean flag : new boolean[] {false, true}) {
            layers.add(new SimpleRnn(4, Activation.RELU, flag, !flag, flag));
            layers.add(new SimpleRnn(4, Activation.TANH, !flag, !flag, !flag));
            layers.add(new Gru(5, Activation.TANH, Activation.HARD_SIGMOID, flag, !flag, flag, !flag));
            layers.add(new Gru(5, Activation.SILU, Activation.SIGMOID, flag, flag, !flag, !flag));
            layers.add(new Gru(5, Activation.SILU, Activation.SIGMOID, !flag, flag, flag, !flag));
            layers.add(new Lstm(6, Activation.TANH, Activation.HARD_SIGMOID, flag, !flag, flag, !flag));
            layers.add(new Lstm(6, Activation.ELU, Activation.SIGMOID, flag, flag, !flag, !flag));
            layers.add(new Lstm(6, Activation.ELU, Activation.SIGMOID, !flag, flag, flag, !flag));
        }
        for (MergeMode mode : MergeMode.values()) {
            layers.add(Bidirectional.of(Lstm.of(7).returnSequences()).mergeMode(mode));
        }
        layers.add(Bidirectional.of(Gru.of(7).resetBefore()));
        layers.add(Bidirectional.of(SimpleRnn.of(7)));
        return layers;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerComesBack(Layer layer) throws ModelFormatException {
        assertEquals(layer, roundTrip(Signature.sequence(3), layer));
    }

    @ParameterizedTest
    @EnumSource
    void anActivationComesBack(Activation activation) throws ModelFormatException {
        Layer layer = Dense.of(1).activation(activation);
        assertEquals(layer, roundTrip(Signature.vector(3), layer));
    }

    @Test
    void anInputComesBack() throws ModelFormatException {
        for (Signature input : List.of(Signature.tokens(), Signature.sequence(10), Signature.vector(4))) {
            Architecture architecture = new Architecture(input, List.of(Dropout.of(0.5)));
            assertEquals(architecture, SequentialJson.read(SequentialJson.write(architecture), "m.json"));
        }
    }

    @Test
    void theTextIsKeras() {
        Architecture architecture = new Architecture(Signature.sequence(10), List.of(Gru.of(2).goBackwards()));
        assertEquals("""
                {
                  "input": {
                    "kind": "sequence",
                    "features": 10
                  },
                  "layers": [ {
                    "class_name": "GRU",
                    "config": {
                      "units": 2,
                      "activation": "tanh",
                      "recurrent_activation": "sigmoid",
                      "use_bias": true,
                      "reset_after": true,
                      "return_sequences": false,
                      "go_backwards": true
                    }
                  } ]
                }""", new String(Json.write(SequentialJson.write(architecture)), StandardCharsets.UTF_8));
    }

    @Test
    void whatHasADefaultMayBeLeftOut() throws ModelFormatException {
        assertEquals(List.of(
                Embedding.of(20_000, 100), SimpleRnn.of(1), Lstm.of(2).returnSequences(),
                Bidirectional.of(Gru.of(3)), Dropout.of(0), Dense.of(4), GlobalMaxPooling.of()),
                layers("""
                        {"class_name": "Embedding", "config": {"output_dim": 100}},
                        {"class_name": "SimpleRNN", "config": {"units": 1}},
                        {"class_name": "LSTM", "config": {"units": 2, "return_sequences": true}},
                        {"class_name": "Bidirectional",
                         "config": {"layer": {"class_name": "GRU", "config": {"units": 3}}}},
                        {"class_name": "Dropout", "config": {"rate": 0}},
                        {"class_name": "Dense", "config": {"units": 4}},
                        {"class_name": "GlobalMaxPooling1D"}""", OptionalInt.of(20_000)));
        assertEquals(List.of(Embedding.of(7, 100)),
                layers("{'class_name': 'Embedding', 'config': {'output_dim': 100, 'input_dim': 7}}".replace('\'', '"'),
                        OptionalInt.of(20_000)));
    }

    @Test
    void aFileThatAPersonWritesIsReadInParts(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("sentiment.json"), """
                {
                  "text": {"tokenizer": "keras", "vocabulary_size": 10000, "max_length": 50},
                  "layers": [
                    {"class_name": "Embedding", "config": {"output_dim": 100}},
                    {"class_name": "LSTM", "config": {"units": 100, "return_sequences": true}},
                    {"class_name": "Dropout", "config": {"rate": 0.5}},
                    {"class_name": "LSTM", "config": {"units": 50}},
                    {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}}
                  ],
                  "training": {"loss": "binary_crossentropy", "epochs": 3}
                }
                """);
        Fields fields = Fields.of(Json.read(file, Limits.defaults()), file.toString(), "text", "layers", "training");
        Fields text = Fields.of(fields.object("text"), fields.where() + ": text",
                "tokenizer", "vocabulary_size", "max_length");
        assertEquals(List.of(Embedding.of(10_000, 100), Lstm.of(100).returnSequences(), Dropout.of(0.5), Lstm.of(50),
                Dense.of(1).activation(Activation.SIGMOID)),
                SequentialJson.readLayers(fields.any("layers"), OptionalInt.of(text.integer("vocabulary_size")),
                        fields.where()));
        assertEquals(3, Fields.of(fields.object("training"), "training", "loss", "epochs").integer("epochs", 1));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {'class_name':'LTSM','config':{'units':2}} | layer 1: class_name 'LTSM' is not known; did you mean 'LSTM'? Use Embedding, Masking, SimpleRNN, LSTM, GRU,
            {'class_name':'java.lang.Runtime'} | layer 1: class_name 'java.lang.Runtime' is not known; use Embedding,
            {'config':{'units':2}} | layer 1: 'class_name' is missing; add it
            {'class_name':'LSTM'} | layer 1 (LSTM): 'units' is missing; add it
            {'class_name':'LSTM','config':{'unit':2}} | layer 1 (LSTM): 'unit' is not known; did you mean 'units'? Use units, activation, recurrent_activation, use_bias, unit_forget_bias, projection, return_sequences,
            {'class_name':'LSTM','config':{'units':2,'statful':false}} | layer 1 (LSTM): 'statful' is not known; did you mean 'stateful'?
            {'class_name':'LSTM','config':{'units':2},'name':'a'} | layer 1: 'name' is an option of Keras that Rondo does not use; remove it
            {'class_name':'LSTM','config':{'units':2,'trainable':true}} | layer 1 (LSTM): 'trainable' is an option of Keras that Rondo does not use; remove it
            {'class_name':'Embedding','config':{'input_dim':2,'output_dim':2,'input_length':5}} | layer 1 (Embedding): 'input_length' is an option of Keras that Rondo does not use; remove it
            {'class_name':'LSTM','config':{'units':0}} | layer 1 (LSTM): lstm: units is 0; it must be at least 1
            {'class_name':'LSTM','config':{'units':1000000000}} | layer 1 (LSTM): lstm: units is 1000000000; it must be at most 23170
            {'class_name':'LSTM','config':{'units':1e9}} | layer 1 (LSTM): 'units' is 1.0E9; expected a whole number
            {'class_name':'LSTM','config':{'units':99999999999}} | layer 1 (LSTM): 'units' is 99999999999; expected at most 2147483647
            {'class_name':'LSTM','config':{'units':'2'}} | layer 1 (LSTM): 'units' is the text '2'; expected a whole number
            {'class_name':'LSTM','config':{'units':null}} | layer 1 (LSTM): 'units' is null; expected a whole number
            {'class_name':'LSTM','config':[]} | layer 1: 'config' is an array; expected an object
            {'class_name':'LSTM','config':{'units':2,'use_bias':1}} | layer 1 (LSTM): 'use_bias' is 1; expected true or false
            {'class_name':'LSTM','config':{'units':2,'activation':'softmax'}} | layer 1 (LSTM): lstm: activation is softmax, which works on whole rows
            {'class_name':'GRU','config':{'units':2,'activation':'tahn'}} | layer 1 (GRU): 'activation': activation 'tahn' is not known
            {'class_name':'Dropout','config':{'rate':-0.1}} | layer 1 (Dropout): dropout: rate is -0.1; it must be at least 0
            {'class_name':'Dropout','config':{'rate':'NaN'}} | layer 1 (Dropout): 'rate' is the text 'NaN'; expected a number
            {'class_name':'Embedding','config':{'output_dim':2}} | layer 1 (Embedding): 'input_dim' is missing; add it
            {'class_name':'Embedding','config':{'input_dim':65536,'output_dim':32768}} | layer 1 (Embedding): embedding: inputDim * outputDim is 2147483648
            {'class_name':'Bidirectional','config':{'layer':{'class_name':'Dense','config':{'units':1}}}} | layer 1 (Bidirectional): 'layer' is a dense; expected SimpleRNN, LSTM or GRU
            {'class_name':'Bidirectional','config':{'layer':{'class_name':'GRU','config':{}}}} | layer 1 (Bidirectional): layer (GRU): 'units' is missing
            {'class_name':'Bidirectional','config':{'layer':{'class_name':'GRU','config':{'units':1}},'merge_mode':'max'}} | layer 1 (Bidirectional): 'merge_mode': merge mode 'max' is not known; use one of concat, sum, mul, ave
            {'class_name':'TimeDistributed','config':{'layer':{'class_name':'GRU','config':{'units':1}}}} | layer 1 (TimeDistributed): time_distributed takes a layer that works step by step, not gru
            {'class_name':'GlobalMaxPooling1D','config':{'units':1}} | layer 1 (GlobalMaxPooling1D): 'units' is not known; use keepdims
            7 | layer 1: expected an object, found 7
            """)
    void aWrongLayerIsExplained(String layer, String problem) {
        String message = assertThrows(ModelFormatException.class,
                () -> layers(layer.replace('\'', '"'), OptionalInt.empty())).getMessage();
        String expected = "m.json: " + problem;
        // Activations' own message quotes with ".
        String start = message.replace('"', '\'').substring(0, Math.min(expected.length(), message.length()));
        assertEquals(expected, start, message);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {'layers':[]} | m.json: 'input' is missing; add it
            {'input':{'kind':'tokens'}} | m.json: 'layers' is missing; add it
            {'input':{'kind':'tokens'},'layers':{}} | m.json: 'layers' is an object; expected an array
            {'input':{'kind':'tokens'},'layers':[]} | m.json: there are 0 layers; expected 1 to 4096
            {'input':{'kind':'image'},'layers':[]} | m.json: input: 'kind' is 'image'; use tokens, sequence or vector
            {'input':{'kind':'sequence'},'layers':[]} | m.json: input: 'features' is missing; add it
            {'input':{'kind':'sequence','features':0},'layers':[]} | m.json: input: features is 0; a value has at least one column
            {'input':{'kind':'tokens','features':1},'layers':[]} | m.json: input: 'features' does not go with kind 'tokens'; remove it
            {'input':{'kind':'tokens'},'layers':[],'weights':1} | m.json: 'weights' is not known; use input, layers
            {'input':{'kind':'sequence','features':NaN},'layers':[]} | m.json: not valid JSON at line 1, column 43: NaN is not a number in JSON
            {'input':{'kind':'sequence','features':1e999},'layers':[]} | m.json: the number at /input/features is too large
            """)
    void aWrongArchitectureIsExplained(String json, String problem) {
        String message = assertThrows(ModelFormatException.class, () -> SequentialJson.read(
                Json.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "m.json"), "m.json")).getMessage();
        assertEquals(problem, message.substring(0, Math.min(problem.length(), message.length())), message);
    }

    @Test
    void tooManyLayersAreRefused() {
        List<Layer> many = Collections.nCopies(SequentialJson.MOST_LAYERS + 1, GlobalMaxPooling.of());
        Architecture architecture = new Architecture(Signature.sequence(1), many);
        assertEquals("the model has 4097 layers; a model file holds at most 4096",
                assertThrows(IllegalArgumentException.class, () -> SequentialJson.write(architecture)).getMessage());
        String text = "{\"class_name\": \"GlobalMaxPooling1D\"}";
        assertEquals("m.json: there are 4097 layers; expected 1 to 4096", assertThrows(ModelFormatException.class,
                () -> layers(String.join(",", Collections.nCopies(4097, text)), OptionalInt.empty())).getMessage());
    }

    @Test
    void nestingIsBounded() throws ModelFormatException {
        String start = "{\"class_name\": \"TimeDistributed\", \"config\": {\"layer\": ";
        String deep = start.repeat(100_000) + "1" + "}}".repeat(100_000);
        String message = assertThrows(ModelFormatException.class, () -> layers(deep, OptionalInt.empty())).getMessage();
        assertEquals("m.json: not valid JSON: nested deeper than 64 levels", message.split(";", 2)[0], message);
    }

    @Test
    void aLayerOfTheProgramsOwnCannotBeWritten() {
        record Mine() implements Layer {
            @Override
            public String kind() {
                return "mine";
            }

            @Override
            public Module build(String name, Signature input, WeightSource weights) {
                throw new IllegalStateException("not built here");
            }
        }
        String message = assertThrows(IllegalArgumentException.class, () -> SequentialJson.write(
                new Architecture(Signature.tokens(), List.of(new Mine())))).getMessage();
        assertEquals("layer mine has no place in a model file, which holds Embedding, ", message.substring(0, 64));
    }

    private static Layer roundTrip(Signature input, Layer layer) throws ModelFormatException {
        byte[] text = Json.write(SequentialJson.write(new Architecture(input, List.of(layer))));
        return SequentialJson.read(Json.read(text, "m.json"), "m.json").layers().getFirst();
    }

    private static List<Layer> layers(String elements, OptionalInt vocabularySize) throws ModelFormatException {
        byte[] text = ("{\"layers\": [" + elements + "]}").getBytes(StandardCharsets.UTF_8);
        return SequentialJson.readLayers(Json.read(text, "m.json").get("layers"), vocabularySize, "m.json");
    }
}
