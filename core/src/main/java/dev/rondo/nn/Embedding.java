package dev.rondo.nn;

import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import java.util.List;
import java.util.random.RandomGenerator;

/// A table of vectors, one for each token: `[B, T]` ids to `[B, T, outputDim]`.
///
/// ```text
/// Y[t, b] = E[id[t, b]]        E [inputDim, outputDim], uniform in [-0.05, 0.05) at first
/// ```
///
/// @param inputDim size of the vocabulary, at least 1
/// @param outputDim length of a vector, at least 1
public record Embedding(int inputDim, int outputDim) implements Layer {
    /// @throws IllegalArgumentException if a size is less than 1
    public Embedding {
        Checks.positive("embedding", "inputDim", inputDim);
        Checks.positive("embedding", "outputDim", outputDim);
    }

    /// An embedding of `inputDim` tokens in vectors of length `outputDim`.
    public static Embedding of(int inputDim, int outputDim) {
        return new Embedding(inputDim, outputDim);
    }

    @Override
    public String kind() {
        return "embedding";
    }

    @Override
    public Module build(String name, Signature input, RandomGenerator random) {
        if (input.kind() != Signature.Kind.TOKENS) {
            throw new IllegalArgumentException("embedding \"" + name + "\" takes token ids, but its input is " + input
                    + "; put it first, or leave it out for float features");
        }
        Parameter table = new Parameter(name + "/embeddings", Initializers.uniform(random, 0.05f, inputDim, outputDim));
        return new Table(table, Signature.sequence(outputDim));
    }

    private record Table(Parameter table, Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return List.of(table);
        }

        @Override
        public Var apply(Var input) {
            return Ops.embedding(input, table);
        }
    }
}
