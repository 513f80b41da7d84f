package dev.rondo.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.RandomWeights;
import dev.rondo.nn.Signature;
import dev.rondo.nn.activation.Elu;
import dev.rondo.nn.activation.Prelu;
import dev.rondo.nn.activation.Relu;
import dev.rondo.nn.attention.AdditiveAttention;
import dev.rondo.nn.attention.Attention;
import dev.rondo.nn.attention.Attention.ScoreMode;
import dev.rondo.nn.attention.MultiHeadAttention;
import dev.rondo.nn.merge.Concatenate;
import dev.rondo.nn.merge.Merge;
import dev.rondo.nn.noise.GaussianDropout;
import dev.rondo.nn.noise.GaussianNoise;
import dev.rondo.nn.noise.SpatialDropout;
import dev.rondo.nn.norm.BatchNormalization;
import dev.rondo.nn.norm.LayerNormalization;
import dev.rondo.nn.norm.UnitNormalization;
import dev.rondo.nn.shape.Flatten;
import dev.rondo.nn.window.Conv1d;
import dev.rondo.nn.window.Cropping;
import dev.rondo.nn.window.MaxPooling;
import dev.rondo.nn.window.MeanPooling;
import dev.rondo.nn.window.UpSampling;
import dev.rondo.nn.window.ZeroPadding;
import dev.rondo.op.Window.Padding;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import dev.rondo.tensor.Mask;
import dev.rondo.tensor.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers on ragged batches: gradients, and that a sequence gives the same alone as among others.
class LayerOpsTest {
    private static final int FEATURES = 4;
    private static final Steps STEPS = Steps.of(7, 4, 4, 1);

    /// Layers of one input, none of which looks at other sequences.
    static Stream<Layer> single() {
        return Stream.of(Relu.of().negativeSlope(0.3f).maxValue(4), Elu.of(), Prelu.sharing(1),
                LayerNormalization.of(), UnitNormalization.of(), Conv1d.of(3, 3).padding(Padding.SAME),
                Conv1d.of(3, 3).padding(Padding.SAME).strides(2), Conv1d.of(2, 2).padding(Padding.CAUSAL).dilation(2),
                Conv1d.of(2, 2), Conv1d.of(4, 3).padding(Padding.SAME).groups(2), Conv1d.of(5, 1),
                MaxPooling.of(2).padding(Padding.SAME), MaxPooling.of(3).strides(1),
                MeanPooling.of(3).padding(Padding.SAME).strides(2), MeanPooling.of(2), ZeroPadding.of(2),
                Cropping.of(1), new Cropping(2, 3), UpSampling.of(3), MultiHeadAttention.of(2, 3),
                MultiHeadAttention.of(1, 2).withCausalMask());
    }

    /// Layers of several inputs that have the same steps and columns.
    static Stream<Layer> several() {
        List<Layer> layers = new ArrayList<>(List.of(Concatenate.of(), Concatenate.steps(), Attention.of(),
                Attention.of().withScale().withCausalMask(), Attention.of().withScale().scoreMode(ScoreMode.CONCAT),
                AdditiveAttention.of(), MultiHeadAttention.of(2, 3).valueDim(2)));
        for (Merge.Operation operation : Merge.Operation.values()) {
            layers.add(Merge.of(operation));
        }
        return layers.stream();
    }

    static Stream<Layer> all() {
        return Stream.concat(single(), several());
    }

    private static Module module(Layer layer, int inputs) {
        Module module = layer.build("layer", List.of(Signature.sequence(FEATURES), Signature.sequence(FEATURES))
                .subList(0, inputs), RandomWeights.seed(5));
        module.parameters().forEach(p -> {
            float[] values = Poison.random(new SplittableRandom(p.name().hashCode()), p.size(), 0.8);
            System.arraycopy(values, 0, p.values(), 0, p.size());
            p.changed();
        });
        return module;
    }

    private static int inputs(Layer layer) {
        return several().anyMatch(layer::equals) ? 2 : 1;
    }

    /// Numbers far from each other and from zero, so that a difference steps over no kink.
    private static float[] spread(int size, long seed) {
        int[] order = new SplittableRandom(seed).ints(0, size).distinct().limit(size).toArray();
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (order[i] - (size - 1) / 2f) * 0.13f;
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("all")
    void gradients(Layer layer) {
        int count = inputs(layer);
        Module module = module(layer, count);
        var check = TapeGradients.of((tape, in) -> {
            Var out = module.apply(in).getFirst();
            float[] targets = Poison.random(new SplittableRandom(3), out.size(), 1);
            return LossOps.squaredError(out, targets, 1.0 / out.size());
        });
        for (int i = 0; i < count; i++) {
            // Shifted, so that no element of one input equals one of the other.
            float[] x = spread(STEPS.total() * FEATURES, 11 + i);
            for (int j = 0; j < x.length && i == 1; j++) {
                x[j] = x[j] * 0.5f + 0.047f;
            }
            check.input("x" + i, x, STEPS, FEATURES);
        }
        // A key's bias adds the same to all scores of a query: its gradient is zero but for roundings.
        check.parameters(module.parameters().stream().filter(p -> !p.name().endsWith("/key/bias")).toList()).check()
                .assertWithin(TapeGradients.TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("all")
    void aSequenceAloneGivesTheSameAsInTheBatch(Layer layer) {
        int count = inputs(layer);
        Module module = module(layer, count);
        try (Tape tape = Tape.inference(new Workspace())) {
            List<Var> batch = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                batch.add(tape.constant(spread(STEPS.total() * FEATURES, 20 + i), STEPS.total(), FEATURES, STEPS));
            }
            Var together = module.apply(batch).getFirst();
            for (int b = 0; b < STEPS.batch(); b++) {
                List<Var> alone = new ArrayList<>();
                for (Var input : batch) {
                    float[] own = sequence(input, b);
                    int length = own.length / FEATURES;
                    alone.add(tape.constant(own, length, FEATURES, Steps.dense(length, 1)));
                }
                Var out = module.apply(alone).getFirst();
                float[] expected = sequence(together, b);
                assertEquals(expected.length, out.size(), "elements of sequence " + b);
                assertArrayEquals(expected, out.tensor().data(), "sequence " + b);
            }
        }
    }

    private static float[] sequence(Var x, int b) {
        int columns = x.columns();
        float[] own = new float[x.steps().length(b) * columns];
        for (int t = 0; t < x.steps().length(b); t++) {
            System.arraycopy(x.data(), x.steps().row(t, b) * columns, own, t * columns, columns);
        }
        return own;
    }

    /// Batch normalization of a ragged batch: gradients through the batch's own moments, with and without a mask.
    @Test
    void batchNormalization() {
        Module module = module(BatchNormalization.of(), 1);
        boolean[] counts = new boolean[STEPS.total()];
        for (int row = 0; row < counts.length; row++) {
            counts[row] = row % 3 != 1;
        }
        for (boolean masked : new boolean[] {false, true}) {
            TapeGradients.of((tape, in) -> {
                Var x = in.getFirst();
                Var out = module.apply(masked ? x.withMask(Mask.of(STEPS, counts)) : x);
                return LossOps.squaredError(out, Poison.random(new SplittableRandom(3), out.size(), 1),
                        1.0 / out.size());
            }).input("x", spread(STEPS.total() * FEATURES, 4), STEPS, FEATURES)
                    .parameters(module.parameters().subList(0, 2)).check().assertWithin(TapeGradients.TOLERANCE);
        }
        assertTrue(module.mixesBatch());
    }

    @Test
    void noiseIsTheIdentityAtInferenceAndHasItsMomentsInTraining() {
        Steps steps = Steps.dense(50, 40);
        float[] ones = new float[steps.total() * FEATURES];
        java.util.Arrays.fill(ones, 2f);
        for (Layer layer : List.of(SpatialDropout.of(0.25), GaussianDropout.of(0.25), GaussianNoise.of(0.5))) {
            Module module = layer.build("layer", Signature.sequence(FEATURES), RandomWeights.seed(1));
            try (Tape tape = Tape.inference(new Workspace())) {
                Var x = tape.constant(ones, steps.total(), FEATURES, steps);
                assertArrayEquals(ones, module.apply(x).tensor().data());
            }
            try (Tape tape = Tape.recording(new Workspace(), 7)) {
                float[] y = module.apply(tape.constant(ones, steps.total(), FEATURES, steps)).tensor().data();
                double sum = 0;
                double squares = 0;
                for (float v : y) {
                    sum += v;
                    squares += (v - 2.0) * (v - 2.0);
                }
                double variance = layer instanceof GaussianNoise ? 0.25 : 4.0 / 3;
                // 160 independent draws for spatial dropout, 8000 for the others.
                double within = layer instanceof SpatialDropout ? 0.4 : 0.06;
                assertEquals(2, sum / y.length, within, layer.kind());
                assertEquals(variance, squares / y.length, 2 * within, layer.kind());
                for (int i = 0; i < y.length && layer instanceof SpatialDropout; i++) {
                    assertEquals(y[i % (40 * FEATURES)], y[i], "a feature is dropped at every step or at none");
                }
            }
        }
    }

    @Test
    void layersThatNeedOneLengthRefuseOthers() {
        var any = assertThrows(IllegalArgumentException.class,
                () -> Flatten.of().build("f", Signature.sequence(3), RandomWeights.seed(1)));
        assertTrue(any.getMessage().contains("flatten \"f\""), any.getMessage());
        Module flatten = Flatten.of().build("f", Signature.sequence(FEATURES).steps(7), RandomWeights.seed(1));
        try (Tape tape = Tape.inference(new Workspace())) {
            Var x = tape.constant(new float[STEPS.total() * FEATURES], STEPS.total(), FEATURES, STEPS);
            var ragged = assertThrows(IllegalArgumentException.class, () -> flatten.apply(x));
            assertTrue(ragged.getMessage().contains("one length"), ragged.getMessage());
        }
    }
}
