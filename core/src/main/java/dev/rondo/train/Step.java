package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.internal.parallel.Team;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Model;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.OptimizerState;
import dev.rondo.tape.CarriedState;
import dev.rondo.tape.ClassLoss;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One step of training at a time: forward and backward of the slices of a batch on a team, reduction in slice order, clipping,
/// update.
///
/// The result depends on the number of slices and the seed, not on the number of threads.
final class Step {
    private final Model model;
    private final Loss loss;
    private final List<Metric> metrics;
    private final OptimizerState optimizer;
    private final Clipping clipping;
    private final @Nullable CarriedState carried;
    private final Team team;
    private final long seed;
    private final Workspace[] workspaces;
    private final Tape[] tapes;
    private final Gradients[] gradients;
    private final Batch[] batches;
    private final Var[] predictions;
    private final double[] losses;
    private final int[] counts;
    private final double[][] sums;
    private long number;

    Step(Model model, Loss loss, List<Metric> metrics, OptimizerState optimizer, Clipping clipping,
            @Nullable CarriedState carried, Team team, int slices, long seed) {
        this.model = model;
        this.loss = loss;
        this.metrics = metrics;
        this.optimizer = optimizer;
        this.clipping = clipping;
        this.carried = carried;
        this.team = team;
        this.seed = seed;
        workspaces = new Workspace[slices];
        for (int s = 0; s < slices; s++) {
            workspaces[s] = new Workspace();
        }
        tapes = new Tape[slices];
        gradients = new Gradients[slices];
        batches = new Batch[slices];
        predictions = new Var[slices];
        losses = new double[slices];
        counts = new int[slices];
        sums = new double[slices][metrics.size()];
    }

    /// Begins an epoch: carried states become zero.
    void beginEpoch() {
        if (carried != null) {
            carried.reset();
        }
    }

    /// Trains on some samples. If the loss or the clipped gradients are not finite, the weights stay and the total loss becomes NaN.
    ///
    /// @param totals added to: the loss times its count, the count, then the sums of the metrics
    void run(Dataset data, int[] samples, double learningRate, double[] totals) {
        Batch whole = Batch.of(data, samples);
        int slices = model.mixesBatch() ? 1 : Math.min(workspaces.length, samples.length);
        int count = loss.count(whole);
        number++;
        double scale = 1.0 / Math.max(count, 1);
        team.run(slices, s -> {
            forward(slices == 1 ? whole : slice(data, whole, s, slices), s);
            if (!loss.joinsSlices(predictions[s])) {
                backward(s, scale);
            }
        });
        List<Integer> waiting = IntStream.range(0, slices).filter(s -> loss.joinsSlices(predictions[s])).boxed()
                .toList();
        if (waiting.size() == slices) {
            backwardTogether(slices, scale);
        } else {
            // Masks may keep some slices from being joined.
            team.run(waiting.size(), i -> backward(waiting.get(i), scale));
        }
        for (int s = 0; s < slices; s++) {
            counts[s] = loss.count(predictions[s], batches[s]);
        }
        double sum = 0;
        int counted = 0;
        for (int s = 0; s < slices; s++) {
            sum += losses[s];
            counted += counts[s];
        }
        if (Double.isFinite(sum)) {
            reduce(slices);
            if (counted < count && counted > 0) {
                // Masks left targets out: only now is it known what the mean is over.
                gradients[0].scale((float) ((double) count / counted));
            }
            sum = update(learningRate) ? sum : Double.NaN;
        }
        for (int s = 0; s < slices; s++) {
            if (Double.isFinite(sum)) {
                tapes[s].changes().forEach(Runnable::run);
            }
            tapes[s].close();
            for (int m = 0; m < metrics.size(); m++) {
                totals[2 + m] += sums[s][m];
            }
        }
        totals[0] += sum * count;
        totals[1] += counted;
    }

    /// The prediction to be measured: the only output.
    ///
    /// @throws IllegalArgumentException if the model has several outputs
    static Var prediction(Model model, Batch batch, Tape tape) {
        List<Var> outputs = model.apply(batch.inputsOn(tape));
        if (outputs.size() != 1) {
            throw new IllegalArgumentException("the model has " + outputs.size()
                    + " outputs, but a loss is of one; build a graph with the output that is to be trained");
        }
        return outputs.getFirst();
    }

    /// Updates the weights, unless clipping finds that the gradients are not finite.
    private boolean update(double learningRate) {
        if (!(clipping instanceof Clipping.None) && !Double.isFinite(clipping.apply(gradients[0]))) {
            return false;
        }
        List<Runnable> parts = optimizer.parts(gradients[0], learningRate);
        team.run(parts.size(), i -> parts.get(i).run());
        return true;
    }

    /// Every slices-th sample of the batch sorted by length, so that all slices have much the same lengths.
    private static Batch slice(Dataset data, Batch whole, int s, int slices) {
        int[] all = whole.samples();
        int[] some = new int[Math.ceilDiv(all.length - s, slices)];
        for (int i = 0; i < some.length; i++) {
            some[i] = all[s + i * slices];
        }
        return Batch.of(data, some);
    }

    private void forward(Batch batch, int s) {
        Tape tape = Tape.recording(workspaces[s], seed + number * 0x632BE59BD9B4E019L + s * 0xD1342543DE82EF95L);
        tapes[s] = tape.carrying(Streams.part(carried, batch));
        batches[s] = batch;
        predictions[s] = prediction(model, batch, tape);
    }

    private void backward(int s, double scale) {
        Var value = loss.of(predictions[s], batches[s], scale);
        losses[s] = value.scalar();
        measure(s);
        gradients[s] = tapes[s].backward(value);
    }

    /// The loss of all slices at once, its parts shared out among the threads.
    private void backwardTogether(int slices, double scale) {
        ClassLoss together = loss.of(Arrays.asList(predictions).subList(0, slices),
                Arrays.asList(batches).subList(0, slices), scale);
        team.run(together.parts(), together::forward);
        System.arraycopy(together.join(), 0, losses, 0, slices);
        together.prepareBackward();
        team.run(together.parts(), part -> together.backward(part, 1));
        team.run(slices, s -> {
            measure(s);
            together.pass(s);
            gradients[s] = tapes[s].backward();
        });
    }

    private void measure(int s) {
        for (int m = 0; m < metrics.size(); m++) {
            sums[s][m] = metrics.get(m).sum(predictions[s], batches[s]);
        }
    }

    private void reduce(int slices) {
        if (slices == 1) {
            return;
        }
        List<Parameter> parameters = gradients[0].parameters();
        team.run(parameters.size(), p -> {
            for (int s = 1; s < slices; s++) {
                // The first slice has the gradients of what is computed for all slices together.
                if (gradients[s].of(parameters.get(p)) != null) {
                    gradients[0].add(parameters.get(p), gradients[s]);
                }
            }
        });
    }
}
