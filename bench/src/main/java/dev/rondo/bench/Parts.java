package dev.rondo.bench;

import dev.rondo.bench.Part.Kind;
import dev.rondo.bench.Part.Pass;
import dev.rondo.bench.Part.Product;
import dev.rondo.bench.Part.Work;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Signature;
import dev.rondo.nn.rnn.Bidirectional;
import dev.rondo.nn.rnn.Gru;
import dev.rondo.nn.rnn.Lstm;
import dev.rondo.nn.rnn.RecurrentLayer;
import dev.rondo.nn.rnn.SimpleRnn;
import dev.rondo.nn.rnn.StackedRnn;
import dev.rondo.op.Activation;
import dev.rondo.op.BlockwiseCrossEntropy;
import dev.rondo.tape.Ops;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts the operations of a step as [Arithmetic] does, and the bytes that must move for them at least, part by part.
///
/// With R rows (steps of all sequences) in each of P pieces, F features, H units and `n = GH` gate columns, in numbers of 4 bytes:
///
/// ```text
/// product [m, k] [k, n]        reads m k + k n, changes m n; set: all three
///   input                      m = R         k = F     and back with m = R, n = F, k = GH
///   recurrent, T times         m = R / T     k = H     and back with n = H, k = GH: the weights are read at each time step
///   gradients                  m = F + H     k = R
/// gates, forward and back      change R n and three (LSTM) or one (others) times R H
/// embedding E wide             reads 2 R E, changes R E and the E numbers of each different word
/// update of N weights          sum of gradients: reads and changes (P-1) N; clipping: reads N; optimizer: reads N, changes (1 + moments) N;
///                              packing, for products forward and back: reads 2 N, changes 2 N
/// ```
///
/// A prediction has the forward parts only. There, behind an embedding, the rows of the input product are looked up:
/// it reads and changes R n and multiplies nothing. Biases, dropout and what lies between layers count nothing.
final class Parts {
    private static final double FLOAT = 4;

    private final Step step;
    private final int sequences;
    private final int rows;
    private final List<Part> parts = new ArrayList<>();
    private int layer;
    private boolean fromData;
    private double weights;
    private double summed;

    private Parts(Step step) {
        this.step = step;
        sequences = Math.ceilDiv(step.sequences(), step.pieces());
        rows = sequences * step.steps();
    }

    static List<Part> of(Step step) {
        Parts counted = new Parts(step);
        counted.count();
        return List.copyOf(counted.parts);
    }

    private void count() {
        var model = step.model();
        Signature input = model.input();
        fromData = input.kind() != Signature.Kind.TOKENS;
        for (layer = 0; layer < model.layers().size(); layer++) {
            boolean hasWeights = !model.modules().get(layer).parameters().isEmpty();
            boolean looksUp = !step.trained() && layer > 0 && model.layers().get(layer - 1) instanceof Embedding;
            switch (model.layers().get(layer)) {
                case Embedding table -> embedding(table);
                case RecurrentLayer cell -> recurrent(cell, input.features(), looksUp);
                case Bidirectional both -> {
                    recurrent(both.layer(), input.features(), looksUp);
                    recurrent(both.layer(), input.features(), looksUp);
                }
                case Dense dense ->
                    dense(dense, input.features(), input.kind() == Signature.Kind.VECTOR ? sequences : rows);
                case Layer other when hasWeights ->
                    throw new IllegalArgumentException("the bytes of a " + other.getClass().getSimpleName()
                            + " are not counted; count them here, or take the layer out of the workload");
                default -> {}
            }
            fromData &= !hasWeights;
            input = model.modules().get(layer).output();
        }
        if (step.trained()) {
            update();
        }
    }

    private void embedding(Embedding table) {
        if (!step.trained()) {
            return;
        }
        double batch = (double) rows * step.pieces() * table.outputDim();
        double touched = (double) step.words() * table.outputDim();
        move(Kind.EMBEDDING, step.pieces(), 2 * batch, batch + touched, batch / step.pieces() + touched, null);
        weights += touched;
    }

    private void recurrent(RecurrentLayer cell, int features, boolean looksUp) {
        int units = cell.units();
        int columns = Arithmetic.gates(cell) * units;
        int pieces = step.pieces();
        if (looksUp) {
            double all = (double) rows * pieces * columns;
            move(Kind.INPUT, pieces, all, all, (double) rows * columns, null);
        } else {
            product(Kind.INPUT, pieces, 1, rows, columns, features);
        }
        product(Kind.RECURRENT, pieces, step.steps(), sequences, columns, units);
        gates(cell, columns, false);
        if (step.trained()) {
            gates(cell, columns, true);
            product(Kind.RECURRENT, pieces, step.steps(), sequences, units, columns);
            product(Kind.GRADIENTS, pieces, 1, features + units, columns, rows);
            if (!fromData) {
                product(Kind.INPUT, pieces, 1, rows, features, columns);
            }
            double size = (double) (features + units) * columns;
            weights += size;
            summed += size * (pieces - 1);
        }
    }

    private void gates(RecurrentLayer cell, int columns, boolean backward) {
        Work work = switch (cell) {
            case Lstm lstm -> lstm.activation() == Activation.RELU ? Work.LSTM_RELU : Work.LSTM_TANH;
            case Gru _ -> Work.GRU;
            case SimpleRnn simple -> simple.activation() == Activation.RELU ? Work.RELU : Work.TANH;
            case StackedRnn _ -> throw new IllegalArgumentException("the bytes of a StackedRnn are not counted");
        };
        int states = cell instanceof Lstm ? 3 : 1;
        double touched = (double) rows * (columns + states * cell.units());
        int pieces = step.pieces();
        move(Kind.GATES, pieces, 0, touched * pieces, touched,
                new Pass(work, backward, (double) step.steps() * pieces, sequences, cell.units()));
    }

    private void dense(Dense dense, int features, int count) {
        // A softmax over many classes is cut among threads by classes instead of sequences.
        boolean byClasses = dense.units() >= Ops.MANY_COLUMNS && step.trained();
        int pieces = byClasses ? BlockwiseCrossEntropy.MOST_PARTS : step.pieces();
        int m = byClasses ? count * step.pieces() : count;
        int n = byClasses ? dense.units() / pieces : dense.units();
        product(Kind.DENSE, pieces, 1, m, n, features);
        if (dense.activation() == Activation.SOFTMAX) {
            move(Kind.DENSE, pieces, 0, 0, 1, new Pass(Work.EXPONENTIAL, false, pieces, m, n));
        }
        if (step.trained()) {
            product(Kind.DENSE, pieces, 1, features, n, m);
            if (!fromData) {
                product(Kind.DENSE, pieces, 1, m, features, n);
            }
            double size = (double) features * dense.units();
            weights += size;
            summed += byClasses ? 0 : size * (pieces - 1);
        }
    }

    private void update() {
        double read = summed + weights * (step.clipped() ? 2 : 1) + 2 * weights;
        double changed = summed + weights * (1 + step.moments()) + 2 * weights;
        move(Kind.UPDATE, Integer.MAX_VALUE, read, changed, weights * (4 + step.moments()), null);
    }

    /// The same product in each piece, so many times one after another.
    private void product(Kind kind, int pieces, int times, int m, int n, int k) {
        double all = (double) pieces * times;
        double operands = (double) m * k + (double) k * n;
        double result = (double) m * n;
        parts.add(new Part(kind, layer, pieces, new Product(all, m, n, k), null, FLOAT * all * operands,
                FLOAT * all * result, FLOAT * (operands + result)));
    }

    /// Work on single numbers: how many are read and changed in all, and how many a piece goes over.
    private void move(Kind kind, int pieces, double read, double changed, double set, @Nullable Pass pass) {
        parts.add(new Part(kind, layer, pieces, null, pass, FLOAT * read, FLOAT * changed, FLOAT * set));
    }
}
