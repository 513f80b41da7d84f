package dev.rondo.optim;

import dev.rondo.tape.Parameter;
import java.util.List;

/// How a training step changes parameters by their gradients: one of four records of options, with Keras's names and defaults.
///
/// ```java
/// OptimizerState state = Adam.of(1e-3).start(model.parameters());
/// try (Tape tape = Tape.recording()) {
///     state.step(tape.backward(loss), 1e-3);
/// }
/// ```
///
/// Immutable and safe for use by several threads.
public sealed interface Optimizer permits Sgd, RmsProp, Adam, AdamW {
    /// The name, such as `adam`.
    String name();

    /// The learning rate that a schedule starts from, positive.
    double learningRate();

    /// This optimizer with another learning rate.
    ///
    /// @throws IllegalArgumentException if it is not positive
    Optimizer withLearningRate(double learningRate);

    /// Starts a training run.
    ///
    /// @param parameters what will be trained; names must differ
    /// @return a new state: no steps, all moments zero
    /// @throws IllegalArgumentException if two parameters have one name
    OptimizerState start(List<Parameter> parameters);
}
