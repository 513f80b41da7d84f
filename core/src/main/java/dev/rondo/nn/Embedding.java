package dev.rondo.nn;

import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import java.util.List;

/// A table of vectors, one for each token: `[B, T]` ids to `[B, T, outputDim]`.
///
/// ```text
/// Y[t, b] = E[id[t, b]]        E [inputDim, outputDim], uniform in [-0.05, 0.05) at first
/// ```
///
/// @param inputDim size of the vocabulary, at least 1
/// @param outputDim length of a vector, at least 1
/// @param masksZero whether token 0 is padding, whose steps the mask of the output leaves out, false by default
public record Embedding(int inputDim, int outputDim, boolean masksZero) implements Layer {
    /// @throws IllegalArgumentException if a size is less than 1, or the table too large for an array
    public Embedding {
        Checks.positive("embedding", "inputDim", inputDim);
        Checks.positive("embedding", "outputDim", outputDim);
        if ((long) inputDim * outputDim > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("embedding: inputDim * outputDim is " + (long) inputDim * outputDim
                    + "; it must be at most " + Integer.MAX_VALUE + ", so that the table fits in an array");
        }
    }

    /// An embedding without a mask.
    public Embedding(int inputDim, int outputDim) {
        this(inputDim, outputDim, false);
    }

    /// An embedding of `inputDim` tokens in vectors of length `outputDim`.
    public static Embedding of(int inputDim, int outputDim) {
        return new Embedding(inputDim, outputDim);
    }

    /// This layer taking token 0 for padding.
    public Embedding maskZero() {
        return new Embedding(inputDim, outputDim, true);
    }

    @Override
    public String kind() {
        return "embedding";
    }

    @Override
    public boolean isStepwise() {
        return true;
    }

    @Override
    public Module build(String name, Signature input, WeightSource weights) {
        if (input.kind() != Signature.Kind.TOKENS) {
            throw new IllegalArgumentException("embedding \"" + name + "\" takes token ids, but its input is " + input
                    + "; put it first, or leave it out for float features");
        }
        Parameter table = weights.parameter(name + "/embeddings", Initializer.uniform(0.05f), inputDim, outputDim);
        return new Table(table, masksZero, input.features(outputDim));
    }

    private record Table(Parameter table, boolean masksZero, Signature output) implements Module {
        @Override
        public List<Parameter> parameters() {
            return List.of(table);
        }

        @Override
        public Var apply(Var input) {
            Var vectors = Ops.embedding(input, table);
            return masksZero ? vectors.withMask(Mask.and(vectors.mask(), notZero(input))) : vectors;
        }

        private static Mask notZero(Var tokens) {
            int[] ids = tokens.ids();
            boolean[] rows = new boolean[tokens.rows()];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = ids[row] != 0;
            }
            return Mask.of(tokens.steps(), rows);
        }
    }
}
