package dev.rondo.train;

import dev.rondo.data.Dataset;
import dev.rondo.data.Inputs;
import dev.rondo.nn.Model;
import dev.rondo.tape.Parameter;
import org.jspecify.annotations.Nullable;

/// Tells a training run that is over before the JVM has compiled it. More threads than one would take the cores on which the compiler
/// works. Only for programs that train once: the launcher asks for it by `-Drondo.early=true`, as it does for plain loops.
final class ShortFit {
    private static final boolean EARLY = Boolean.getBoolean("rondo.early");
    /// Multiply-adds of a tenth of a second of plain loops.
    private static final long ALL = 1L << 28;
    /// Forward, gradient of the input, gradient of the weights.
    private static final int PASSES = 3;

    private ShortFit() {}

    /// The number of threads that help: one if the run is short and the program has just begun, otherwise as many as are wanted.
    static int threads(int wanted, Model model, Dataset data, Fit fit) {
        return threads(EARLY, wanted, model, data, fit);
    }

    static int threads(boolean early, int wanted, Model model, Dataset data, Fit fit) {
        return early && isShort(model, data, fit) ? 1 : wanted;
    }

    /// Whether the multiply-adds of all epochs are few, if each weight is used once a step of each
    /// input: too many for tables of embeddings, and where several inputs share steps.
    static boolean isShort(Model model, Dataset data, Fit fit) {
        double weights = model.parameters().stream().mapToLong(Parameter::size).sum();
        double steps = PASSES * steps(data) + steps(fit.validation());
        return weights * steps * fit.epochs() <= ALL;
    }

    private static double steps(@Nullable Dataset data) {
        double steps = 0;
        if (data != null) {
            for (Inputs part : data.inputs().parts()) {
                for (int i = 0; i < part.size(); i++) {
                    steps += Math.max(1, part.length(i));
                }
            }
        }
        return steps;
    }
}
