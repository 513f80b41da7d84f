package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.data.BatchPlan;
import dev.rondo.data.Dataset;
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
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

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

    /// Everything that can be chosen.
    private record Options(Optimizer optimizer, @Nullable Loss loss, List<Metric> metrics, Clipping clipping, long seed,
            int threads, int slices) {}

    private Trainer(Model model, Options options) {
        this.model = model;
        this.options = options;
    }

    /// A trainer with Adam, no loss yet, no clipping, seed 0, all processors and two slices a batch.
    public static Trainer of(Model model) {
        return new Trainer(model, new Options(Adam.of(), null, List.of(), Clipping.none(), 0,
                Runtime.getRuntime().availableProcessors(), 2));
    }

    /// This trainer with another optimizer.
    public Trainer optimizer(Optimizer optimizer) {
        return new Trainer(model, new Options(optimizer, options.loss, options.metrics, options.clipping, options.seed,
                options.threads, options.slices));
    }

    /// This trainer with a loss; fitting and evaluating need one.
    public Trainer loss(Loss loss) {
        return new Trainer(model, new Options(options.optimizer, loss, options.metrics, options.clipping, options.seed,
                options.threads, options.slices));
    }

    /// This trainer with metrics to measure.
    public Trainer metrics(Metric... metrics) {
        return new Trainer(model,
                new Options(options.optimizer, options.loss, List.of(metrics), options.clipping, options.seed,
                        options.threads, options.slices));
    }

    /// This trainer with gradients clipped.
    public Trainer clipping(Clipping clipping) {
        return new Trainer(model, new Options(options.optimizer, options.loss, options.metrics, clipping, options.seed,
                options.threads, options.slices));
    }

    /// This trainer with another seed of shuffling and dropout.
    public Trainer seed(long seed) {
        return new Trainer(model, new Options(options.optimizer, options.loss, options.metrics, options.clipping, seed,
                options.threads, options.slices));
    }

    /// This trainer with so many threads, which changes the time and nothing else.
    ///
    /// @throws IllegalArgumentException if threads is less than 1
    public Trainer threads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
        }
        return new Trainer(model,
                new Options(options.optimizer, options.loss, options.metrics, options.clipping, options.seed,
                        threads, options.slices));
    }

    /// This trainer with each batch cut into so many slices. More slices occupy more threads; the sums of gradients round otherwise.
    ///
    /// @throws IllegalArgumentException if slices is less than 1
    public Trainer slices(int slices) {
        if (slices < 1) {
            throw new IllegalArgumentException("slices is " + slices + "; it must be at least 1");
        }
        return new Trainer(model,
                new Options(options.optimizer, options.loss, options.metrics, options.clipping, options.seed,
                        options.threads, slices));
    }

    /// Trains the model.
    ///
    /// @throws IllegalArgumentException if there is no sample, or the data does not suit the model or the loss
    /// @throws IllegalStateException if no loss was chosen
    /// @throws TrainingException if the loss is no longer a number; the weights are then those before that batch
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
        try (Team team = new Team(options.threads);
                Run run = new Run(model, options.optimizer, data, fit, options.seed, options.metrics)) {
            CarriedState carried = fit.carriesState() ? new CarriedState(fit.batchSize()) : null;
            Step step = new Step(model, loss(), options.metrics, run.optimizer(), options.clipping, carried, team,
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
        Loss loss = loss();
        int groups = Math.min(streams, EVALUATED_GROUPS);
        double[][] parts = new double[groups][2 + options.metrics.size()];
        CarriedState carried = new CarriedState(streams);
        forEachBatch(groups, team, (group, workspace) -> {
            int[] samples = new int[Math.ceilDiv(streams - group, groups)];
            for (int from = 0; from < data.size(); from += streams) {
                for (int i = 0; i < samples.length; i++) {
                    samples[i] = from + group + i * groups;
                }
                Batch batch = Batch.of(data, samples);
                try (Tape tape = Tape.inference(workspace).carrying(Streams.part(carried, batch))) {
                    measure(batch, tape, loss, parts[group]);
                }
            }
        });
        return sum(parts, data.size());
    }

    /// Adds the loss, the count and the sums of the metrics.
    private void measure(Batch batch, Tape tape, Loss loss, double[] sums) {
        Var prediction = Step.prediction(model, batch, tape);
        sums[0] += loss.of(prediction, batch, 1).scalar();
        sums[1] += loss.count(prediction, batch);
        for (int m = 0; m < options.metrics.size(); m++) {
            sums[2 + m] += options.metrics.get(m).sum(prediction, batch);
        }
    }

    private Evaluation sum(double[][] parts, int samples) {
        double[] totals = new double[2 + options.metrics.size()];
        for (double[] part : parts) {
            for (int j = 0; j < totals.length; j++) {
                totals[j] += part[j];
            }
        }
        return evaluation(options.metrics, totals, samples);
    }

    private Evaluation evaluate(Dataset data, Team team) {
        if (data.size() == 0) {
            throw new IllegalArgumentException("there is no sample to evaluate on");
        }
        Loss loss = loss();
        List<int[]> batches = BatchPlan.sorted(data.inputs(), INFERENCE_BATCH, INFERENCE_STEPS);
        double[][] parts = new double[batches.size()][2 + options.metrics.size()];
        forEachBatch(batches.size(), team, (i, workspace) -> {
            try (Tape tape = Tape.inference(workspace)) {
                measure(Batch.of(data, batches.get(i)), tape, loss, parts[i]);
            }
        });
        return sum(parts, data.size());
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

    private Loss loss() {
        Loss loss = options.loss;
        if (loss == null) {
            throw new IllegalStateException(
                    "the trainer has no loss; choose one with loss(...), such as Loss.BINARY_CROSSENTROPY after "
                            + "a sigmoid, SPARSE_CATEGORICAL_CROSSENTROPY after a softmax, MEAN_SQUARED_ERROR for quantities");
        }
        return loss;
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

    /// Means from sums: the loss times its count, the count, then the sums of the metrics (over as many elements).
    static Evaluation evaluation(List<Metric> metrics, double[] totals, int samples) {
        Map<Metric, Double> values = new LinkedHashMap<>();
        for (int m = 0; m < metrics.size(); m++) {
            values.put(metrics.get(m), metrics.get(m).of(totals[2 + m], totals[1]));
        }
        return new Evaluation(totals[0] / totals[1], values, samples);
    }

    /// A copy of the weights, by parameter name.
    static Map<String, Tensor> weights(Model model) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        model.parameters().forEach(p -> weights.put(p.name(), p.tensor()));
        return weights;
    }
}
