package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.data.BatchPlan;
import dev.rondo.data.Dataset;
import dev.rondo.data.Goal;
import dev.rondo.data.Inputs;
import dev.rondo.internal.parallel.Team;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Model;
import dev.rondo.optim.Adam;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Optimizer;
import dev.rondo.tape.CarriedState;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Trains a model, measures it and lets it predict, on all cores.
///
/// ```java
/// Trainer trainer = Trainer.of(model).optimizer(Adam.of(1e-3)).loss(Loss.BINARY_CROSSENTROPY).metrics(Metric.ACCURACY).seed(42);
/// History history = trainer.fit(train, Fit.epochs(10).batchSize(32).validation(dev));
/// ```
///
/// A batch is cut into slices that run on worker threads; the result depends on the seed, the number of slices and the kernels, never
/// on the number of threads. Immutable; but a model is trained by one thread at a time.
public final class Trainer {
    /// Samples in a batch for inference: enough for the matrix products, few enough that threads end at much the same time.
    private static final int INFERENCE_BATCH = 128;
    /// The most real time steps in a batch for inference, which bounds its memory.
    private static final int INFERENCE_STEPS = 1 << 14;

    /// Groups of streams that are evaluated at once.
    private static final int EVALUATED_GROUPS = 8;

    private final Model model;
    private final Options options;

    /// Everything that can be chosen; changed only between copying and making a trainer of it.
    private static final class Options {
        private Optimizer optimizer = Adam.of();
        private List<Objective> objectives = List.of();
        private List<Metric> metrics = List.of();
        private Clipping clipping = Clipping.none();
        private long seed;
        private int threads = Runtime.getRuntime().availableProcessors();
        private int slices = 2;

        private Options() {}

        private Options(Options from) {
            optimizer = from.optimizer;
            objectives = from.objectives;
            metrics = from.metrics;
            clipping = from.clipping;
            seed = from.seed;
            threads = from.threads;
            slices = from.slices;
        }
    }

    private Trainer(Model model, Options options) {
        this.model = model;
        this.options = options;
    }

    /// A trainer with Adam, no loss yet, no clipping, seed 0, all processors and two slices a batch.
    public static Trainer of(Model model) {
        return new Trainer(model, new Options());
    }

    private Trainer with(Consumer<Options> change) {
        Options changed = new Options(options);
        change.accept(changed);
        return new Trainer(model, changed);
    }

    /// This trainer with another optimizer.
    public Trainer optimizer(Optimizer optimizer) {
        return with(o -> o.optimizer = optimizer);
    }

    /// This trainer with the loss of a model with one output; fitting and evaluating need one.
    public Trainer loss(Loss loss) {
        return objectives(Objective.of(loss));
    }

    /// This trainer with an objective for each output of the model, in order. What becomes small is the sum of their losses times their
    /// weights; the data needs targets for each output ([dev.rondo.data.Targets#several]).
    public Trainer objectives(Objective... objectives) {
        return with(o -> o.objectives = List.of(objectives));
    }

    /// This trainer with metrics to measure of each output, besides those of its objective. Each must suit the targets of all outputs.
    public Trainer metrics(Metric... metrics) {
        return with(o -> o.metrics = List.of(metrics));
    }

    /// This trainer with gradients clipped.
    public Trainer clipping(Clipping clipping) {
        return with(o -> o.clipping = clipping);
    }

    /// This trainer with another seed of shuffling and dropout.
    public Trainer seed(long seed) {
        return with(o -> o.seed = seed);
    }

    /// This trainer with so many threads, which changes the time and nothing else.
    ///
    /// @throws IllegalArgumentException if threads is less than 1
    public Trainer threads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
        }
        return with(o -> o.threads = threads);
    }

    /// This trainer with each batch cut into so many slices. More slices occupy more threads; the sums of gradients round otherwise.
    ///
    /// @throws IllegalArgumentException if slices is less than 1
    public Trainer slices(int slices) {
        if (slices < 1) {
            throw new IllegalArgumentException("slices is " + slices + "; it must be at least 1");
        }
        return with(o -> o.slices = slices);
    }

    /// Trains the model.
    ///
    /// @throws IllegalArgumentException if there is no sample, or the data does not suit the model or the loss
    /// @throws IllegalStateException if no loss was chosen
    /// @throws TrainingException if the loss or its gradient is no longer a number; the weights are then those before that batch. Without
    ///         clipping the gradients of vectors alone are looked at ([dev.rondo.tape.Gradients#areVectorsFinite()]), so that a layer
    ///         without a bias may hold numbers that are not finite
    public History fit(Dataset data, Fit fit) {
        if (data.size() == 0) {
            throw new IllegalArgumentException("there is no sample to train on");
        }
        Dataset validation = fit.validation();
        if (fit.carriesState()) {
            Streams.check(data, fit.batchSize());
            if (validation != null) {
                Streams.check(validation, fit.batchSize());
            }
        }
        List<Objective> objectives = objectives();
        try (Team team = new Team(ShortFit.threads(options.threads, model, data, fit));
                Run run = new Run(model, options.optimizer, data, fit, options.seed, objectives)) {
            CarriedState carried = fit.carriesState() ? new CarriedState(fit.batchSize()) : null;
            Step step = new Step(model, objectives, run.optimizer(), options.clipping, carried, team,
                    options.slices, options.seed);
            return run.go(step, held -> carried == null ? evaluate(held, team)
                    : evaluateStateful(held, fit.batchSize(), team));
        }
    }

    /// Measures the model: loss and metrics, without dropout.
    ///
    /// @throws IllegalArgumentException if there is no sample
    public Evaluation evaluate(Dataset data) {
        try (Team team = new Team(options.threads)) {
            return evaluate(data, team);
        }
    }

    /// Measures the model, without dropout, on windows in the order of time, with recurrent layers that go on from window to window:
    /// the counterpart of [Fit#stateful()].
    ///
    /// @param streams sequences side by side: sample i + streams goes on where sample i ended
    /// @throws IllegalArgumentException if there is no sample, or their number is not a multiple of the streams
    public Evaluation evaluateStateful(Dataset data, int streams) {
        Streams.check(data, streams);
        try (Team team = new Team(options.threads)) {
            return evaluateStateful(data, streams, team);
        }
    }

    private Evaluation evaluateStateful(Dataset data, int streams, Team team) {
        if (data.size() == 0) {
            throw new IllegalArgumentException("there is no sample to evaluate on");
        }
        List<Objective> objectives = objectives();
        int groups = Math.min(streams, EVALUATED_GROUPS);
        List<Tally> parts = Stream.generate(() -> new Tally(objectives)).limit(groups).toList();
        CarriedState carried = new CarriedState(streams);
        forEachBatch(groups, team, (group, workspace) -> {
            int[] samples = new int[Math.ceilDiv(streams - group, groups)];
            for (int from = 0; from < data.size(); from += streams) {
                for (int i = 0; i < samples.length; i++) {
                    samples[i] = from + group + i * groups;
                }
                Batch batch = Batch.of(data, samples);
                try (Tape tape = Tape.inference(workspace).carrying(Streams.part(carried, batch))) {
                    measure(batch, tape, objectives, parts.get(group));
                }
            }
        });
        return sum(objectives, parts, data.size());
    }

    private void measure(Batch batch, Tape tape, List<Objective> objectives, Tally sums) {
        List<Var> predictions = Step.predictions(model, batch, tape, objectives);
        for (int k = 0; k < objectives.size(); k++) {
            Var prediction = predictions.get(k);
            Goal goal = batch.goals().get(k);
            Loss loss = objectives.get(k).loss();
            sums.addLoss(k, loss.of(prediction, goal, 1).scalar(), loss.count(prediction, goal));
            sums.measure(k, prediction, goal);
        }
    }

    private static Evaluation sum(List<Objective> objectives, List<Tally> parts, int samples) {
        Tally totals = new Tally(objectives);
        parts.forEach(totals::add);
        return totals.evaluation(samples);
    }

    private Evaluation evaluate(Dataset data, Team team) {
        if (data.size() == 0) {
            throw new IllegalArgumentException("there is no sample to evaluate on");
        }
        List<Objective> objectives = objectives();
        List<int[]> batches = BatchPlan.sorted(data.inputs(), INFERENCE_BATCH, INFERENCE_STEPS);
        List<Tally> parts = Stream.generate(() -> new Tally(objectives)).limit(batches.size()).toList();
        forEachBatch(batches.size(), team, (i, workspace) -> {
            try (Tape tape = Tape.inference(workspace)) {
                measure(Batch.of(data, batches.get(i)), tape, objectives, parts.get(i));
            }
        });
        return sum(objectives, parts, data.size());
    }

    /// Predicts for every sample: a row for each, `[samples][columns]`; of a model that gives sequences, `[samples][steps * columns]`.
    ///
    /// @throws IllegalArgumentException if the model has several outputs; see [#predictAll]
    public float[][] predict(Inputs inputs) {
        List<float[][]> all = predictAll(inputs);
        if (all.size() != 1) {
            throw new IllegalArgumentException("the model has " + all.size() + " outputs; use predictAll");
        }
        return all.getFirst();
    }

    /// Predicts all outputs for every sample, each as [#predict] does, in the order of the model's outputs.
    public List<float[][]> predictAll(Inputs inputs) {
        List<int[]> batches = BatchPlan.sorted(inputs, INFERENCE_BATCH, INFERENCE_STEPS);
        List<List<Predictions.Rows>> parts = new ArrayList<>(Collections.nCopies(batches.size(), List.of()));
        try (Team team = new Team(options.threads)) {
            forEachBatch(batches.size(), team, (i, workspace) -> {
                Batch batch = Batch.of(inputs, batches.get(i));
                try (Tape tape = Tape.inference(workspace)) {
                    parts.set(i, model.apply(batch.inputsOn(tape)).stream().map(y -> Predictions.Rows.of(y, batch))
                            .toList());
                }
            });
        }
        return Predictions.together(parts, inputs.size());
    }

    /// The objectives with the metrics of all outputs.
    private List<Objective> objectives() {
        if (options.objectives.isEmpty()) {
            throw new IllegalStateException(
                    "the trainer has no loss; choose one with loss(...), such as Loss.BINARY_CROSSENTROPY after "
                            + "a sigmoid, SPARSE_CATEGORICAL_CROSSENTROPY after a softmax, MEAN_SQUARED_ERROR for quantities");
        }
        return options.objectives.stream()
                .map(objective -> objective.metrics(Stream.concat(objective.metrics().stream(),
                        options.metrics.stream()).distinct().toArray(Metric[]::new)))
                .toList();
    }

    private interface BatchTask {
        void run(int batch, Workspace workspace);
    }

    private static void forEachBatch(int batches, Team team, BatchTask task) {
        var idle = new ConcurrentLinkedQueue<Workspace>();
        team.run(batches, i -> {
            Workspace polled = idle.poll();
            Workspace workspace = polled != null ? polled : new Workspace();
            task.run(i, workspace);
            idle.add(workspace);
        });
    }
}
