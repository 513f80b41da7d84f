package dev.rondo.interop.torch;

import java.util.List;
import java.util.SequencedMap;

/// All that a pickle can hold here. Containers may be shared or hold themselves, so nothing walks through them without a bound,
/// and none has an `equals` that does.
sealed interface PickleValue {
    /// What to call a value of this kind in a message.
    default String kind() {
        return switch (this) {
            case Text _ -> "a string";
            case Whole _ -> "an integer";
            case Real _ -> "a float";
            case Truth _ -> "a bool";
            case None _ -> "None";
            case Sequence _ -> "a list";
            case Tuple _ -> "a tuple";
            case Dict _ -> "a dict";
            case Callable callable -> callable.fullName();
            case Storage _ -> "a storage";
            case StoredTensor _ -> "a tensor";
        };
    }

    /// A string.
    record Text(String value) implements PickleValue {}

    /// An integer of at most 64 bits.
    record Whole(long value) implements PickleValue {}

    /// A float.
    record Real(double value) implements PickleValue {}

    /// A bool.
    record Truth(boolean value) implements PickleValue {}

    /// Python's None.
    enum None implements PickleValue {
        /// The only one.
        NONE
    }

    /// A list, which can grow while the pickle is read.
    record Sequence(List<PickleValue> items) implements PickleValue {}

    /// A tuple.
    record Tuple(List<PickleValue> items) implements PickleValue {}

    /// A dict or OrderedDict, by the keys' text; a key that is no string begins with a NUL, so that it equals no name.
    record Dict(SequencedMap<String, PickleValue> entries) implements PickleValue {}

    /// One of the few callables that [TorchObjects] knows.
    record Callable(String module, String name) implements PickleValue {
        String fullName() {
            return module + "." + name;
        }
    }

    /// Where the numbers of tensors lie.
    ///
    /// @param key the name of the entry under `data/`
    /// @param type the number format
    /// @param size how many numbers there are
    record Storage(String key, TorchType type, long size) implements PickleValue {}

    /// A view of a storage, checked to lie within it.
    ///
    /// @param storage where the numbers lie
    /// @param offset the first number
    /// @param shape the size of each axis
    /// @param strides how many numbers to go on for the next along each axis
    record StoredTensor(Storage storage, long offset, int[] shape, long[] strides) implements PickleValue {}
}
