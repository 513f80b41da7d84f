package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.data.Dataset;
import dev.rondo.data.Goal;
import dev.rondo.internal.kernel.Kernels;
import dev.rondo.internal.parallel.Team;
import dev.rondo.nn.Model;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.OptimizerState;
import dev.rondo.tape.CarriedState;
import dev.rondo.tape.ClassLoss;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One step of training at a time: forward and backward of the slices of a batch on a team, reduction in slice order, clipping,
/// update.
///
/// The result depends on the number of slices and the seed, not on the number of threads.
final class Step {
    /// Elements of weights that are packed in some 50 microseconds.
    private static final int WORTH_MEETING = 1 << 16;

    private final Model model;
    private final List<Objective> objectives;
    private final OptimizerState optimizer;
    private final Clipping clipping;
    private final @Nullable CarriedState carried;
    private final Team team;
    private final long seed;
    private final List<Slice> all;
    private long number;

    Step(Model model, List<Objective> objectives, OptimizerState optimizer, Clipping clipping,
            @Nullable CarriedState carried, Team team, int slices, long seed) {
        this.model = model;
        this.objectives = objectives;
        this.optimizer = optimizer;
        this.clipping = clipping;
        this.carried = carried;
        this.team = team;
        this.seed = seed;
        all = IntStream.range(0, slices).mapToObj(s -> new Slice(objectives, s)).toList();
    }

    /// Begins an epoch: carried states become zero.
    void beginEpoch() {
        if (carried != null) {
            carried.reset();
        }
    }

    /// Trains on some samples. If the loss or the gradients are found not to be finite, the weights stay and the total loss becomes NaN.
    ///
    /// @param totals added to
    void run(Dataset data, int[] samples, double learningRate, Tally totals) {
        Batch whole = Batch.of(data, samples);
        checkGoals(whole, objectives);
        List<Slice> slices = all.subList(0, model.mixesBatch() ? 1 : Math.min(all.size(), samples.length));
        number++;
        int[] counts = new int[objectives.size()];
        for (int k = 0; k < counts.length; k++) {
            counts[k] = objectives.get(k).loss().count(whole.goals().get(k));
        }
        // A single loss goes backwards at once, and its mean is mended when it is known what masks leave out. The gradients of several
        // are added up as they come, so that their means must be right before.
        boolean single = objectives.size() == 1;
        team.run(slices.size(), s -> {
            Slice slice = slices.get(s);
            forward(slices.size() == 1 ? whole : part(data, whole, s, slices.size()), slice);
            if (single && !slice.joins(0)) {
                slice.backward(scales(counts), new ClassLoss[1]);
            }
        });
        int[] counted = new int[counts.length];
        for (Slice slice : slices) {
            for (int k = 0; k < counted.length; k++) {
                counted[k] += slice.count(k);
            }
        }
        int[] meansOver = single ? counts : counted;
        backward(slices, scales(meansOver));
        double[] losses = new double[objectives.size()];
        boolean finite = true;
        for (int k = 0; k < losses.length; k++) {
            for (Slice slice : slices) {
                losses[k] += slice.loss(k);
            }
            finite &= Double.isFinite(losses[k]);
        }
        if (finite) {
            Gradients sum = reduce(slices);
            if (single && counted[0] < counts[0] && counted[0] > 0) {
                // Masks left targets out: only now is it known what the mean is over.
                sum.scale((float) ((double) counts[0] / counted[0]), team::run);
            }
            finite = update(sum, learningRate);
        }
        for (Slice slice : slices) {
            if (finite) {
                slice.tape().changes().forEach(Runnable::run);
            }
            slice.tape().close();
            totals.add(slice.measured());
        }
        for (int k = 0; k < losses.length; k++) {
            totals.addLoss(k, finite ? losses[k] * meansOver[k] : Double.NaN, counted[k]);
        }
    }

    private static double[] scales(int[] counts) {
        double[] scales = new double[counts.length];
        for (int k = 0; k < counts.length; k++) {
            scales[k] = 1.0 / Math.max(counts[k], 1);
        }
        return scales;
    }

    /// @throws IllegalArgumentException unless there are targets for each objective
    private static void checkGoals(Batch batch, List<Objective> objectives) {
        if (batch.goals().size() != objectives.size()) {
            throw new IllegalArgumentException("the trainer has " + objectives.size()
                    + " losses, but the data has targets for " + batch.goals().size()
                    + " outputs; give each output an objective (Trainer.objectives) and targets (Targets.several)");
        }
    }

    /// The predictions to be measured.
    ///
    /// @throws IllegalArgumentException unless there are as many as objectives and targets
    static List<Var> predictions(Model model, Batch batch, Tape tape, List<Objective> objectives) {
        checkGoals(batch, objectives);
        List<Var> outputs = model.apply(batch.inputsOn(tape));
        if (outputs.size() != objectives.size()) {
            throw new IllegalArgumentException("the model has " + outputs.size() + " outputs, but the trainer "
                    + objectives.size() + " losses; give each output an objective (Trainer.objectives) and targets "
                    + "(Targets.several), or build a graph with the outputs that are to be trained");
        }
        return outputs;
    }

    /// Updates the weights, unless the gradients are found not to be finite: all of them where they are clipped, else the small ones.
    private boolean update(Gradients gradients, double learningRate) {
        if (clipping instanceof Clipping.None ? !gradients.areVectorsFinite()
                : !Double.isFinite(clipping.apply(gradients, team::run))) {
            return false;
        }
        List<Runnable> packing = packing(gradients.parameters());
        List<Runnable> parts = optimizer.parts(gradients, learningRate);
        team.run(parts.size(), i -> parts.get(i).run());
        team.run(packing.size(), i -> packing.get(i).run());
        return true;
    }

    /// Tasks that pack the weights for the next step as they were packed for this one; none where that takes no longer than to meet once
    /// more.
    private static List<Runnable> packing(List<Parameter> parameters) {
        List<List<Runnable>> packing = new ArrayList<>();
        long size = 0;
        int most = 0;
        for (Parameter parameter : parameters) {
            List<Runnable> copies = parameter.raw().packing(Kernels.best());
            size += (long) copies.size() * parameter.size();
            most = Math.max(most, copies.size());
            packing.add(copies);
        }
        if (size < WORTH_MEETING) {
            return List.of();
        }
        // Copies of the same weight are made one after another, so those of different ones are to follow each other.
        List<Runnable> tasks = new ArrayList<>();
        for (int copy = 0; copy < most; copy++) {
            for (List<Runnable> copies : packing) {
                if (copy < copies.size()) {
                    tasks.add(copies.get(copy));
                }
            }
        }
        return tasks;
    }

    /// Every slices-th sample of the batch sorted by length, so that all slices have much the same lengths.
    private static Batch part(Dataset data, Batch whole, int s, int slices) {
        int[] all = whole.samples();
        int[] some = new int[Math.ceilDiv(all.length - s, slices)];
        for (int i = 0; i < some.length; i++) {
            some[i] = all[s + i * slices];
        }
        return Batch.of(data, some);
    }

    private void forward(Batch batch, Slice slice) {
        Tape tape = slice.record(seed + number * 0x632BE59BD9B4E019L + slice.number() * 0xD1342543DE82EF95L)
                .carrying(Streams.part(carried, batch));
        slice.begin(predictions(model, batch, tape, objectives), batch);
    }

    /// The backward computation of the slices that are not done: first the losses that all slices join, their parts shared out among
    /// the threads. A loss that masks keep from being joined in some slices is not joined.
    private void backward(List<Slice> slices, double[] scales) {
        List<Slice> waiting = new ArrayList<>();
        for (Slice slice : slices) {
            if (!slice.isDone()) {
                waiting.add(slice);
            }
        }
        if (waiting.isEmpty()) {
            return;
        }
        @Nullable
        ClassLoss[] joined = new ClassLoss[objectives.size()];
        for (int k = 0; k < joined.length; k++) {
            if (waiting.size() == slices.size() && allJoin(slices, k)) {
                joined[k] = join(slices, k, scales[k]);
            }
        }
        team.run(waiting.size(), i -> waiting.get(i).backward(scales, joined));
    }

    private static boolean allJoin(List<Slice> slices, int k) {
        for (Slice slice : slices) {
            if (!slice.joins(k)) {
                return false;
            }
        }
        return true;
    }

    private ClassLoss join(List<Slice> slices, int k, double scale) {
        List<Var> predictions = new ArrayList<>();
        List<Goal> goals = new ArrayList<>();
        for (Slice slice : slices) {
            predictions.add(slice.prediction(k));
            goals.add(slice.goal(k));
        }
        ClassLoss together = objectives.get(k).loss().of(predictions, goals, scale);
        team.run(together.parts(), together::forward);
        double[] losses = together.join();
        for (int s = 0; s < losses.length; s++) {
            slices.get(s).loss(k, losses[s]);
        }
        together.prepareBackward(objectives.get(k).weight());
        team.run(together.parts(), together::backward);
        return together;
    }

    private Gradients reduce(List<Slice> slices) {
        Gradients sum = slices.getFirst().gradients();
        if (slices.size() == 1) {
            return sum;
        }
        List<Parameter> parameters = sum.parameters();
        team.run(parameters.size(), p -> {
            for (Slice slice : slices.subList(1, slices.size())) {
                // The first slice has the gradients of what is computed for all slices together.
                if (slice.gradients().of(parameters.get(p)) != null) {
                    sum.add(parameters.get(p), slice.gradients());
                }
            }
        });
        return sum;
    }
}
