package dev.rondo.testkit;

import static dev.rondo.testkit.Poison.random;

import dev.rondo.op.Activation;
import dev.rondo.op.Buffers;
import dev.rondo.op.Direction;
import dev.rondo.tensor.Steps;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// One thing to compute with a recurrent cell: its options, sizes and inputs.
///
/// The inputs go by name: `x`, `h0`, `c0`, `kernel`, `recurrent`, `bias`, `recurrent_bias`; what is not there is null for the op.
record Problem(Cell cell, Steps steps, Direction direction, int features, int units, Activation activation,
        Activation recurrentActivation, Map<String, float[]> inputs) {

    /// A problem with every input that the cell takes, random with a fixed seed.
    static Problem of(Cell cell, Direction direction, int features, int units, int... lengths) {
        Steps steps = Steps.of(lengths);
        var random = new SplittableRandom(42);
        Map<String, float[]> inputs = new LinkedHashMap<>();
        inputs.put("x", random(random, steps.total() * features, 1));
        inputs.put("h0", random(random, steps.batch() * units, 1));
        if (cell.outputs().contains("c")) {
            inputs.put("c0", random(random, steps.batch() * units, 1));
        }
        int columns = cell.gates() * units;
        // Sums of about unit variance, so that no activation saturates and no recurrence explodes.
        inputs.put("kernel", random(random, features * columns, 1.5 / Math.sqrt(features)));
        inputs.put("recurrent", random(random, units * columns, 1.2 / Math.sqrt(units)));
        inputs.put("bias", random(random, columns, 0.5));
        if (cell == Cell.GRU) {
            inputs.put("recurrent_bias", random(random, columns, 0.5));
        }
        return new Problem(cell, steps, direction, features, units, Activation.TANH, Activation.SIGMOID, inputs);
    }

    Problem with(Activation newActivation, Activation newRecurrentActivation) {
        return new Problem(cell, steps, direction, features, units, newActivation, newRecurrentActivation, inputs);
    }

    Problem with(Direction newDirection) {
        return new Problem(cell, steps, newDirection, features, units, activation, recurrentActivation, inputs);
    }

    /// The same weights for another batch.
    Problem with(Steps newSteps, Map<String, float[]> replaced) {
        Map<String, float[]> all = new LinkedHashMap<>(inputs);
        all.putAll(replaced);
        return new Problem(cell, newSteps, direction, features, units, activation, recurrentActivation, all);
    }

    Problem without(String... names) {
        Map<String, float[]> fewer = new LinkedHashMap<>(inputs);
        for (String name : names) {
            fewer.remove(name);
        }
        return new Problem(cell, steps, direction, features, units, activation, recurrentActivation, fewer);
    }

    /// The sizes of the outputs: `y`, the outputs of all steps, `h` and `c`, the last state.
    int sizeOf(String output) {
        return (output.equals("y") ? steps.total() : steps.batch()) * units;
    }

    /// Runs the op on buffers and inputs with traps.
    Cell.Outcome forward() {
        return forward(Poison.BUFFERS);
    }

    Cell.Outcome forward(Buffers buffers) {
        Map<String, float[]> trapped = new LinkedHashMap<>(inputs);
        for (String name : new String[] {"x", "h0", "c0"}) {
            trapped.computeIfPresent(name, (n, values) -> Poison.after(values));
        }
        return cell.forward(buffers, this, trapped);
    }

    /// The gradients of all inputs, each added to zeros.
    Map<String, float[]> backward(Map<String, float[]> dOutputs) {
        Map<String, float[]> zeros = new TreeMap<>();
        inputs.forEach((name, values) -> zeros.put(name, new float[values.length]));
        return backward(dOutputs, zeros);
    }

    /// Runs forward and backward.
    ///
    /// @param dOutputs gradients of outputs; those not there are null for the op
    /// @param start what the gradients are added to; those not there are not wanted
    /// @return the sums
    Map<String, float[]> backward(Map<String, float[]> dOutputs, Map<String, float[]> start) {
        Map<String, float[]> given = new TreeMap<>();
        dOutputs.forEach((name, values) -> given.put(name, Poison.after(values)));
        Map<String, float[]> sums = new TreeMap<>();
        start.forEach((name, values) -> sums.put(name, Poison.after(values)));
        forward().backward().add(given, sums);
        sums.replaceAll((name, values) -> Poison.within(values));
        return sums;
    }

    /// The outputs in double precision.
    ///
    /// @param in the same inputs as [#inputs], in double precision
    Map<String, double[]> reference(Map<String, double[]> in) {
        ReferenceCell reference = cell.reference(this, in);
        double[][][] sequences = ReferenceOps.sequences(steps, in.get("x"), features);
        double[][][] outputs = new double[steps.batch()][][];
        double[][] last = new double[reference.stateParts()][steps.batch() * units];
        for (int b = 0; b < steps.batch(); b++) {
            double[][] initial = reference.zeroState();
            for (int part = 0; part < initial.length; part++) {
                double[] given = in.get(part == 0 ? "h0" : "c0");
                if (given != null) {
                    System.arraycopy(given, b * units, initial[part], 0, units);
                }
            }
            ReferenceCell.Run run = reference.run(sequences[b], initial, direction);
            outputs[b] = run.outputs();
            for (int part = 0; part < last.length; part++) {
                System.arraycopy(run.last()[part], 0, last[part], b * units, units);
            }
        }
        Map<String, double[]> all = new TreeMap<>();
        all.put("y", ReferenceOps.packed(steps, outputs, units));
        all.put("h", last[0]);
        if (last.length > 1) {
            all.put("c", last[1]);
        }
        return all;
    }

    Map<String, double[]> doubleInputs() {
        Map<String, double[]> doubles = new LinkedHashMap<>();
        inputs.forEach((name, values) -> doubles.put(name, Poison.doubles(values)));
        return doubles;
    }

    @Override
    public String toString() {
        return cell + " " + direction + " F=" + features + " H=" + units + " " + steps + " " + activation.id() + " "
                + recurrentActivation.id() + " " + inputs.keySet();
    }
}
