package dev.rondo.testkit.golden;

import dev.rondo.data.Goal;
import dev.rondo.loss.Loss;
import dev.rondo.op.Activation;
import dev.rondo.tape.LossOps;
import dev.rondo.tape.LossOps.Weighing;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every loss of Keras and torch that Rondo has: the value and its gradient.
class LossGoldenTest {
    /// Of the loss, or 1: it is summed in double, but logits and the result are float32.
    private static final double LOSS_TOLERANCE = 5e-7;
    /// Of the largest gradient: a few roundings of 6e-8.
    private static final double GRADIENT_TOLERANCE = 2e-6;

    static List<Golden> cases() {
        return Stream.of("keras", "torch").flatMap(framework -> Cases.tested(framework, "loss").stream()).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void computesWhatTheFrameworkDoes(Golden golden) {
        Node node = Node.of(golden.text("loss"));
        try (Tape tape = Tape.recording()) {
            Var x = prediction(golden, tape);
            Var loss = loss(golden, node, x);
            Comparison.assertValues("loss", golden.tensor("loss").data(), loss, LOSS_TOLERANCE);
            tape.backward(loss);
            Comparison.assertGradient("y_pred", golden.tensor("g.y_pred").data(), x.gradient(), GRADIENT_TOLERANCE);
        }
    }

    /// Where the golden loss takes logits Rondo has two ways: the loss of logits, and the activation followed by the loss of
    /// probabilities, which goes back to the logits.
    static List<Golden> casesOfLogits() {
        return cases().stream().filter(golden -> fromLogits(Node.of(golden.text("loss")))).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("casesOfLogits")
    void probabilitiesOfAnActivationGiveTheSame(Golden golden) {
        Node node = Node.of(golden.text("loss"));
        try (Tape tape = Tape.recording()) {
            Var x = prediction(golden, tape);
            Var loss = isBinary(node)
                    ? LossOps.binaryCrossentropy(Ops.activation(x, Activation.SIGMOID), values(golden),
                            weighing(golden, node, x))
                    : LossOps.categoricalCrossentropy(Ops.activation(x, Activation.SOFTMAX), classes(golden),
                            smoothing(node), weighing(golden, node, x));
            Comparison.assertValues("loss", golden.tensor("loss").data(), loss, LOSS_TOLERANCE);
            tape.backward(loss);
            Comparison.assertGradient("y_pred", golden.tensor("g.y_pred").data(), x.gradient(), GRADIENT_TOLERANCE);
        }
    }

    static List<Golden> casesOfOneHotTargets() {
        return cases().stream().filter(golden -> Node.of(golden.text("loss")).className()
                .equals("CategoricalCrossentropy")).toList();
    }

    /// The loss that is chosen for a trainer, against rows of targets.
    @ParameterizedTest(name = "{0}")
    @MethodSource("casesOfOneHotTargets")
    void rowsOfTargetsGiveTheSame(Golden golden) {
        Node node = Node.of(golden.text("loss"));
        try (Tape tape = Tape.recording()) {
            Var x = prediction(golden, tape);
            Var p = fromLogits(node) ? Ops.activation(x, Activation.SOFTMAX) : x;
            Weighing weighing = weighing(golden, node, x);
            Var loss = Loss.CATEGORICAL_CROSSENTROPY.labelSmoothing(smoothing(node)).of(p,
                    new Goal(golden.tensor("y_true").data(), null, x.columns(), weighing.rows()), weighing.scale());
            Comparison.assertValues("loss", golden.tensor("loss").data(), loss, LOSS_TOLERANCE);
            tape.backward(loss);
            Comparison.assertGradient("y_pred", golden.tensor("g.y_pred").data(), x.gradient(), GRADIENT_TOLERANCE);
        }
    }

    private static Var prediction(Golden golden, Tape tape) {
        Tensor prediction = golden.tensor("y_pred");
        int columns = prediction.dim(prediction.rank() - 1);
        return tape.input(prediction.data(), prediction.size() / columns, columns, null, true);
    }

    private static Var loss(Golden golden, Node node, Var x) {
        Weighing weighing = weighing(golden, node, x);
        return switch (node.className()) {
            case "MeanSquaredError", "MSELoss" -> LossOps.squaredError(x, values(golden), weighing);
            case "MeanAbsoluteError", "L1Loss" -> LossOps.absoluteError(x, values(golden), weighing);
            case "Huber", "HuberLoss" -> LossOps.huber(x, values(golden), node.number("delta"), weighing);
            case "BinaryCrossentropy", "BCEWithLogitsLoss" -> fromLogits(node)
                    ? LossOps.sigmoidCrossentropy(x, values(golden), weighing)
                    : LossOps.binaryCrossentropy(x, values(golden), weighing);
            case "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "CrossEntropyLoss" -> fromLogits(node)
                    ? LossOps.softmaxCrossentropy(x, classes(golden), smoothing(node), weighing)
                    : LossOps.categoricalCrossentropy(x, classes(golden), smoothing(node), weighing);
            default -> throw new AssertionError("no loss for " + node.className());
        };
    }

    private static Weighing weighing(Golden golden, Node node, Var x) {
        return new Weighing(scale(node, x), golden.has("sample_weight") ? golden.tensor("sample_weight").data() : null);
    }

    private static double smoothing(Node node) {
        return node.has("label_smoothing") ? node.number("label_smoothing") : 0;
    }

    /// One over the number of terms of the mean, one for a sum.
    private static double scale(Node node, Var x) {
        if (node.has("reduction") && node.text("reduction").equals("sum")) {
            return 1;
        }
        return isCategorical(node) ? 1.0 / x.rows() : LossOps.mean(x);
    }

    private static boolean isBinary(Node node) {
        return node.className().startsWith("B");
    }

    private static boolean isCategorical(Node node) {
        return node.className().contains("Categorical") || node.className().equals("CrossEntropyLoss");
    }

    private static boolean fromLogits(Node node) {
        return node.flag("from_logits") || node.className().equals("BCEWithLogitsLoss")
                || node.className().equals("CrossEntropyLoss");
    }

    private static float[] values(Golden golden) {
        Node node = Node.of(golden.text("loss"));
        float[] values = golden.tensor("y_true").data().clone();
        // Keras smooths the targets of a binary cross-entropy before the loss, as Rondo's Loss does.
        for (int i = 0; i < values.length && smoothing(node) > 0; i++) {
            values[i] = (float) (values[i] * (1 - smoothing(node)) + smoothing(node) / 2);
        }
        return values;
    }

    /// The classes, also of rows that are one for the class and zero elsewhere.
    private static int[] classes(Golden golden) {
        if (!Node.of(golden.text("loss")).className().equals("CategoricalCrossentropy")) {
            return golden.ints("y_true").data();
        }
        Tensor rows = golden.tensor("y_true");
        int[] classes = new int[rows.dim(0)];
        for (int i = 0; i < rows.size(); i++) {
            if (rows.data()[i] == 1) {
                classes[i / rows.dim(1)] = i % rows.dim(1);
            } else if (rows.data()[i] != 0) {
                throw new AssertionError(golden + ": row " + i / rows.dim(1) + " is not a single class");
            }
        }
        return classes;
    }
}
