package dev.rondo.interop.torch;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.torch.PickleValue.Callable;
import dev.rondo.interop.torch.PickleValue.Dict;
import dev.rondo.interop.torch.PickleValue.Storage;
import dev.rondo.interop.torch.PickleValue.StoredTensor;
import dev.rondo.interop.torch.PickleValue.Text;
import dev.rondo.interop.torch.PickleValue.Tuple;
import dev.rondo.interop.torch.PickleValue.Whole;
import dev.rondo.io.ModelFormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// The few Python callables that a pickle may name, and what calling them gives: dictionaries and tensors, nothing else.
///
/// No name from a file becomes a class or a method here; it is looked up in a list.
final class TorchObjects {
    private static final Callable ORDERED_DICT = new Callable("collections", "OrderedDict");
    private static final Callable TENSOR = new Callable("torch._utils", "_rebuild_tensor_v2");
    private static final Callable PARAMETER = new Callable("torch._utils", "_rebuild_parameter");
    private static final Set<Callable> CALLABLES = Set.of(ORDERED_DICT, TENSOR, PARAMETER);
    private static final String METADATA = "_metadata";
    private static final int MOST_AXES = 8;

    private final String where;

    /// @param where the file and entry, for errors
    TorchObjects(String where) {
        this.where = where;
    }

    /// What a pickle means by the name of a class or function.
    Callable find(String module, String name) throws ModelFormatException {
        Callable callable = new Callable(module, name);
        if (CALLABLES.contains(callable) || module.equals("torch") && TorchType.of(name) != null) {
            return callable;
        }
        throw refused("names " + quote(callable.fullName())
                + ", which is not among what Rondo reads, tensors and dictionaries; " + advice(callable));
    }

    private static String advice(Callable callable) {
        if (callable.module().equals("torch") && callable.name().endsWith("Storage")) {
            return "convert the tensor to float32 before saving it; read are " + String.join(", ",
                    TorchType.classNames());
        }
        return "save the weights alone: torch.save(model.state_dict(), file)";
    }

    /// Calls one of the callables.
    PickleValue call(PickleValue callable, PickleValue arguments) throws ModelFormatException {
        if (!(callable instanceof Callable known) || !CALLABLES.contains(known)) {
            throw refused("calls " + quote(callable.kind()) + ", which cannot be called");
        }
        if (!(arguments instanceof Tuple(List<PickleValue> items))) {
            throw refused("calls " + known.fullName() + " with " + arguments.kind() + "; expected a tuple");
        }
        if (known.equals(ORDERED_DICT)) {
            if (!items.isEmpty()) {
                throw refused("calls " + known.fullName() + " with " + items.size() + " arguments; expected none");
            }
            return new Dict(new LinkedHashMap<>());
        }
        return known.equals(PARAMETER) ? parameter(items) : tensor(items);
    }

    /// Sets the state of an object. Only the `_metadata` of a state dictionary is known, and not needed.
    void build(PickleValue target, PickleValue state) throws ModelFormatException {
        boolean known = target instanceof Dict && state instanceof Dict(var entries)
                && entries.keySet().equals(Set.of(METADATA));
        if (!known) {
            throw refused("sets the state of " + target.kind() + " to " + state.kind()
                    + ", of which Rondo knows only the " + METADATA
                    + " of a state dictionary; save the weights alone: torch.save(model.state_dict(), file)");
        }
    }

    /// The storage that a persistent id names: `('storage', torch.FloatStorage, '0', 'cpu', 48)`.
    Storage storage(PickleValue id) throws ModelFormatException {
        if (id instanceof Tuple(List<PickleValue> items) && items.size() == 5
                && items.get(0) instanceof Text(String word) && word.equals("storage")
                && items.get(1) instanceof Callable callable && callable.module().equals("torch")
                && items.get(2) instanceof Text(String key) && items.get(4) instanceof Whole(long size)) {
            TorchType type = TorchType.of(callable.name());
            if (type != null) {
                if (size < 0) {
                    throw refused("storage " + quote(key) + " has " + size + " numbers; expected 0 or more");
                }
                return new Storage(key, type, size);
            }
        }
        throw refused("has a persistent id that is no storage of PyTorch; save the file again with torch.save");
    }

    private PickleValue parameter(List<PickleValue> items) throws ModelFormatException {
        if (items.size() != 3 || !(items.get(0) instanceof StoredTensor tensor)) {
            throw refused("calls " + PARAMETER.fullName() + " with arguments that are no tensor and its two options");
        }
        return tensor;
    }

    private StoredTensor tensor(List<PickleValue> items) throws ModelFormatException {
        if (items.size() < 6 || items.size() > 7 || !(items.get(0) instanceof Storage storage)
                || !(items.get(1) instanceof Whole(long offset)) || !(items.get(2) instanceof Tuple(var sizes))
                || !(items.get(3) instanceof Tuple(var steps)) || sizes.size() != steps.size()) {
            throw refused(
                    "calls " + TENSOR.fullName() + " with arguments that are no storage, offset, size and stride");
        }
        if (sizes.size() > MOST_AXES) {
            throw refused("has a tensor of " + sizes.size() + " axes; expected at most " + MOST_AXES);
        }
        int[] shape = new int[sizes.size()];
        long[] strides = new long[sizes.size()];
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            if (!(sizes.get(i) instanceof Whole(long size)) || !(steps.get(i) instanceof Whole(long stride))) {
                throw refused("has a tensor whose size or stride is no integer");
            }
            if (size < 0 || size > Integer.MAX_VALUE || stride < 0) {
                throw refused("has a tensor of size " + size + " and stride " + stride + " along axis " + i
                        + "; expected 0 or more");
            }
            shape[i] = (int) size;
            strides[i] = stride;
            count = multiply(count, size);
        }
        requireWithin(storage, offset, shape, strides, count);
        return new StoredTensor(storage, offset, shape, strides);
    }

    private void requireWithin(Storage storage, long offset, int[] shape, long[] strides, long count)
            throws ModelFormatException {
        // A tensor that repeats numbers would need more memory than the file has bytes.
        if (count > storage.size()) {
            throw refused("has a tensor of " + count + " numbers in storage " + quote(storage.key()) + ", which holds "
                    + storage.size() + "; if it was expanded, call contiguous() before saving it");
        }
        long last = offset;
        for (int i = 0; i < shape.length && count > 0; i++) {
            last = add(last, multiply(shape[i] - 1L, strides[i]));
        }
        if (offset < 0 || offset > storage.size() || count > 0 && last >= storage.size()) {
            throw refused("has a tensor that reaches from number " + offset + " to " + last + " of storage "
                    + quote(storage.key()) + ", which holds " + storage.size());
        }
    }

    /// The product, or the largest number if that is too small.
    private static long multiply(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        return high != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }

    private static long add(long a, long b) {
        return a > 0 && b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
    }

    private ModelFormatException refused(String problem) {
        return new ModelFormatException(where, problem);
    }
}
