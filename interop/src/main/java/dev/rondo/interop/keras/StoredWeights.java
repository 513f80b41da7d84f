package dev.rondo.interop.keras;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.ModelFormatException;
import dev.rondo.nn.Initializer;
import dev.rondo.nn.WeightSource;
import dev.rondo.tape.Parameter;
import dev.rondo.tensor.Tensor;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The weights in an HDF5 file, read one by one, each when a layer asks for it.
///
/// Keras 3 finds an array by its place in the model ([#byPath]), Keras 2 by its place among the layer's arrays ([#byOrder]).
final class StoredWeights implements WeightSource {
    private static final String LAYERS = "layers";
    private static final String OLD_LAYERS = "_layer_checkpoint_dependencies";

    private final Hdf file;
    private final Map<String, Source> sources = new HashMap<>();
    private final Map<String, List<Float>> given = new HashMap<>();
    private final Set<String> read = new HashSet<>();

    /// Where a weight comes from.
    ///
    /// @param path of the array
    /// @param piece which piece along the first axis
    /// @param pieces how many there are; 1 for the whole array
    private record Source(String path, int piece, int pieces, boolean reshaped) {}

    private StoredWeights(Hdf file, List<Part> parts) {
        this.file = file;
        parts.forEach(part -> part.collectGiven("", given));
    }

    /// The weights of a file that Keras 3 wrote with `model.save_weights`, or into a `.keras` archive.
    ///
    /// @param parts the layers of the model
    static StoredWeights byPath(Hdf file, List<Part> parts) throws ModelFormatException {
        StoredWeights weights = new StoredWeights(file, parts);
        boolean old = !file.isGroup(LAYERS) && file.isGroup(OLD_LAYERS);
        List<String> groups = Part.groups(parts);
        for (int i = 0; i < parts.size(); i++) {
            for (Variable variable : parts.get(i).variables()) {
                String path = LAYERS + "/" + groups.get(i) + "/" + variable.path();
                weights.add(variable, parts.get(i), old ? path.replace(LAYERS + "/", OLD_LAYERS + "/") : path);
            }
        }
        return weights;
    }

    /// The weights of a whole model in an `.h5` file, or of one that Keras 2 wrote with `model.save_weights`.
    ///
    /// @param group where they are: `model_weights`, or empty for the whole file
    /// @param parts the layers of the model
    static StoredWeights byOrder(Hdf file, String group, List<Part> parts) throws ModelFormatException {
        StoredWeights weights = new StoredWeights(file, parts);
        List<Part> weighted = parts.stream().filter(part -> !part.variables().isEmpty()).toList();
        List<String> names = file.texts(group, "layer_names").orElseThrow(() -> new ModelFormatException(
                file.place(group), "has no attribute 'layer_names', so this is no file of Keras weights"));
        List<String> groups = new ArrayList<>();
        Map<String, List<String>> stored = new HashMap<>();
        for (String name : names) {
            String path = group.isEmpty() ? name : group + "/" + name;
            List<String> arrays = file.texts(path, "weight_names").orElse(List.of()).stream()
                    .filter(array -> !array.contains("seed_generator")).toList();
            if (!arrays.isEmpty()) {
                groups.add(path);
                stored.put(path, arrays);
            }
        }
        if (groups.size() != weighted.size()) {
            throw new ModelFormatException(file.place(group), "has weights of " + groups.size()
                    + " layers, but the model has " + weighted.size() + " with weights ("
                    + String.join(", ", weighted.stream().map(Part::name).toList())
                    + "); do the weights belong to another model?");
        }
        for (int i = 0; i < weighted.size(); i++) {
            weights.addInOrder(groups.get(i), stored.getOrDefault(groups.get(i), List.of()), weighted.get(i));
        }
        return weights;
    }

    private void addInOrder(String group, List<String> arrays, Part part) throws ModelFormatException {
        List<Variable> variables = part.variables();
        List<Variable> ordered = Stream.concat(variables.stream().filter(Variable::trained),
                variables.stream().filter(variable -> !variable.trained())).toList();
        if (arrays.size() != ordered.size()) {
            throw new ModelFormatException(file.place(group), "has " + arrays.size() + " weights, but the layer "
                    + quote(part.name()) + " (" + part.className() + ") has " + ordered.size() + " ("
                    + String.join(", ", ordered.stream().map(Variable::name).toList())
                    + "); do the weights belong to another model?");
        }
        for (int i = 0; i < ordered.size(); i++) {
            String array = arrays.get(i);
            String name = array.substring(array.lastIndexOf('/') + 1).replaceFirst(":\\d+$", "");
            // Names of arrays that are not Keras's own, such as those of a converter, say nothing.
            boolean told = variables.stream().anyMatch(variable -> variable.name().equals(name));
            if (told && !ordered.get(i).name().equals(name)) {
                throw new ModelFormatException(file.place(group + "/" + array), "stands where the layer "
                        + quote(part.name()) + " (" + part.className() + ") has its " + ordered.get(i).name()
                        + "; do the weights belong to another model?");
            }
            add(ordered.get(i), part, group + "/" + array);
        }
    }

    private void add(Variable variable, Part part, String path) {
        int pieces = variable.weights().size();
        if (pieces == 0) {
            read.add(path);
        }
        for (int piece = 0; piece < pieces; piece++) {
            sources.put(part.weightName() + "/" + variable.weights().get(piece),
                    new Source(path, piece, pieces, variable.mayReshape()));
        }
    }

    /// @throws UncheckedIOException if the array is missing, of another shape or damaged
    @Override
    public Parameter parameter(String name, Initializer initial, int... shape) {
        List<Float> numbers = given.get(name);
        if (numbers != null) {
            return new Parameter(name, Tensor.of(spread(name, numbers, shape), shape));
        }
        Source source = sources.get(name);
        if (source == null) {
            throw new IllegalStateException("no array of Keras is known for the weight " + name);
        }
        try {
            return new Parameter(name, Tensor.of(values(source, shape), shape));
        } catch (ModelFormatException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One number for all features, or one for each.
    private static float[] spread(String name, List<Float> numbers, int[] shape) {
        float[] values = new float[Math.toIntExact(size(shape))];
        if (numbers.size() != 1 && numbers.size() != values.length) {
            throw new IllegalArgumentException("the configuration has " + numbers.size() + " numbers for the weight "
                    + quote(name) + " of shape " + Arrays.toString(shape));
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(numbers.size() == 1 ? 0 : i);
        }
        return values;
    }

    private float[] values(Source source, int[] shape) throws ModelFormatException {
        int[] wanted = shape;
        if (source.pieces > 1) {
            wanted = new int[shape.length + 1];
            wanted[0] = source.pieces;
            System.arraycopy(shape, 0, wanted, 1, shape.length);
        }
        int[] found = file.shape(source.path);
        if (found.length == 0 && wanted.length == 1) {
            read.add(source.path);
            float[] spread = new float[wanted[0]];
            Arrays.fill(spread, file.floats(source.path)[0]); // one number for all features
            return spread;
        }
        if (!(source.reshaped ? size(found) == size(wanted) : Arrays.equals(found, wanted))) {
            throw new ModelFormatException(file.place(source.path), "has the shape " + Arrays.toString(found)
                    + ", but the layer needs " + Arrays.toString(wanted)
                    + "; do the weights belong to another model?");
        }
        float[] values = file.floats(source.path);
        read.add(source.path);
        int size = values.length / source.pieces;
        return source.pieces == 1 ? values
                : Arrays.copyOfRange(values, source.piece * size, (source.piece + 1) * size);
    }

    private static long size(int[] shape) {
        long size = 1;
        for (int axis : shape) {
            size *= axis;
        }
        return size;
    }

    /// Throws if there are arrays of layers that no layer asked for: then the file is of another model.
    void requireAllRead() throws ModelFormatException {
        for (String group : List.of(LAYERS, OLD_LAYERS)) {
            for (String path : file.arrays(group)) {
                if (!read.contains(path) && !path.contains("/seed_generator/")) {
                    throw new ModelFormatException(file.place(path),
                            "belongs to no layer of the model; do the weights belong to another model?");
                }
            }
        }
    }
}
