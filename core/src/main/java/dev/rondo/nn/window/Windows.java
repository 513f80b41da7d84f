package dev.rondo.nn.window;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Signature;
import dev.rondo.op.Window;

/// What layers over windows of steps give.
final class Windows {
    private Windows() {}

    /// The signature of one value for each window.
    static Signature output(String layer, Signature input, Window window) {
        Checks.sequence(layer, input);
        return input.hasSteps() ? steps(layer, input, window.outputs(input.steps())) : input;
    }

    /// A signature of that many steps.
    static Signature steps(String layer, Signature input, int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException(layer + " leaves nothing of the " + input.steps()
                    + " steps of its input; use longer sequences or a smaller window");
        }
        return input.steps(steps);
    }
}
