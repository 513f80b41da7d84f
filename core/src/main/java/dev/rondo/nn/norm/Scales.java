package dev.rondo.nn.norm;

import dev.rondo.nn.Initializer;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.NormalizationOps.Scaling;
import dev.rondo.tape.Parameter;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// The gamma and beta that normalizing layers share.
final class Scales {
    private Scales() {}

    static void check(String layer, double epsilon) {
        if (!(epsilon >= 0)) {
            throw new IllegalArgumentException(layer + ": epsilon is " + epsilon + "; it must be at least 0");
        }
    }

    static Scaling make(String name, int features, double epsilon, boolean center, boolean scale,
            WeightSource weights) {
        Parameter gamma = scale ? weights.parameter(name + "/gamma", Initializer.ones(0, features), features) : null;
        Parameter beta = center ? weights.parameter(name + "/beta", Initializer.zeros(), features) : null;
        return new Scaling(gamma, beta, epsilon);
    }

    static List<Parameter> parameters(Scaling scaling, Parameter... more) {
        return Stream.concat(Stream.of(scaling.gamma(), scaling.beta()).filter(Objects::nonNull), Stream.of(more))
                .toList();
    }
}
