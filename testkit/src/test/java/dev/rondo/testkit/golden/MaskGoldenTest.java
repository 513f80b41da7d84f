package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.nn.GlobalMaxPooling;
import dev.rondo.nn.GlobalMeanPooling;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Module;
import dev.rondo.nn.RandomWeights;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Bidirectional.MergeMode;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.RecurrentOptions;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Steps;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers under masks with left and right padding, holes and nothing real, against Keras: on a tape that records and on one that
/// does not.
class MaskGoldenTest {
    private static final int H = 4;
    /// Keras computes in float too; each output is a few hundred roundings of numbers below 1.
    private static final float TOLERANCE = 3e-6f;

    static List<String> cases() {
        return Golden.cases("golden/masks");
    }

    private static Layer layer(String name) {
        boolean sequences = name.endsWith("_sequences");
        return switch (name.replaceFirst("_(last|sequences)$", "")) {
            case "lstm" -> with(Lstm.of(H), sequences);
            case "gru" -> with(Gru.of(H), sequences);
            case "gru_before" -> with(Gru.of(H).resetBefore(), sequences);
            case "rnn" -> with(SimpleRnn.of(H), sequences);
            case "lstm_backwards" -> with(Lstm.of(H).goBackwards(), sequences);
            case "lstm_zero" ->
                Lstm.of(H).options(new RecurrentOptions(sequences, false, false, false, true, 0, 0));
            case "gru_state" -> with(Gru.of(H).returnState(), sequences);
            case "both_concat" -> Bidirectional.of(with(Lstm.of(H), sequences));
            case "both_none" -> Bidirectional.of(with(Gru.of(H), sequences)).mergeMode(MergeMode.NONE);
            case "both_different" -> Bidirectional.of(with(Lstm.of(H), sequences)).backward(with(Gru.of(H), sequences))
                    .mergeMode(MergeMode.AVE);
            case "stacked" -> with(StackedRnn.of(Lstm.of(H), Gru.of(H + 1)).returnState(), sequences);
            case "mean" -> GlobalMeanPooling.of();
            case "max" -> GlobalMaxPooling.of();
            default -> throw new AssertionError(name);
        };
    }

    private static RecurrentLayer with(RecurrentLayer layer, boolean sequences) {
        return sequences ? layer.returnSequences() : layer;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithKeras(String name) {
        Golden golden = Golden.open("golden/masks", name);
        Tensor x = golden.tensor("x");
        int batch = x.dim(0);
        int time = x.dim(1);
        Module masking = Masking.of(0).build("masking", Signature.sequence(x.dim(2)), RandomWeights.seed(0));
        Module module = layer(name).build("layer", masking.output(), RandomWeights.seed(0));
        setWeights(module.parameters(), golden);
        for (boolean recording : new boolean[] {true, false}) {
            try (Tape tape = recording ? Tape.recording() : Tape.inference(new Workspace())) {
                Var input = tape.constant(timeMajor(x, batch, time), batch * time, x.dim(2), Steps.dense(time, batch));
                List<Var> outputs = module.apply(List.of(masking.apply(input)));
                for (int o = 0; o < outputs.size(); o++) {
                    Var y = outputs.get(o);
                    Tensor expected = golden.tensor("y" + o);
                    float[] rows = y.isSequence() ? timeMajor(expected, batch, time) : expected.data();
                    assertArrayEquals(rows, y.tensor().data(), TOLERANCE, name + " output " + o);
                }
                assertEquals(golden.has("y" + (outputs.size() - 1)), !golden.has("y" + outputs.size()));
            }
        }
    }

    /// Keras's weights in order; the two biases of a GRU are one there.
    private static void setWeights(List<Parameter> parameters, Golden golden) {
        int w = 0;
        for (int p = 0; p < parameters.size(); p++) {
            Tensor values = golden.tensor("w" + w++);
            Parameter parameter = parameters.get(p);
            if (parameter.name().endsWith("/bias") && values.shape().length == 2) {
                int width = values.dim(1);
                parameter.set(Tensor.of(java.util.Arrays.copyOf(values.data(), width), width));
                parameters.get(++p)
                        .set(Tensor.of(java.util.Arrays.copyOfRange(values.data(), width, 2 * width), width));
            } else {
                parameter.set(values);
            }
        }
    }

    private static float[] timeMajor(Tensor x, int batch, int time) {
        int width = x.dim(2);
        float[] rows = new float[x.size()];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < time; t++) {
                System.arraycopy(x.data(), (b * time + t) * width, rows, (t * batch + b) * width, width);
            }
        }
        return rows;
    }
}
