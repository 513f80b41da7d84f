package dev.rondo.interop.onnx;

import static dev.rondo.interop.onnx.OnnxAssert.assertRefused;
import static dev.rondo.interop.onnx.OnnxAssert.dense;
import static dev.rondo.interop.onnx.OnnxAssert.ids;
import static dev.rondo.interop.onnx.OnnxAssert.numbers;
import static dev.rondo.interop.onnx.OnnxAssert.sigmoid;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.onnxruntime.OrtSession;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Model;
import dev.rondo.nn.Signature;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// States of an exported model: optional inputs, and outputs that go on in the next call.
final class OnnxStateTest {
    private static final int FEATURES = 3;
    /// The same sums in float32, cut at another step.
    private static final float CUT = 1e-6f;

    static Stream<Arguments> models() {
        Layer last = Lstm.of(4);
        return Stream.of(arguments("lstm", numbers(Lstm.of(5).returnSequences())),
                arguments("projected lstm", numbers(Lstm.of(5).projection(2).returnSequences(), last)),
                arguments("gru", numbers(Gru.of(4).resetBefore().returnSequences(), Gru.of(3), sigmoid())),
                arguments("simple rnn", numbers(SimpleRnn.of(4), Dense.of(2))),
                arguments("stacked cells", numbers(StackedRnn.of(Lstm.of(3), Gru.of(2)).returnSequences(), last)));
    }

    /// Batches of several sizes, each of two windows with a step of padding.
    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void leftOutIsZeroAndGoesOnWhereFed(String name, Model model) throws IOException, ReflectiveOperationException {
        SplittableRandom random = new SplittableRandom(3);
        OnnxExport export = OnnxExport.of(model).withState();
        try (OnnxRuntime runtime = opened(export)) {
            for (int batch : new int[] {1, 4, 2}) {
                int[] first = lengths(random, batch);
                int[] second = lengths(random, batch);
                int[] none = new int[batch];
                int[] both = new int[batch];
                Arrays.setAll(both, b -> first[b] + second[b]);
                float[][] values = values(random, both);
                Map<String, Tensor> whole = run(runtime, values, none, both, Map.of());
                Map<String, Tensor> start = run(runtime, values, none, first, Map.of());
                assertSame(start, run(runtime, values, none, first, zeros(export, batch)));
                assertSame(start, run(runtime, values, none, first, zeros(export, 1)));
                Map<String, Tensor> last = new LinkedHashMap<>();
                export.states().keySet().forEach(state -> last.put(state, got(start, OnnxStates.lastOf(state))));
                Map<String, Tensor> end = run(runtime, values, first, second, last);
                for (String state : export.states().keySet()) {
                    String output = OnnxStates.lastOf(state);
                    assertArrayEquals(got(whole, output).data(), got(end, output).data(), CUT, state);
                }
                assertEndsAlike(got(whole, "output"), both, got(end, "output"), second);
                // The state is of no less weight than the input: without it the second window gives something else.
                Map<String, Tensor> anew = run(runtime, values, first, second, Map.of());
                assertFalse(Arrays.equals(got(anew, "output").data(), got(end, "output").data()), "state not used");
            }
        }
    }

    /// The last steps of whole sequences are those of their second windows; single outputs are the same.
    private static void assertEndsAlike(Tensor whole, int[] lengths, Tensor end, int[] second) {
        if (whole.rank() == 2) {
            assertArrayEquals(whole.data(), end.data(), CUT);
            return;
        }
        int width = whole.dim(2);
        for (int b = 0; b < lengths.length; b++) {
            int from = (b * whole.dim(1) + lengths[b] - second[b]) * width;
            int at = b * end.dim(1) * width;
            int count = second[b] * width;
            assertArrayEquals(Arrays.copyOfRange(whole.data(), from, from + count),
                    Arrays.copyOfRange(end.data(), at, at + count), CUT);
        }
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values.data(), got(actual, name).data(), name));
    }

    private static Tensor got(Map<String, Tensor> outputs, String name) {
        return Objects.requireNonNull(outputs.get(name), name);
    }

    private static int[] lengths(SplittableRandom random, int batch) {
        int[] lengths = new int[batch];
        Arrays.setAll(lengths, b -> random.nextInt(b == 0 ? 1 : 0, 7));
        return lengths;
    }

    private static float[][] values(SplittableRandom random, int[] lengths) {
        float[][] values = new float[lengths.length][];
        for (int b = 0; b < values.length; b++) {
            values[b] = new float[lengths[b] * FEATURES];
            for (int i = 0; i < values[b].length; i++) {
                values[b][i] = (float) random.nextDouble(-2, 2);
            }
        }
        return values;
    }

    private static Map<String, Tensor> zeros(OnnxExport export, int rows) {
        Map<String, Tensor> zeros = new LinkedHashMap<>();
        export.states().forEach((state, columns) -> zeros.put(state, Tensor.zeros(rows, columns)));
        return zeros;
    }

    /// ONNX Runtime itself takes optional inputs; its interface for Java counts the required ones and knows their names alone.
    private static OnnxRuntime opened(OnnxExport export) throws IOException, ReflectiveOperationException {
        OnnxRuntime runtime = OnnxRuntime.open(export.bytes());
        Object session = field(OnnxRuntime.class, "session").get(runtime);
        Set<String> names = new HashSet<>(((OrtSession) session).getInputNames());
        assertEquals(Set.of("input", "lengths"), names, "required inputs");
        names.addAll(export.states().keySet());
        field(OrtSession.class, "inputNames").set(session, names);
        field(OrtSession.class, "numInputs").setLong(session, names.size());
        return runtime;
    }

    private static Field field(Class<?> owner, String name) throws ReflectiveOperationException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static Map<String, Tensor> run(OnnxRuntime runtime, float[][] values, int[] from, int[] lengths,
            Map<String, Tensor> states) throws IOException {
        int batch = values.length;
        int steps = Arrays.stream(lengths).max().orElseThrow() + 1;
        float[] data = new float[batch * steps * FEATURES];
        for (int b = 0; b < batch; b++) {
            System.arraycopy(values[b], from[b] * FEATURES, data, b * steps * FEATURES, lengths[b] * FEATURES);
        }
        Map<String, Object> fed = new LinkedHashMap<>(states);
        fed.put("input", Tensor.of(data, batch, steps, FEATURES));
        fed.put("lengths", new OnnxRuntime.Wholes(Arrays.stream(lengths).asLongStream().toArray(), batch));
        return runtime.run(fed);
    }

    @Test
    void requiredStatesMustBeFed() throws IOException {
        OnnxExport export = OnnxExport.of(numbers(Gru.of(3))).withRequiredState();
        try (OnnxRuntime runtime = OnnxRuntime.open(export.bytes())) {
            float[][] values = values(new SplittableRandom(1), new int[] {2});
            int[] none = {0};
            int[] two = {2};
            assertEquals(2, run(runtime, values, none, two, zeros(export, 1)).size());
            assertThrows(IOException.class, () -> run(runtime, values, none, two, Map.of()));
        }
    }

    static Stream<Arguments> refused() {
        GraphBuilder b = Graph.builder();
        Node x = b.input("x", Signature.sequence(3));
        Model given = b.build(b.add(Gru.of(2), x, b.add(Gru.of(2), x)));
        GraphBuilder twice = Graph.builder();
        Node in = twice.input("x", Signature.sequence(3));
        GraphBuilder.Shared shared = twice.layer("gru", Gru.of(3).returnSequences());
        Model two = twice.build(shared.on(shared.on(in)));
        return Stream.of(arguments("layer \"gru\" (gru) reads backwards", numbers(Gru.of(3).goBackwards())),
                arguments("layer \"bidirectional\" (bidirectional) reads backwards",
                        numbers(Bidirectional.of(Gru.of(3)))),
                arguments("layer \"gru_1\" (gru) starts from a state that other layers give", given),
                arguments("layer \"gru\" is applied twice", two),
                arguments("layer \"conv1d\" (conv1d) needs whole sequences", numbers(Conv1d.of(2, 2), Gru.of(3))),
                arguments("layer \"global_max_pooling\" (global_max_pooling) needs whole sequences",
                        numbers(Gru.of(3).returnSequences(), GlobalMaxPooling.of())),
                arguments("layer \"multi_head_attention\" (multi_head_attention) needs whole sequences",
                        numbers(Gru.of(3).returnSequences(), MultiHeadAttention.of(1, 2))),
                arguments("layer \"p_re_lu\" (p_re_lu) needs whole sequences",
                        dense(4, Gru.of(3).returnSequences(), Prelu.of())),
                arguments("layer \"gru\" (gru with zero_output_for_mask) needs whole sequences",
                        ids(Embedding.of(2, 3).maskZero(), Gru.of(3).options(
                                new RecurrentOptions(false, false, false, false, true, 0, 0)))),
                arguments("the model has no recurrent layer", numbers(Dense.of(2))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesWhatCannotGoOn(String message, Model model) {
        assertRefused(message, OnnxExport.of(model).withState());
        assertRefused(message, OnnxExport.of(model).withRequiredState());
    }
}
