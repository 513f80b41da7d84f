package dev.rondo.optim;

import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What an optimizer remembers between the steps of one training run: the number of steps and the moments of each parameter.
///
/// ```text
/// start, then for each batch: backward, (clipping), step            at the end: settle or close
/// ```
///
/// A step changes all elements of a parameter with a dense gradient and, of a table whose gradient is by rows, the rows touched.
/// What the step means for the other rows (moments fade, momentum carries on, weights decay) is made up for when a row is next
/// touched or read through [Parameter#rows], [Parameter#values] or [Parameter#weight], in one go for all the steps missed. Up to
/// rounding the result is that of dense steps; for Adam up to a relative error of 3e-5 of the movement besides, and that only where
/// gradients are as small as epsilon. As rounding depends on when a row catches up, reading all rows in the middle of training
/// may change last bits. A parameter without a gradient in a step sits the step out.
///
/// A step needs the only access to the parameters. Between steps any number of threads may read them.
public final class OptimizerState implements AutoCloseable {
    private final Rule rule;
    private final Map<Parameter, ParameterState> states = new IdentityHashMap<>();
    private final List<ParameterState> order = new ArrayList<>();
    private long steps;
    private boolean closed;

    OptimizerState(Rule rule, List<Parameter> parameters) {
        this.rule = rule;
        Set<String> names = new HashSet<>();
        for (Parameter parameter : parameters) {
            if (!names.add(parameter.name())) {
                throw new IllegalArgumentException("two parameters are called \"" + parameter.name()
                        + "\"; list a shared parameter once and give different ones different names");
            }
            ParameterState state = new ParameterState(parameter, rule);
            states.put(parameter, state);
            order.add(state);
        }
    }

    /// Makes one step.
    ///
    /// @param gradients finite, of a whole batch; used up before this returns
    /// @param learningRate of this step, at least 0
    /// @throws IllegalArgumentException if the learning rate is out of range, or there is a gradient of a parameter that the
    ///         optimizer was not started with; nothing has changed then
    /// @throws IllegalStateException after [#close]
    public void step(Gradients gradients, double learningRate) {
        for (Runnable part : parts(gradients, learningRate)) {
            part.run();
        }
    }

    /// Begins one step and returns the work left to do: parts that may run in any order and on any threads, with the same bits
    /// as [#step].
    ///
    /// Each must run once, and all must have ended before parameters are read and before anything else is asked of this state.
    ///
    /// @param gradients finite, of a whole batch; in use until the last part has ended
    /// @param learningRate of this step, at least 0
    /// @return independent parts of at most about 65536 elements each
    /// @throws IllegalArgumentException as [#step]
    /// @throws IllegalStateException after [#close]
    public List<Runnable> parts(Gradients gradients, double learningRate) {
        checkOpen();
        Checks.notNegative("step " + (steps + 1), "learningRate", learningRate);
        for (Parameter parameter : gradients.parameters()) {
            if (!states.containsKey(parameter)) {
                throw new IllegalArgumentException("parameter \"" + parameter.name()
                        + "\" has a gradient but the optimizer was started without it; start it with all parameters of the model");
            }
        }
        Rule.Update update = rule.update(learningRate, steps + 1);
        steps++;
        List<Runnable> parts = new ArrayList<>();
        for (Parameter parameter : gradients.parameters()) {
            states.get(parameter).begin(gradients.of(parameter), update, learningRate, steps, parts);
        }
        return parts;
    }

    /// Brings all rows of all tables up to date. Reading a parameter does this by itself for what is read.
    public void settle() {
        order.forEach(ParameterState::settle);
    }

    /// The number of steps made.
    public long steps() {
        return steps;
    }

    /// Copies of the moments, all up to date, by parameter and slot: `lstm/kernel/m`. Slots are `velocity` (momentum), `v` (RMSprop),
    /// `m` and `v` (Adam, AdamW).
    ///
    /// @return a map in the order of the parameters, of tensors with the shapes of the parameters
    public Map<String, Tensor> slots() {
        settle();
        Map<String, Tensor> slots = new LinkedHashMap<>();
        order.forEach(state -> state.save(slots));
        return Collections.unmodifiableMap(slots);
    }

    /// Takes up a run that was left off: the counterpart of [#slots] and [#steps].
    ///
    /// @param slots copied; entries of other names are ignored
    /// @param steps number of steps made, at least 0
    /// @throws IllegalArgumentException if a slot is missing or has another shape, or steps is negative; nothing has changed then
    /// @throws IllegalStateException after [#close]
    public void restore(Map<String, Tensor> slots, long steps) {
        checkOpen();
        if (steps < 0) {
            throw new IllegalArgumentException("steps is " + steps + "; it must be at least 0");
        }
        order.forEach(state -> state.check(slots));
        order.forEach(state -> state.restore(slots));
        this.steps = steps;
    }

    /// Brings all rows up to date and detaches this state from the parameters. A second call does nothing.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            order.forEach(ParameterState::release);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the optimizer's state is closed; start a new one to train on");
        }
    }
}
