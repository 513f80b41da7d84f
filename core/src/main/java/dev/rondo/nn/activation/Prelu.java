package dev.rondo.nn.activation;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.RectifierOps;
import dev.rondo.tape.Var;
import java.util.List;

/// A rectifier with learned slopes below zero (He et al. 2015): `y = x` above zero, `alpha x` below, alpha zero at first.
///
/// @param sharedAxes axes that share a slope, 1 for steps and 2 for features (for a vector 1 for features); none by default, which
///        needs a known number of steps
public record Prelu(List<Integer> sharedAxes) implements Layer {
    /// @throws IllegalArgumentException if an axis is neither 1 nor 2
    public Prelu {
        sharedAxes = List.copyOf(sharedAxes);
        if (!List.of(1, 2).containsAll(sharedAxes)) {
            throw new IllegalArgumentException(
                    "p_re_lu: sharedAxes is " + sharedAxes + "; axes are 1 (steps) and 2 (features)");
        }
    }

    /// A layer with a slope for each element.
    public static Prelu of() {
        return new Prelu(List.of());
    }

    /// A layer whose slopes are shared along axes.
    public static Prelu sharing(Integer... axes) {
        return new Prelu(List.of(axes));
    }

    @Override
    public String kind() {
        return "p_re_lu";
    }

    /// Whether the steps share their slopes: else it matters which step a row is.
    @Override
    public boolean isStepwise() {
        return sharedAxes.contains(1);
    }

    /// A vector has features on axis 1, a sequence its steps, whose slopes are the same for all here.
    @Override
    public Prelu ofEachStep() {
        return sharedAxes.contains(1) ? sharing(1, 2) : sharing(1);
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        String where = kind() + " \"" + name + "\"";
        Checks.numbers(where, input);
        String alpha = name + "/alpha";
        if (input.kind() == Signature.Kind.VECTOR) {
            int width = sharedAxes.contains(1) ? 1 : input.features();
            return new Slopes(weights.parameter(alpha, Initializer.zeros(), width), input);
        }
        if (!sharedAxes.contains(1) && !input.hasSteps()) {
            throw new IllegalArgumentException(where + " has a slope for each step, but its input " + input
                    + " has any number of steps; share them (Prelu.sharing(1)), or give the input a number of steps");
        }
        int steps = sharedAxes.contains(1) ? 1 : input.steps();
        int width = sharedAxes.contains(2) ? 1 : input.features();
        return new Slopes(weights.parameter(alpha, Initializer.zeros(), steps, width), input);
    }

    private record Slopes(Parameter alpha, Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return List.of(alpha);
        }

        @Override
        public Var apply(Var input) {
            return RectifierOps.prelu(input, alpha);
        }
    }
}
