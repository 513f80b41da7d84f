package dev.rondo.interop.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.ModelFormatException;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.nn.activation.ActivationLayer;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/// Layers are derived from weights where nothing contradicts it, and otherwise asked for.
class DerivationTest {
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

    @Test
    void asksForWhatTheShapesDoNotShow() throws IOException {
        assertOpen(TorchCase.of("rnn"), "whether '' has tanh or relu");
        assertOpen(TorchCase.of("classifier_last_step"), "whether 'head' reads the last step of 'body' or all");
        assertOpen(TorchCase.of("perceptron"), "'1' left no weights");
        assertOpen(TorchCase.of("layer_norm"),
                "where '0' (LayerNorm of 4) stands, its epsilon, and whether it is one: nn.GroupNorm has such weights too");
        assertOpen(TorchCase.of("layer_norm"), "nn.GroupNorm, nn.RMSNorm and nn.PReLU have such weights too");
        assertOpen(TorchCase.of("batch_norm"), "nn.InstanceNorm1d has such weights too");
        assertOpen(TorchCase.of("conv"), "stride, padding, dilation and activation of '0.module'");
        assertOpen(TorchCase.of("cells"), "how the program steps through the cell '0.cell'");
    }

    private static void assertOpen(TorchCase given, String question) throws IOException {
        Derivation derived = TorchImport.derive(StateDict.read(given.file()));
        assertTrue(derived.open().stream().anyMatch(q -> q.contains(question)), () -> derived.open().toString());
        String message = assertThrows(ModelFormatException.class, derived::architecture).getMessage();
        assertTrue(message.contains(question) && message.endsWith("--derive FILE writes a draft of it"), message);
        assertEquals(1, message.lines().count());
    }

    /// Dropout, an activation or nn.LayerNorm(elementwise_affine=False) between modules 0 and 2: nothing in the file but the gap.
    @Test
    void seesAModuleWithoutWeightsByTheGapInTheNumbers() throws IOException {
        put("model.layers.0.weight", 3, 6);
        lstm("model.layers.2.m", 6, 4);
        Derivation derived = derive();
        assertEquals("'model.layers.1' left no weights: an activation, dropout, pooling or normalization?",
                derived.open().getFirst());
        assertEquals(new Architecture(Signature.tokens(), List.of(Embedding.of(3, 6),
                ActivationLayer.of(Activation.LINEAR), Lstm.of(4).withoutBias().returnSequences())), derived.draft());
        assertEquals(3, TorchImport.model(weights(), derived.draft()).layers().size(), "a draft can be imported");
    }

    @Test
    void seesGapsAtTheBeginningAndInNumberedNames() throws IOException {
        lstm("2", 4, 3);
        assertOpen("'0' to '1' left no weights");
        tensors.clear();
        lstm("body.rnn1", 4, 3);
        lstm("body.rnn3", 3, 5);
        assertOpen("'body.rnn2' left no weights");
    }

    @Test
    void doesNotTakeRecurrentModulesOfOtherNamesForAStack() throws IOException {
        lstm("encoder", 3, 3);
        lstm("decoder", 3, 3);
        assertOpen("whether 'decoder' reads what 'encoder' gives");
        tensors.clear();
        lstm("rnn1", 4, 3);
        lstm("rnn2", 5, 3);
        assertOpen("'rnn2' takes 5 features, but 'rnn1' gives 3");
        tensors.clear();
        lstm("rnn1", 4, 3);
        lstm("rnn2", 3, 5);
        assertEquals(List.of("whether the model gives every step of 'rnn2' or the last"), derive().open());
    }

    @Test
    void draftsALayerForEachModule() throws IOException {
        TorchCase given = TorchCase.of("layer_norm");
        Architecture draft = TorchImport.derive(StateDict.read(given.file())).draft();
        assertEquals(new Architecture(Signature.sequence(4), List.of(LayerNormalization.of().epsilon(1e-5),
                Gru.of(3).returnSequences(), new LayerNormalization(1e-5, false, true))), draft);
        Sequential model = TorchImport.model(StateDict.read(given.file()), draft);
        assertTrue(given.difference(model) < 1e-5, "the draft is what the program does");
        put("fc.weight", 5, 2);
        put("fc.bias", 5);
        put("head.weight", 5, 5);
        assertOpen("which activation comes after 'fc'");
    }

    @Test
    void seesATableBeforeALinear() throws IOException {
        put("emb.weight", 9, 4);
        put("fc.weight", 2, 4);
        put("fc.bias", 2);
        Derivation derived = derive();
        assertEquals(new Architecture(Signature.tokens(), List.of(Embedding.of(9, 4), Dense.of(2))), derived.draft());
        assertEquals(List.of("what makes one vector for 'fc' of the rows of 'emb'"), derived.open());
    }

    @Test
    void saysWhatItAssumes() throws IOException {
        lstm("rnn", 4, 3);
        assertOpen("whether the model gives every step of 'rnn' or the last");
        tensors.clear();
        put("emb.weight", 9, 4);
        lstm("rnn", 4, 3);
        String line = derive().assumption();
        assertTrue(
                line.startsWith("derived from names and shapes: Embedding(9, 4), LSTM(3) of every step; activations,"),
                line);
        assertEquals(1, line.lines().count());
    }

    /// Whoever gives the outputs of a recurrent module away, or a head behind it, is not in the file; of the module alone it is known.
    @Test
    void derivesARecurrentModuleThatIsTheModel() throws IOException {
        lstm("_orig_mod", 4, 3);
        assertEquals(List.of(Lstm.of(3).withoutBias().returnSequences()), derive().architecture().layers());
        tensors.clear();
        put("fc.weight", 2, 5);
        assertOpen("whether 'fc' reads vectors or sequences, and its activation");
    }

    @Test
    void tellsOfModulesThatAreAlike() throws IOException {
        lstm("enc.rnn1", 4, 4);
        lstm("enc.rnn2", 4, 4);
        lstm("dec.rnn", 4, 4);
        assertEquals(List.of(
                "'enc.rnn1' and 'dec.rnn' are both LSTM with 4 units, for 4 features, without bias: layers take them in the "
                        + "order of the file, which may not be that of the program"),
                TorchImport.alike(weights()));
        tensors.clear();
        lstm("rnn.0", 4, 4);
        lstm("rnn.1", 4, 4);
        assertEquals(List.of(), TorchImport.alike(weights()));
    }

    @Test
    void takesNoNameApartThatIsTooLongForOne() throws IOException {
        lstm("1.".repeat(1 << 16) + "1", 4, 3);
        assertEquals(1, derive().open().size(), "the last step or every, but no gap");
    }

    @Test
    void refusesSizesThatNoLayerHas() {
        put("fc.weight", 0, 4);
        String message = assertThrows(ModelFormatException.class, this::derive).getMessage();
        assertTrue(message.startsWith("test.pt: 'fc': "), message);
    }

    private void assertOpen(String question) throws IOException {
        List<String> open = derive().open();
        assertTrue(open.stream().anyMatch(q -> q.contains(question)), open::toString);
    }

    private Derivation derive() throws IOException {
        return TorchImport.derive(weights());
    }

    private StateDict weights() {
        return new StateDict("test.pt", tensors, new LinkedHashMap<>(), true, List.of());
    }

    private void lstm(String name, int features, int units) {
        put(name + ".weight_ih_l0", 4 * units, features);
        put(name + ".weight_hh_l0", 4 * units, units);
    }

    private void put(String name, int... shape) {
        tensors.put(name, Tensor.zeros(shape));
    }
}
