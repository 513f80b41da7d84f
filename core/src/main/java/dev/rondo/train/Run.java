package dev.rondo.train;

import dev.rondo.data.BatchPlan;
import dev.rondo.data.Dataset;
import dev.rondo.nn.Model;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.OptimizerState;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// The loop over epochs and batches of one training run.
final class Run implements AutoCloseable {
    private final Model model;
    private final Optimizer optimizer;
    private final OptimizerState state;
    private final Dataset data;
    private final Fit fit;
    private final List<Objective> objectives;
    private final RandomGenerator random;
    private final List<History.Epoch> epochs = new ArrayList<>();
    private final long totalSteps;
    private long doneSteps;
    private @Nullable Map<String, Tensor> best;
    private int bestEpoch;
    private double bestLoss = Double.POSITIVE_INFINITY;

    Run(Model model, Optimizer optimizer, Dataset data, Fit fit, long seed, List<Objective> objectives) {
        this.model = model;
        this.optimizer = optimizer;
        this.data = data;
        this.fit = fit;
        this.objectives = objectives;
        state = optimizer.start(model.parameters().stream().filter(Parameter::isTrainable).toList());
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        totalSteps = (long) fit.epochs() * Math.ceilDiv(data.size(), fit.batchSize());
    }

    OptimizerState optimizer() {
        return state;
    }

    /// Runs all epochs, or as many as listeners and early stopping allow.
    History go(Step step, Function<Dataset, Evaluation> evaluate) {
        boolean stopped = false;
        for (int number = 1; number <= fit.epochs() && !stopped; number++) {
            History.Epoch epoch = epoch(number, step, evaluate);
            if (epoch == null) {
                stopped = true;
                break;
            }
            epochs.add(epoch);
            remember(epoch);
            for (Listener listener : fit.listeners()) {
                stopped |= listener.onEpoch(epoch) == Listener.Signal.STOP;
            }
            EarlyStopping early = fit.earlyStopping();
            if (early != null && number - bestEpoch >= early.patience()) {
                break;
            }
        }
        if (fit.keepsBest() && best != null) {
            for (Parameter parameter : model.parameters()) {
                parameter.set(best.get(parameter.name()));
            }
        } else {
            bestEpoch = epochs.size();
        }
        return new History(epochs, bestEpoch, stopped);
    }

    /// One epoch, or null if a listener stopped it on the way.
    private History.@Nullable Epoch epoch(int number, Step step, Function<Dataset, Evaluation> evaluate) {
        step.beginEpoch();
        List<int[]> batches = fit.shuffle()
                ? BatchPlan.shuffled(data.inputs(), fit.batchSize(), random)
                : BatchPlan.inOrder(data.inputs(), fit.batchSize());
        Tally totals = new Tally(objectives);
        long begin = System.nanoTime();
        long steps = 0;
        for (int b = 0; b < batches.size(); b++) {
            int[] samples = batches.get(b);
            double rate = optimizer.learningRate() * fit.schedule().factor((double) doneSteps++ / totalSteps);
            step.run(data, samples, rate, totals);
            if (!totals.isFinite()) {
                throw new TrainingException(
                        "the loss or its gradient is no longer a number (epoch " + number + ", batch " + (b + 1)
                                + " of "
                                + batches.size() + "); use a lower learning rate than " + optimizer.learningRate()
                                + ", or clip the gradients");
            }
            for (int sample : samples) {
                steps += data.inputs().length(sample);
            }
            var progress = new Listener.Progress(number, fit.epochs(), b + 1, batches.size(), totals.loss(), steps,
                    (System.nanoTime() - begin) / 1e9);
            boolean stop = false;
            for (Listener listener : fit.listeners()) {
                stop |= listener.onBatch(progress) == Listener.Signal.STOP;
            }
            if (stop) {
                return null;
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Dataset validation = fit.validation();
        return new History.Epoch(number, totals.evaluation(data.size()),
                validation == null ? null : evaluate.apply(validation), seconds, steps);
    }

    private void remember(History.Epoch epoch) {
        Evaluation validation = epoch.validation();
        if (validation != null && validation.loss() < bestLoss) {
            bestLoss = validation.loss();
            bestEpoch = epoch.number();
            best = fit.keepsBest() ? model.weights() : null;
        }
    }

    /// Settles updates that the optimizer has put off and lets go of the parameters.
    @Override
    public void close() {
        state.close();
    }
}
