package dev.rondo.testkit;

import dev.rondo.internal.kernel.Kernels;
import dev.rondo.op.Buffers;
import dev.rondo.op.GruOp;
import dev.rondo.op.GruResetBeforeOp;
import dev.rondo.op.LstmOp;
import dev.rondo.op.SimpleRnnOp;
import dev.rondo.op.Sum;
import dev.rondo.op.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// The recurrent ops behind one face, so that one contract is tested on all of them.
enum Cell {
    SIMPLE_RNN(1, List.of("y", "h")) {
        @Override
        Outcome forward(Buffers buffers, Problem problem, Map<String, float[]> in) {
            var cache = SimpleRnnOp.forward(K, buffers, problem.steps(), problem.direction(), in.get("x"), in.get("h0"),
                    new SimpleRnnOp.Weights(kernel(problem), recurrent(problem), in.get("bias"), problem.activation()));
            return outcome(problem, cache.y(), cache.lastH(), null, (d, g) -> SimpleRnnOp.backward(K, buffers, cache,
                    d.get("y"), d.get("h"), g.get("x"), g.get("h0"), sum(g.get("kernel")), sum(g.get("recurrent")),
                    g.get("bias")));
        }

        @Override
        ReferenceCell reference(Problem problem, Map<String, double[]> in) {
            return new ReferenceSimpleRnn(kernel(problem, in), recurrent(problem, in), in.get("bias"), a(problem));
        }
    },

    LSTM(4, List.of("y", "h", "c")) {
        @Override
        Outcome forward(Buffers buffers, Problem problem, Map<String, float[]> in) {
            var cache = LstmOp.forward(K, buffers, problem.steps(), problem.direction(), in.get("x"), in.get("h0"),
                    in.get("c0"), new LstmOp.Weights(kernel(problem), recurrent(problem), in.get("bias"),
                            problem.activation(), problem.recurrentActivation()));
            return outcome(problem, cache.y(), cache.lastH(), cache.lastC(), (d, g) -> LstmOp.backward(K, buffers,
                    cache, d.get("y"), d.get("h"), d.get("c"), g.get("x"), g.get("h0"), g.get("c0"),
                    sum(g.get("kernel")),
                    sum(g.get("recurrent")), g.get("bias")));
        }

        @Override
        ReferenceCell reference(Problem problem, Map<String, double[]> in) {
            return new ReferenceLstm(kernel(problem, in), recurrent(problem, in), in.get("bias"), a(problem),
                    s(problem));
        }
    },

    GRU(3, List.of("y", "h")) {
        @Override
        Outcome forward(Buffers buffers, Problem problem, Map<String, float[]> in) {
            var cache = GruOp.forward(K, buffers, problem.steps(), problem.direction(), in.get("x"), in.get("h0"),
                    new GruOp.Weights(kernel(problem), recurrent(problem), in.get("bias"), in.get("recurrent_bias"),
                            problem.activation(), problem.recurrentActivation()));
            return outcome(problem, cache.y(), cache.lastH(), null, (d, g) -> GruOp.backward(K, buffers, cache,
                    d.get("y"), d.get("h"), g.get("x"), g.get("h0"), sum(g.get("kernel")), sum(g.get("recurrent")),
                    g.get("bias"), g.get("recurrent_bias")));
        }

        @Override
        ReferenceCell reference(Problem problem, Map<String, double[]> in) {
            return new ReferenceGru(kernel(problem, in), recurrent(problem, in), in.get("bias"),
                    in.get("recurrent_bias"), a(problem), s(problem));
        }
    },

    GRU_RESET_BEFORE(3, List.of("y", "h")) {
        @Override
        Outcome forward(Buffers buffers, Problem problem, Map<String, float[]> in) {
            var cache = GruResetBeforeOp.forward(K, buffers, problem.steps(), problem.direction(), in.get("x"),
                    in.get("h0"), new GruResetBeforeOp.Weights(kernel(problem), recurrent(problem), in.get("bias"),
                            problem.activation(), problem.recurrentActivation()));
            return outcome(problem, cache.y(), cache.lastH(), null, (d, g) -> GruResetBeforeOp.backward(K, buffers,
                    cache, d.get("y"), d.get("h"), g.get("x"), g.get("h0"), sum(g.get("kernel")),
                    sum(g.get("recurrent")),
                    g.get("bias")));
        }

        @Override
        ReferenceCell reference(Problem problem, Map<String, double[]> in) {
            return new ReferenceGruResetBefore(kernel(problem, in), recurrent(problem, in), in.get("bias"), a(problem),
                    s(problem));
        }
    };

    private static final Kernels K = Kernels.best();

    private final int gates;
    private final List<String> outputs;

    Cell(int gates, List<String> outputs) {
        this.gates = gates;
        this.outputs = outputs;
    }

    /// Adds the gradients of inputs, given those of outputs, both by name.
    interface Backward {
        void add(Map<String, float[]> dOutputs, Map<String, float[]> dInputs);
    }

    /// What forward gave: outputs by name, each of its own size, and the way back, which can be gone once.
    record Outcome(Map<String, float[]> outputs, Backward backward) {}

    /// Runs the op.
    ///
    /// @param in the inputs of the problem, perhaps in longer arrays
    abstract Outcome forward(Buffers buffers, Problem problem, Map<String, float[]> in);

    abstract ReferenceCell reference(Problem problem, Map<String, double[]> in);

    int gates() {
        return gates;
    }

    List<String> outputs() {
        return outputs;
    }

    private static Outcome outcome(Problem problem, float[] y, float[] h, float @Nullable [] c, Backward backward) {
        Map<String, float[]> all = new TreeMap<>();
        all.put("y", Arrays.copyOf(y, problem.sizeOf("y")));
        all.put("h", Arrays.copyOf(h, problem.sizeOf("h")));
        if (c != null) {
            all.put("c", Arrays.copyOf(c, problem.sizeOf("c")));
        }
        return new Outcome(all, backward);
    }

    /// Where the gradient of a weight goes: a sum that begins with NaN has been added nothing to.
    private static @Nullable Sum sum(float @Nullable [] values) {
        return values == null ? null : new Sum(values, Float.isNaN(values[0]));
    }

    Weight kernel(Problem problem) {
        return new Weight(problem.inputs().get("kernel"), problem.features(), gates * problem.units());
    }

    Weight recurrent(Problem problem) {
        return new Weight(problem.inputs().get("recurrent"), problem.units(), gates * problem.units());
    }

    double[][] kernel(Problem problem, Map<String, double[]> in) {
        return ReferenceOps.matrix(in.get("kernel"), problem.features(), gates * problem.units());
    }

    double[][] recurrent(Problem problem, Map<String, double[]> in) {
        return ReferenceOps.matrix(in.get("recurrent"), problem.units(), gates * problem.units());
    }

    private static DoubleUnaryOperator a(Problem problem) {
        return ReferenceActivation.of(problem.activation());
    }

    private static DoubleUnaryOperator s(Problem problem) {
        return ReferenceActivation.of(problem.recurrentActivation());
    }
}
