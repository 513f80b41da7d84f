package dev.rondo.nn.norm;

import dev.rondo.nn.Checks;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Module;
import dev.rondo.nn.Signature;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NormalizationOps;
import dev.rondo.tape.NormalizationOps.Scaling;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;

/// Batch normalization (Ioffe and Szegedy 2015): each feature to mean 0 and variance 1 over the real steps of a batch that the mask
/// counts.
///
/// ```text
/// y = gamma (x - m) / sqrt(v + epsilon) + beta        gamma one and beta zero at first
/// ```
///
/// While training, m and v are those of the batch, which is then not cut in slices; the moving ones follow them:
/// `moving = momentum * moving + (1 - momentum) * batch`. At inference, and where the layer's moving mean is frozen, m and v are the
/// moving ones.
///
/// @param momentum in [0, 1], 0.99 by default
/// @param epsilon added to the variance, at least 0, 0.001 by default
/// @param center whether there is a beta, true by default
/// @param scale whether there is a gamma, true by default
public record BatchNormalization(double momentum, double epsilon, boolean center, boolean scale) implements Layer {
    /// @throws IllegalArgumentException if the momentum is not in [0, 1], or epsilon is negative
    public BatchNormalization {
        Scales.check("batch_normalization", epsilon);
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(
                    "batch_normalization: momentum is " + momentum + "; it must be from 0 to 1");
        }
    }

    /// The layer with Keras's defaults.
    public static BatchNormalization of() {
        return new BatchNormalization(0.99, 1e-3, true, true);
    }

    /// This layer with another momentum.
    public BatchNormalization momentum(double momentum) {
        return new BatchNormalization(momentum, epsilon, center, scale);
    }

    /// This layer with another epsilon.
    public BatchNormalization epsilon(double epsilon) {
        return new BatchNormalization(momentum, epsilon, center, scale);
    }

    @Override
    public String kind() {
        return "batch_normalization";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        Checks.numbers(kind() + " \"" + name + "\"", input);
        int features = input.features();
        Scaling scaling = Scales.make(name, features, epsilon, center, scale, weights);
        return new Columns(scaling, weights.state(name + "/moving_mean", Initializer.zeros(), features),
                weights.state(name + "/moving_variance", Initializer.ones(0, features), features), momentum, input);
    }

    private record Columns(Scaling scaling, Parameter mean, Parameter variance, double momentum, Signature output)
            implements
                Module {
        @Override
        public List<Parameter> parameters() {
            return Scales.parameters(scaling, mean, variance);
        }

        @Override
        public boolean mixesBatch() {
            return true;
        }

        @Override
        public Var apply(Var input) {
            return input.tape().isRecording() && !mean.isFrozen()
                    ? NormalizationOps.batch(input, scaling, mean, variance, momentum)
                    : NormalizationOps.batch(input, scaling, mean, variance);
        }
    }
}
