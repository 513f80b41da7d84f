package dev.rondo.internal.kernel;

/// The activation of candidate and output for which the LSTM has a pass of its own; its gates are sigmoids.
public enum CellActivation {
    /// `y = tanh x`.
    TANH {
        @Override
        float of(float x) {
            return ScalarKernels.tanh(x);
        }

        @Override
        float back(float y, float dy) {
            return dy - dy * y * y;
        }
    },
    /// `y = max(x, 0)`.
    RELU {
        @Override
        float of(float x) {
            return Math.max(x, 0f);
        }

        @Override
        float back(float y, float dy) {
            return y > 0f ? dy : 0f;
        }
    };

    abstract float of(float x);

    /// The gradient of x where y has the gradient dy.
    abstract float back(float y, float dy);
}
