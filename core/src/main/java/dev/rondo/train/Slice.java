package dev.rondo.train;

import dev.rondo.data.Batch;
import dev.rondo.data.Goal;
import dev.rondo.tape.ClassLoss;
import dev.rondo.tape.Gradients;
import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import dev.rondo.tape.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A part of a batch in one step of training, on a tape of its own. For one thread at a time.
final class Slice {
    private final List<Objective> objectives;
    private final int number;
    private final Workspace workspace = new Workspace();
    private final double[] losses;
    private final Tally measured;
    private List<Goal> goals = List.of();
    private List<Var> predictions = List.of();
    private @Nullable Tape tape;
    private @Nullable Gradients gradients;

    /// @param number which slice of its batch this is
    Slice(List<Objective> objectives, int number) {
        this.objectives = objectives;
        this.number = number;
        losses = new double[objectives.size()];
        measured = new Tally(objectives);
    }

    int number() {
        return number;
    }

    /// A tape for the next step.
    Tape record(long seed) {
        Tape opened = Tape.recording(workspace, seed);
        tape = opened;
        return opened;
    }

    /// Begins with what the model predicts on the tape.
    void begin(List<Var> predictions, Batch batch) {
        this.predictions = predictions;
        goals = batch.goals();
        gradients = null;
        measured.clear();
        Arrays.fill(losses, 0);
    }

    Tape tape() {
        return Objects.requireNonNull(tape);
    }

    Var prediction(int objective) {
        return predictions.get(objective);
    }

    Goal goal(int objective) {
        return goals.get(objective);
    }

    /// Whether the loss of an output is better computed for all slices together.
    boolean joins(int objective) {
        return objectives.get(objective).loss().joinsSlices(predictions.get(objective), goals.get(objective));
    }

    /// The number of targets of an output that count in the mask of its prediction.
    int count(int objective) {
        return objectives.get(objective).loss().count(predictions.get(objective), goals.get(objective));
    }

    /// The loss of an output, scaled.
    double loss(int objective) {
        return losses[objective];
    }

    void loss(int objective, double loss) {
        losses[objective] = loss;
    }

    /// Computes the losses that are not joined, measures, and runs the tape backwards.
    ///
    /// @param scales one over the number of targets of the whole batch, for each objective
    /// @param joined the losses of all slices together, for each objective; null where there is none
    void backward(double[] scales, @Nullable ClassLoss[] joined) {
        for (int k = 0; k < objectives.size(); k++) {
            Objective objective = objectives.get(k);
            ClassLoss together = joined[k];
            if (together == null) {
                Var value = objective.loss().of(predictions.get(k), goals.get(k), scales[k]);
                losses[k] = value.scalar();
                float[] gradient = value.gradientToAdd();
                if (gradient != null) {
                    gradient[0] = (float) objective.weight();
                }
            }
            measured.measure(k, predictions.get(k), goals.get(k));
            if (together != null) {
                together.pass(number);
            }
        }
        gradients = tape().backward();
    }

    boolean isDone() {
        return gradients != null;
    }

    Gradients gradients() {
        return Objects.requireNonNull(gradients);
    }

    Tally measured() {
        return measured;
    }
}
