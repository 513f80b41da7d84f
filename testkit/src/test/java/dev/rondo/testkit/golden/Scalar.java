package dev.rondo.testkit.golden;

import dev.rondo.tape.Tape;
import dev.rondo.tape.Var;
import java.util.ArrayList;
import java.util.List;

/// A scalar with given derivatives: `sum(value * weights)`, over several values, so that any gradient can be sent backwards.
final class Scalar {
    private record Term(Var value, float[] weights) {}

    private final List<Term> terms = new ArrayList<>();

    /// @param weights the derivative of the scalar by each element
    void add(Var value, float[] weights) {
        if (weights.length != value.size()) {
            throw new IllegalArgumentException(weights.length + " weights for a value of shape " + value);
        }
        terms.add(new Term(value, weights));
    }

    /// The scalar, as a value on the tape.
    Var on(Tape tape) {
        double sum = 0;
        for (Term term : terms) {
            for (int i = 0; i < term.weights.length; i++) {
                sum += (double) term.weights[i] * term.value.data()[i];
            }
        }
        float[] data = tape.buffers().take(1);
        data[0] = (float) sum;
        Var out = tape.result(data, 1, 1, null, true);
        tape.record(() -> terms.forEach(term -> backward(out, term)));
        return out;
    }

    private static void backward(Var out, Term term) {
        float[] dOut = out.gradient();
        float[] dValue = term.value.gradientToAdd();
        if (dOut != null && dValue != null) {
            for (int i = 0; i < term.weights.length; i++) {
                dValue[i] += dOut[0] * term.weights[i];
            }
        }
    }
}
