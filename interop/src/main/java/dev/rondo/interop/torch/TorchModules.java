package dev.rondo.interop.torch;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.torch.TorchModule.BatchNorm;
import dev.rondo.interop.torch.TorchModule.CellKind;
import dev.rondo.interop.torch.TorchModule.Convolution;
import dev.rondo.interop.torch.TorchModule.Direction;
import dev.rondo.interop.torch.TorchModule.Matrix;
import dev.rondo.interop.torch.TorchModule.Norm;
import dev.rondo.interop.torch.TorchModule.Recurrent;
import dev.rondo.io.ModelFormatException;
import dev.rondo.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the modules behind the names of a state_dict: `lstm.weight_ih_l0`, `lstm.weight_hh_l0`, ... are one nn.LSTM.
final class TorchModules {
    private static final Pattern RECURRENT = Pattern
            .compile("(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l(\\d{1,4})(_reverse)?)?");
    private static final Set<String> PLAIN = Set.of("weight", "bias", "running_mean", "running_var");
    private static final Pattern DIGITS = Pattern.compile("\\d+");

    private final StateDict source;

    private TorchModules(StateDict source) {
        this.source = source;
    }

    /// The modules in the order of the model; of a file that does not keep the order, by name.
    ///
    /// @throws ModelFormatException if a weight belongs to no module that is known, or one is missing or of a wrong shape
    static List<TorchModule> of(StateDict source) throws ModelFormatException {
        return new TorchModules(source).read();
    }

    private List<TorchModule> read() throws ModelFormatException {
        SequencedMap<String, SequencedMap<String, Tensor>> groups = new LinkedHashMap<>();
        source.tensors().forEach((name, tensor) -> {
            int dot = name.lastIndexOf('.');
            groups.computeIfAbsent(name.substring(0, Math.max(dot, 0)), _ -> new LinkedHashMap<>())
                    .put(name.substring(dot + 1), tensor);
        });
        List<String> names = new ArrayList<>(groups.keySet());
        if (!source.ordered()) {
            names.sort((a, b) -> natural(a).compareTo(natural(b)));
        }
        List<TorchModule> modules = new ArrayList<>();
        for (String name : names) {
            SequencedMap<String, Tensor> weights = groups.get(name);
            if (weights.keySet().stream().anyMatch(weight -> RECURRENT.matcher(weight).matches())) {
                modules.addAll(recurrent(name, weights));
            } else {
                modules.add(plain(name, weights));
            }
        }
        if (!source.ordered()) {
            requireDistinct(modules);
        }
        return modules;
    }

    /// The name with numbers of equal length, so that `fc.10` comes after `fc.9`.
    private static String natural(String name) {
        return DIGITS.matcher(name).replaceAll(match -> "0".repeat(Math.max(0, 12 - match.group().length()))
                + match.group());
    }

    /// Modules of the same shapes can only be told apart by their order, or by the numbers in their names.
    private void requireDistinct(List<TorchModule> modules) throws ModelFormatException {
        for (String pair : alike(modules)) {
            throw new ModelFormatException(source.source(), pair
                    + ", and a safetensors file does not say which comes first; save the model with torch.save");
        }
    }

    /// Modules of the same shapes whose names do not count them, such as `'a' and 'b' are both LayerNorm of 4`.
    static List<String> alike(List<TorchModule> modules) {
        Map<String, TorchModule> seen = new HashMap<>();
        List<String> pairs = new ArrayList<>();
        for (TorchModule module : modules) {
            TorchModule other = seen.putIfAbsent(module.description(), module);
            if (other != null && !Numbering.stem(other).equals(Numbering.stem(module))) {
                pairs.add("'" + other.name() + "' and '" + module.name() + "' are both " + module.description());
            }
        }
        return pairs;
    }

    private TorchModule plain(String name, SequencedMap<String, Tensor> weights) throws ModelFormatException {
        for (String weight : weights.keySet()) {
            if (!PLAIN.contains(weight)) {
                throw unknown(full(name, weight));
            }
        }
        Tensor weight = weights.get("weight");
        Tensor bias = weights.get("bias");
        Tensor mean = weights.get("running_mean");
        Tensor variance = weights.get("running_var");
        if (mean != null || variance != null) {
            int[] shape = require(name, weights, "running_mean").shape();
            requireShape(full(name, "running_var"), require(name, weights, "running_var"), shape);
            requireShape(full(name, "weight"), weight, shape);
            requireShape(full(name, "bias"), bias, shape);
            return new BatchNorm(name, weight, bias, weights.get("running_mean"), weights.get("running_var"));
        }
        if (weight == null) {
            throw unknown(full(name, "bias"));
        }
        requireShape(full(name, "bias"), bias, weight.rank() == 0 ? 1 : weight.shape()[0]);
        return switch (weight.rank()) {
            case 1 -> new Norm(name, weight, bias);
            case 2 -> new Matrix(name, weight, bias);
            case 3 -> new Convolution(name, weight, bias);
            default -> throw new ModelFormatException(source.source(), quote(full(name, "weight")) + " has the shape "
                    + Arrays.toString(weight.shape()) + ", which no module has that Rondo knows");
        };
    }

    private List<TorchModule> recurrent(String name, SequencedMap<String, Tensor> weights)
            throws ModelFormatException {
        Map<Integer, Map<String, Tensor>> layers = new TreeMap<>();
        for (var weight : weights.entrySet()) {
            Matcher matcher = RECURRENT.matcher(weight.getKey());
            if (!matcher.matches()) {
                throw unknown(full(name, weight.getKey()));
            }
            int layer = matcher.group(2) == null ? Recurrent.CELL : Integer.parseInt(matcher.group(2));
            layers.computeIfAbsent(layer, _ -> new HashMap<>())
                    .put(matcher.group(1) + (matcher.group(3) == null ? "" : matcher.group(3)), weight.getValue());
        }
        List<TorchModule> modules = new ArrayList<>();
        for (var layer : layers.entrySet()) {
            String suffix = layer.getKey() == Recurrent.CELL ? "" : "_l" + layer.getKey();
            Direction forward = direction(name, suffix, "", layer.getValue());
            boolean both = layer.getValue().keySet().stream().anyMatch(key -> key.endsWith("_reverse"));
            Direction backward = both ? direction(name, suffix, "_reverse", layer.getValue()) : null;
            CellKind kind = kind(full(name, "weight_hh" + suffix), forward);
            if (backward != null && (!Arrays.equals(forward.input().shape(), backward.input().shape())
                    || !Arrays.equals(forward.recurrent().shape(), backward.recurrent().shape())
                    || (forward.inputBias() == null) != (backward.inputBias() == null))) {
                throw new ModelFormatException(source.source(), quote(full(name, "weight_ih" + suffix + "_reverse"))
                        + " and its companions have other shapes than those of the forward direction");
            }
            modules.add(new Recurrent(name, kind, layer.getKey(), forward, backward));
        }
        return modules;
    }

    private Direction direction(String name, String suffix, String way, Map<String, Tensor> weights)
            throws ModelFormatException {
        Tensor input = weights.get("weight_ih" + way);
        Tensor recurrent = weights.get("weight_hh" + way);
        if (input == null || recurrent == null) {
            throw new ModelFormatException(source.source(),
                    quote(full(name, (input == null ? "weight_ih" : "weight_hh") + suffix + way)) + " is missing");
        }
        if (input.rank() != 2 || recurrent.rank() != 2 || input.shape()[0] != recurrent.shape()[0]
                || input.size() == 0 || recurrent.size() == 0) {
            throw new ModelFormatException(source.source(), quote(full(name, "weight_ih" + suffix + way))
                    + " has the shape " + Arrays.toString(input.shape()) + " and weight_hh "
                    + Arrays.toString(recurrent.shape()) + "; expected [G * H, F] and [G * H, H]");
        }
        int rows = input.shape()[0];
        Tensor inputBias = weights.get("bias_ih" + way);
        Tensor recurrentBias = weights.get("bias_hh" + way);
        requireShape(full(name, "bias_ih" + suffix + way), inputBias, rows);
        requireShape(full(name, "bias_hh" + suffix + way), recurrentBias, rows);
        if ((inputBias == null) != (recurrentBias == null)) {
            throw new ModelFormatException(source.source(), quote(full(name, (inputBias == null ? "bias_ih" : "bias_hh")
                    + suffix + way)) + " is missing");
        }
        Tensor projection = weights.get("weight_hr" + way);
        requireShape(full(name, "weight_hr" + suffix + way), projection, recurrent.shape()[1], rows / 4);
        return new Direction(input, recurrent, inputBias, recurrentBias, projection);
    }

    private CellKind kind(String weight, Direction direction) throws ModelFormatException {
        int rows = direction.recurrent().shape()[0];
        int columns = direction.recurrent().shape()[1];
        if (direction.projection() != null && rows % 4 == 0) {
            return CellKind.LSTM;
        }
        for (CellKind kind : CellKind.values()) {
            if (rows == (long) kind.gates() * columns) {
                return kind;
            }
        }
        throw new ModelFormatException(source.source(), quote(weight) + " has the shape [" + rows + ", " + columns
                + "]; expected as many rows as columns (RNN), three times (GRU) or four times as many (LSTM)");
    }

    private Tensor require(String name, Map<String, Tensor> weights, String weight) throws ModelFormatException {
        Tensor tensor = weights.get(weight);
        if (tensor == null) {
            throw new ModelFormatException(source.source(), quote(full(name, weight)) + " is missing");
        }
        return tensor;
    }

    private void requireShape(String name, @Nullable Tensor tensor, int... shape) throws ModelFormatException {
        if (tensor != null && !Arrays.equals(tensor.shape(), shape)) {
            throw new ModelFormatException(source.source(), quote(name) + " has the shape "
                    + Arrays.toString(tensor.shape()) + "; expected " + Arrays.toString(shape));
        }
    }

    private static String full(String module, String weight) {
        return module.isEmpty() ? weight : module + "." + weight;
    }

    private ModelFormatException unknown(String weight) {
        return new ModelFormatException(source.source(), quote(weight)
                + " belongs to no module that Rondo knows, which are "
                + "RNN, LSTM, GRU, their cells, Embedding, Linear, LayerNorm, BatchNorm1d and Conv1d; leave it out of the file, or build "
                + "the model without it");
    }
}
