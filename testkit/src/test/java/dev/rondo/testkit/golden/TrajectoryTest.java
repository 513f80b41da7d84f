package dev.rondo.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rondo.data.Batch;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.OptimizerState;
import dev.rondo.optim.RmsProp;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Tensor;
import dev.rondo.testkit.Golden;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Ten training steps of tiny models: the loss before each step, the norm of the gradients, and the weights at the end.
class TrajectoryTest {
    private static final int STEPS = 10;
    /// Of the largest loss, norm or weight of a tensor, or 1: ten steps, each with the roundings of a forward and a backward pass.
    private static final double TOLERANCE = 3e-6;
    /// Torch adds RMSprop's epsilon to the root, Rondo and Keras inside it. For a first gradient of about 10 epsilon (the case has one
    /// of 1e-7) the first step, at most 0.1, is by up to 0.0233 smaller in torch. Its formula applied to Rondo's gradients keeps to
    /// 3e-6.
    private static final double TORCH_RMSPROP_WEIGHTS = 3e-2;
    /// Weights with such gradients hardly change the loss.
    private static final double TORCH_RMSPROP_LOSSES = 1e-3;

    static List<Golden> cases() {
        return Stream.of("keras", "torch").flatMap(framework -> Cases.tested(framework, "trajectory").stream())
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void trainsAsTheFrameworkDoes(Golden golden) {
        boolean keras = golden.text("framework").equals("keras");
        Training training = keras ? Training.keras(golden) : Training.torch(golden);
        List<Parameter> parameters = training.model().parameters();
        assertEquals(training.last().keySet(), parameters.stream().map(Parameter::name).collect(Collectors.toSet()));
        Run run = run(golden, training);
        boolean torchRmsProp = training.optimizer() instanceof RmsProp && !keras;
        Comparison.assertValues("losses", golden.tensor("losses").data(), run.losses,
                torchRmsProp ? TORCH_RMSPROP_LOSSES : TOLERANCE);
        if (keras) {
            Comparison.assertValues("norms", golden.tensor("gradient_norms").data(), run.norms, TOLERANCE);
        }
        for (Parameter parameter : parameters) {
            Tensor expected = Objects.requireNonNull(training.last().get(parameter.name()));
            Comparison.assertValues(parameter.name(), expected.data(), parameter.values(),
                    torchRmsProp ? TORCH_RMSPROP_WEIGHTS : TOLERANCE);
        }
    }

    /// @param losses before each step
    /// @param norms of all gradients, before clipping
    private record Run(float[] losses, float[] norms) {}

    private static Run run(Golden golden, Training training) {
        Run run = new Run(new float[STEPS], new float[STEPS]);
        Optimizer optimizer = training.optimizer(1);
        OptimizerState state = optimizer.start(training.model().parameters());
        for (int step = 0; step < STEPS; step++) {
            if (!training.optimizer(step + 1).equals(optimizer)) {
                optimizer = training.optimizer(step + 1);
                state = carryOn(state, optimizer, training.model().parameters());
            }
            Batch batch = training.batch(golden, step);
            try (Tape tape = Tape.recording()) {
                Var prediction = training.model().apply(batch.on(tape));
                Var loss = training.loss().of(prediction, batch, 1.0 / training.loss().count(batch));
                run.losses[step] = loss.scalar();
                Gradients gradients = tape.backward(loss);
                run.norms[step] = (float) training.clipping().apply(gradients);
                state.step(gradients, optimizer.learningRate());
            }
        }
        state.close();
        return run;
    }

    /// The same run with other options.
    private static OptimizerState carryOn(OptimizerState state, Optimizer optimizer, List<Parameter> parameters) {
        Map<String, Tensor> slots = state.slots();
        state.close();
        OptimizerState next = optimizer.start(parameters);
        next.restore(slots, state.steps());
        return next;
    }
}
