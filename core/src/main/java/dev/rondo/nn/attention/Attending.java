package dev.rondo.nn.attention;

import dev.rondo.nn.Checks;
import dev.rondo.nn.MultiModule;
import dev.rondo.nn.Signature;
import dev.rondo.tape.AttentionOps;
import dev.rondo.tape.AttentionOps.Options;
import dev.rondo.tape.AttentionOps.Score;
import dev.rondo.tape.Ops;
import dev.rondo.tape.Parameter;
import dev.rondo.tape.Var;
import dev.rondo.tensor.Mask;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Attention of one head over queries, values and perhaps keys as they come.
record Attending(Score score, double dropout, boolean causal, List<Parameter> parameters, Signature output)
        implements
            MultiModule {
    @Override
    public List<Signature> outputs() {
        return List.of(output);
    }

    @Override
    public List<Var> apply(List<Var> inputs) {
        Var queries = inputs.getFirst();
        Var values = inputs.get(1);
        Var attended = AttentionOps.attention(queries, values, inputs.getLast(), score,
                new Options(1, causal, dropout, false, false), values.mask());
        Mask mask = queries.mask();
        return List.of(mask == null ? attended : zeroed(attended, mask));
    }

    private static Var zeroed(Var x, Mask mask) {
        int[] from = new int[x.rows()];
        Arrays.setAll(from, row -> mask.counts(row) ? row : -1);
        return Ops.pick(x, from, x.steps()).withMask(mask);
    }

    /// What attention over those inputs gives.
    static Signature output(String layer, List<Signature> inputs) {
        if (inputs.size() < 2 || inputs.size() > 3) {
            throw new IllegalArgumentException(layer + " takes queries, values and perhaps keys, not " + inputs.size()
                    + " inputs");
        }
        inputs.forEach(input -> Checks.sequence(layer, input));
        Signature queries = inputs.getFirst();
        if (queries.features() != inputs.getLast().features()) {
            throw new IllegalArgumentException(layer + ": queries " + queries + " and keys " + inputs.getLast()
                    + " need the same number of features");
        }
        return queries.features(inputs.get(1).features());
    }

    static void checkDropout(String layer, double dropout) {
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException(
                    layer + ": dropout is " + dropout + "; it must be at least 0 and less than 1");
        }
    }

    static List<Parameter> present(@Nullable Parameter... parameters) {
        return Arrays.stream(parameters).filter(Objects::nonNull).map(p -> Objects.requireNonNull(p)).toList();
    }
}
