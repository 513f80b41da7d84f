package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.random;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.data.Goal;
import dev.rondo.data.Inputs;
import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Graph;
import dev.rondo.nn.GraphBuilder;
import dev.rondo.nn.GraphBuilder.Node;
import dev.rondo.nn.Masking;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.op.Activation;
import dev.rondo.tape.MergeOps;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The gradient of a weighted sum of losses of several outputs, with masks and weighted targets, against differences.
class SeveralLossesTest {
    /// The sum of three losses that are rounded to float one by one, from states near zero whose gradients are a few thousandths.
    private static final double TOLERANCE = 5 * TapeGradients.TOLERANCE;
    private static final int SAMPLES = 4;
    private static final int STEPS = 3;

    private static Graph model() {
        GraphBuilder b = Graph.builder(2);
        Node x = b.input("x", Signature.sequence(2));
        List<Node> read = b.addAll(Lstm.of(3).returnSequences().returnState(), b.add(Masking.of(0), x));
        Node kinds = b.add(Dense.of(3).activation(Activation.SOFTMAX), read.get(0));
        Node soft = b.add(Dense.of(2).activation(Activation.SOFTMAX), read.get(1));
        return b.build(kinds, b.add(Dense.of(2), read.get(2)), soft);
    }

    private static Dataset data(SplittableRandom random) {
        float[][][] x = new float[SAMPLES][STEPS][2];
        int[][] kinds = new int[SAMPLES][STEPS];
        float[][] weights = new float[SAMPLES][STEPS];
        float[][] numbers = new float[SAMPLES][];
        float[][] shares = new float[SAMPLES][];
        float[] importance = random(random, SAMPLES, 0.5);
        for (int i = 0; i < SAMPLES; i++) {
            for (int t = 0; t < STEPS; t++) {
                // A step of zeros is masked.
                x[i][t] = (i + t) % 3 == 1 ? new float[2] : random(random, 2, 1);
                kinds[i][t] = random.nextInt(3);
                weights[i][t] = 0.5f * random.nextInt(4);
            }
            numbers[i] = random(random, 2, 1);
            float share = (float) random.nextDouble(0.8, 0.95);
            shares[i] = new float[] {share, 1 - share};
            importance[i] += 1;
        }
        return new Dataset(Inputs.features(x), Targets.several(Targets.classesPerStep(kinds).weighted(weights),
                Targets.values(numbers), Targets.values(shares).weighted(importance)));
    }

    @Test
    void weightedSum() {
        Graph model = model();
        Batch batch = Batch.of(data(new SplittableRandom(5)), 0, 1, 2, 3);
        List<Loss> losses = List.of(Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Loss.HUBER,
                Loss.CATEGORICAL_CROSSENTROPY.labelSmoothing(0.1));
        float[] weights = {0.7f, 0.5f, 1};
        TapeGradients.of((tape, in) -> {
            List<Var> y = model.apply(batch.inputsOn(tape));
            Var sum = tape.constant(new float[1], 1, 1, null);
            for (int k = 0; k < 3; k++) {
                Goal goal = batch.goals().get(k);
                double mean = 1.0 / losses.get(k).count(y.get(k), goal);
                sum = Ops.sum(sum, MergeOps.scale(losses.get(k).of(y.get(k), goal, mean), weights[k]), 1);
            }
            return sum;
        }).parameters(model.parameters()).check().assertWithin(TOLERANCE);
    }
}
