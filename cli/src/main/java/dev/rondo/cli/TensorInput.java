package dev.rondo.cli;

import dev.rondo.data.Inputs;
import dev.rondo.io.Archive;
import dev.rondo.nn.Embedding;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The tensors `input` and `lengths` of a file as sequences for a model.
///
/// @param sequences the sequences
/// @param steps the second axis of `input`, T: the length of the longest sequence, or more
record TensorInput(Inputs sequences, int steps) {
    static final String INPUT = "input";
    static final String LENGTHS = "lengths";

    /// Takes the sequences out of a file.
    ///
    /// @param file what errors call it
    static TensorInput of(Archive archive, Sequential model, String file) {
        String name = name(archive, 0, 1);
        IntTensor ints = archive.ints().get(name);
        Tensor floats = archive.tensors().get(name);
        if (ints == null && floats == null) {
            throw missing(archive, INPUT, model.input(), file);
        }
        int[] shape = ints != null ? ints.shape() : floats.shape();
        Signature wanted = model.input();
        if (wanted.kind() == Signature.Kind.VECTOR) {
            throw new Failure("%s: has a tensor 'lengths', but the model takes %s and no sequences; leave it out"
                    .formatted(file, wanted));
        }
        checkShape(name, shape, wanted, file);
        int axes = axes(wanted);
        int[] lengths = lengths(archive, shape, file);
        if (axes == 3) {
            return new TensorInput(features(values(ints, floats), shape, lengths, file), shape[1]);
        }
        int[] ids = ints != null ? ints.data() : whole(floats.data(), shape[1], file);
        checkIds(ids, shape[1], model, file);
        int[][] rows = new int[shape[0]][];
        for (int b = 0; b < rows.length; b++) {
            rows[b] = Arrays.copyOfRange(ids, b * shape[1], b * shape[1] + lengths[b]);
        }
        return new TensorInput(Inputs.tokens(rows), shape[1]);
    }

    /// All inputs of a model as floats.
    ///
    /// @param inputs what the model takes
    /// @param file what errors call the file
    static List<Tensor> all(Archive archive, List<Signature> inputs, String file) {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            String name = name(archive, i, inputs.size());
            IntTensor ints = archive.ints().get(name);
            Tensor floats = archive.tensors().get(name);
            if (ints == null && floats == null) {
                throw missing(archive, name, inputs.get(i), file);
            }
            Tensor tensor = floats != null ? floats : Tensor.of(values(ints, null), ints.shape());
            checkShape(name, tensor.shape(), inputs.get(i), file);
            if (!all.isEmpty() && all.getFirst().dim(0) != tensor.dim(0)) {
                throw new Failure(
                        "%s: tensor '%s' holds %d sequences or vectors, but '%s' holds %d; give as many in each"
                                .formatted(file, name, tensor.dim(0), name(archive, 0, inputs.size()),
                                        all.getFirst().dim(0)));
            }
            all.add(tensor);
        }
        return all;
    }

    private static Failure missing(Archive archive, String name, Signature wanted, String file) {
        String there = String.join(", ",
                Stream.concat(archive.tensors().keySet().stream(), archive.ints().keySet().stream()).sorted().toList());
        return new Failure("%s: no tensor '%s', which the model takes as %s; %s".formatted(file, name, wanted,
                there.isEmpty() ? "the file is empty: store it there"
                        : "there is " + there + ": rename the one that it is"));
    }

    private static int axes(Signature wanted) {
        return wanted.kind() == Signature.Kind.SEQUENCE ? 3 : 2;
    }

    /// Throws if a tensor does not fit an input.
    private static void checkShape(String name, int[] shape, Signature wanted, String file) {
        int axes = axes(wanted);
        String remedy = "";
        if (shape.length != axes) {
            remedy = "store it with " + axes + " axes";
        } else if (shape[0] == 0) {
            remedy = "store at least one sequence or vector";
        } else if (wanted.kind() != Signature.Kind.TOKENS && shape[axes - 1] != wanted.features()) {
            remedy = "store " + wanted.features() + " features";
        } else if (wanted.hasSteps() && shape[1] != wanted.steps()) {
            remedy = "cut the sequences or fill them up to " + wanted.steps() + " steps";
        }
        if (!remedy.isEmpty()) {
            throw new Failure("%s: tensor '%s' has shape %s, but the model takes %s; %s"
                    .formatted(file, name, Arrays.toString(shape), wanted, remedy));
        }
    }

    /// A single input may be called `input` or `input_0`.
    private static String name(Archive archive, int number, int inputs) {
        String numbered = INPUT + "_" + number;
        boolean there = archive.ints().containsKey(numbered) || archive.tensors().containsKey(numbered);
        return inputs == 1 && !there ? INPUT : numbered;
    }

    private static int[] lengths(Archive archive, int[] shape, String file) {
        IntTensor given = archive.ints().get(LENGTHS);
        if (given == null) {
            if (archive.tensors().containsKey(LENGTHS)) {
                throw new Failure(file + ": tensor 'lengths' holds floats; store it as I32");
            }
            int[] all = new int[shape[0]];
            Arrays.fill(all, shape[1]);
            if (all.length > 0 && shape[1] == 0) {
                throw new Failure(file + ": tensor 'input' has no steps; a sequence needs at least one");
            }
            return all;
        }
        if (!Arrays.equals(given.shape(), new int[] {shape[0]})) {
            throw new Failure("%s: tensor 'lengths' has shape %s; expected [%d], one length for each sequence"
                    .formatted(file, Arrays.toString(given.shape()), shape[0]));
        }
        for (int b = 0; b < shape[0]; b++) {
            int length = given.data()[b];
            if (length < 1 || length > shape[1]) {
                throw new Failure("%s: tensor 'lengths': length %d of sequence %d; expected 1 to %d"
                        .formatted(file, length, b, shape[1]));
            }
        }
        return given.data();
    }

    private static float[] values(@Nullable IntTensor ints, @Nullable Tensor floats) {
        if (floats != null) {
            return floats.data();
        }
        float[] values = new float[ints == null ? 0 : ints.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ints.data()[i];
        }
        return values;
    }

    private static Inputs features(float[] values, int[] shape, int[] lengths, String file) {
        float[][] rows = new float[shape[0]][];
        int stride = shape[1] * shape[2];
        for (int b = 0; b < rows.length; b++) {
            rows[b] = Arrays.copyOfRange(values, b * stride, b * stride + lengths[b] * shape[2]);
        }
        try {
            return new Inputs.Features(rows, shape[2]);
        } catch (IllegalArgumentException e) {
            throw new Failure(file + ": tensor 'input': " + e.getMessage());
        }
    }

    private static int[] whole(float[] values, int steps, String file) {
        int[] ids = new int[values.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) values[i];
            if (ids[i] != values[i]) {
                throw new Failure(
                        "%s: tensor 'input': number %s at [%d, %d] is no token id; the model takes whole numbers"
                                .formatted(file, values[i], i / steps, i % steps));
            }
        }
        return ids;
    }

    private static void checkIds(int[] ids, int steps, Sequential model, String file) {
        int vocabulary = model.layers().getFirst() instanceof Embedding table ? table.inputDim() : Integer.MAX_VALUE;
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary) {
                throw new Failure(
                        "%s: tensor 'input': token id %d at [%d, %d]; the model knows ids 0 to %d: give others the id of the unknown word"
                                .formatted(file, ids[i], i / steps, i % steps, vocabulary - 1));
            }
        }
    }
}
