package dev.rondo.tensor;

import java.util.Arrays;
import java.util.Objects;

/// An array of int32 numbers with a shape, row-major (the last axis varies fastest).
///
/// The array is shared, not copied: whoever holds a tensor may write to [#data()]. Two tensors are equal when their
/// shapes and numbers are. A tensor used as a key must not be written to. Reading from several threads is safe as long
/// as nobody writes.
public final class IntTensor {

    private final int[] data;
    private final int[] shape;

    private IntTensor(int[] data, int[] shape) {
        this.data = data;
        this.shape = shape;
    }

    /// Wraps `data`, without copying it, as a tensor of the given shape.
    ///
    /// @param data  the numbers, row-major; the tensor keeps this very array
    /// @param shape the size of each axis, each `>= 0`; none for a scalar, which has one number
    /// @return the tensor
    /// @throws IllegalArgumentException if an axis is negative, or the product of the axes is not `data.length`
    public static IntTensor of(int[] data, int... shape) {
        Objects.requireNonNull(data, "data is null");
        int[] copy = shape.clone();
        Tensor.requireShape(data.length, copy);
        return new IntTensor(data, copy);
    }

    /// Makes a tensor of the given shape filled with zeros.
    ///
    /// @param shape the size of each axis, each `>= 0`; none for a scalar
    /// @return the tensor
    /// @throws IllegalArgumentException if an axis is negative, or the product of the axes exceeds 2^31 - 1
    public static IntTensor zeros(int... shape) {
        int[] copy = shape.clone();
        return new IntTensor(new int[Tensor.requireProduct(copy)], copy);
    }

    /// Returns the numbers, row-major: the tensor's own array, not a copy.
    ///
    /// @return the array that this tensor wraps
    public int[] data() {
        return data;
    }

    /// Returns the size of each axis.
    ///
    /// @return a copy, empty for a scalar
    public int[] shape() {
        return shape.clone();
    }

    /// Returns how many axes there are.
    ///
    /// @return the number of axes, 0 for a scalar
    public int rank() {
        return shape.length;
    }

    /// Returns how many numbers there are.
    ///
    /// @return the product of the axes, 1 for a scalar
    public int size() {
        return data.length;
    }

    /// Returns the size of one axis.
    ///
    /// @param axis the axis, in `[0, rank)`
    /// @return its size
    /// @throws IllegalArgumentException if there is no such axis
    public int dim(int axis) {
        return Tensor.dim(shape, axis);
    }

    /// {@return whether `other` is a tensor of the same shape with the same numbers}
    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof IntTensor that && Arrays.equals(shape, that.shape) && Arrays.equals(data, that.data);
    }

    /// {@return a hash of the shape and the numbers}
    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
    }

    /// {@return type and shape, such as `IntTensor[3, 4]`}
    @Override
    public String toString() {
        return "IntTensor" + Arrays.toString(shape);
    }
}
