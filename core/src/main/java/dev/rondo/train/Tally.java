package dev.rondo.train;

import dev.rondo.data.Goal;
import dev.rondo.metric.Metric;
import dev.rondo.tape.Var;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sums of losses and metrics over batches, and the numbers of what they are sums over, for each objective.
final class Tally {
    private final List<Objective> objectives;
    /// Of each objective the loss, then its metrics.
    private final double[][] sums;
    private final double[][] counts;

    Tally(List<Objective> objectives) {
        this.objectives = objectives;
        sums = objectives.stream().map(objective -> new double[1 + objective.metrics().size()])
                .toArray(double[][]::new);
        counts = objectives.stream().map(objective -> new double[1 + objective.metrics().size()])
                .toArray(double[][]::new);
    }

    /// Begins anew.
    void clear() {
        for (int k = 0; k < sums.length; k++) {
            Arrays.fill(sums[k], 0);
            Arrays.fill(counts[k], 0);
        }
    }

    /// Adds a loss that is a sum over so many targets.
    void addLoss(int objective, double sum, double count) {
        sums[objective][0] += sum;
        counts[objective][0] += count;
    }

    /// Adds an objective's metrics of a prediction.
    void measure(int objective, Var prediction, Goal goal) {
        List<Metric> metrics = objectives.get(objective).metrics();
        for (int m = 0; m < metrics.size(); m++) {
            sums[objective][1 + m] += metrics.get(m).sum(prediction, goal);
            counts[objective][1 + m] += metrics.get(m).count(prediction, goal);
        }
    }

    void add(Tally other) {
        for (int k = 0; k < sums.length; k++) {
            for (int j = 0; j < sums[k].length; j++) {
                sums[k][j] += other.sums[k][j];
                counts[k][j] += other.counts[k][j];
            }
        }
    }

    /// Whether all losses are numbers.
    boolean isFinite() {
        return Arrays.stream(sums).allMatch(sum -> Double.isFinite(sum[0]));
    }

    /// The sum of the mean losses times their weights.
    double loss() {
        double loss = 0;
        for (int k = 0; k < sums.length; k++) {
            loss += objectives.get(k).weight() * (sums[k][0] / counts[k][0]);
        }
        return loss;
    }

    /// Means from sums.
    Evaluation evaluation(int samples) {
        List<Evaluation> outputs = new ArrayList<>();
        for (int k = 0; k < sums.length; k++) {
            List<Metric> metrics = objectives.get(k).metrics();
            Map<Metric, Double> values = new LinkedHashMap<>();
            for (int m = 0; m < metrics.size(); m++) {
                values.put(metrics.get(m), metrics.get(m).of(sums[k][1 + m], counts[k][1 + m]));
            }
            outputs.add(new Evaluation(sums[k][0] / counts[k][0], values, samples, List.of()));
        }
        return outputs.size() == 1 ? new Evaluation(loss(), outputs.getFirst().metrics(), samples, List.of())
                : new Evaluation(loss(), Map.of(), samples, outputs);
    }
}
