package dev.rondo.tasks;

import dev.rondo.data.Targets;
import dev.rondo.loss.Loss;
import dev.rondo.metric.Metric;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Layer;
import dev.rondo.nn.Signature;
import dev.rondo.op.Activation;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/// How the last layer of a classifier tells classes apart.
enum Head {
    /// One unit: the probability of the second of two classes.
    SIGMOID(Loss.BINARY_CROSSENTROPY),
    /// A unit for each class.
    SOFTMAX(Loss.SPARSE_CATEGORICAL_CROSSENTROPY);

    private final Loss loss;

    Head(Loss loss) {
        this.loss = loss;
    }

    Loss loss() {
        return loss;
    }

    /// The head of some layers.
    ///
    /// @throws IllegalArgumentException if the last layer cannot tell classes apart, or the layers do not fit together
    static Head of(List<Layer> layers) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("there are no layers; begin with an Embedding and end with a Dense");
        }
        Layer last = layers.getLast();
        boolean sigmoid = last instanceof Dense d && d.units() == 1 && d.activation() == Activation.SIGMOID;
        boolean softmax = last instanceof Dense d && d.units() > 1 && d.activation() == Activation.SOFTMAX;
        if (!sigmoid && !softmax) {
            throw new IllegalArgumentException("the last layer is " + describe(last)
                    + ", which gives no probabilities of classes; write Dense with units 1 and activation sigmoid for two "
                    + "classes, or Dense with n units and activation softmax for n");
        }
        Signature output = output(layers);
        if (output.kind() != Signature.Kind.VECTOR) {
            throw new IllegalArgumentException("the layers give " + output + ", a prediction for each step of a text; "
                    + "let the last recurrent layer not return sequences, or put a global pooling before the last layer");
        }
        return sigmoid ? SIGMOID : SOFTMAX;
    }

    /// The head of some layers, which must suit a vocabulary and classes.
    ///
    /// @throws IllegalArgumentException if they do not
    static Head of(List<Layer> layers, int vocabularySize, List<String> classes) {
        Head head = of(layers);
        int units = ((Dense) layers.getLast()).units();
        int count = classes.size();
        if (count != (head == SIGMOID ? 2 : units)) {
            throw new IllegalArgumentException("the last layer is " + describe(layers.getLast()) + ", but the data has "
                    + count + " classes (" + names(classes) + "); write Dense with units " + (count == 2 ? 1 : count)
                    + " and activation " + (count == 2 ? "sigmoid" : "softmax"));
        }
        if (layers.getFirst() instanceof Embedding table && table.inputDim() < vocabularySize) {
            throw new IllegalArgumentException("the embedding has " + table.inputDim() + " rows, but the vocabulary "
                    + vocabularySize + " ids; make it as large, or limit the size of the vocabulary");
        }
        return head;
    }

    /// What the layers give, without making a large table or random numbers.
    private static Signature output(List<Layer> layers) {
        Signature flowing = Signature.tokens();
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i) instanceof Embedding table ? Embedding.of(1, table.outputDim()) : layers.get(i);
            flowing = layer.build("layer " + (i + 1), flowing, (name, initial, shape) -> zeros(name, shape)).output();
        }
        return flowing;
    }

    private static Parameter zeros(String name, int[] shape) {
        int size = 1;
        for (int axis : shape) {
            size = Math.multiplyExact(size, axis);
        }
        return new Parameter(name, Tensor.of(new float[size], shape));
    }

    private static String describe(Layer layer) {
        return layer instanceof Dense dense
                ? "Dense with units " + dense.units() + " and activation " + dense.activation().id()
                : "a layer of kind " + layer.kind().toLowerCase(Locale.ROOT);
    }

    /// A last layer in few words: `Dense, 3 units, softmax`.
    static String briefly(Layer layer) {
        return layer instanceof Dense dense ? "Dense, %d unit%s, %s".formatted(dense.units(),
                dense.units() == 1 ? "" : "s", dense.activation().id()) : layer.kind();
    }

    /// The names of the first classes, for a line.
    static String names(List<String> classes) {
        int most = 8;
        return String.join(", ", classes.subList(0, Math.min(most, classes.size())))
                + (classes.size() > most ? ", ..." : "");
    }

    /// What to train on.
    Targets targets(int[] labels) {
        return this == SIGMOID ? Targets.binary(labels) : Targets.classes(labels);
    }

    /// The class that a row of the model's output says; the same rule as [Metric#ACCURACY].
    int label(float[] row) {
        return this == SOFTMAX ? Metric.best(row, 0, row.length) : row[0] > 0.5f ? 1 : 0;
    }

    /// The probability of a class in a row of the model's output.
    double probability(float[] row, int label) {
        return this == SOFTMAX ? row[label] : label == 1 ? row[0] : 1.0 - row[0];
    }
}
