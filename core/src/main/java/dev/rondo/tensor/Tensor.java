package dev.rondo.tensor;

import java.util.Arrays;
import java.util.Objects;

/// An array of float32 numbers with a shape, row-major (the last axis varies fastest).
///
/// The array is shared, not copied: whoever holds a tensor may write to [#data()]. Two tensors are equal when their
/// shapes are equal and their numbers have the same bits, so that `-0` differs from `0` and a NaN equals itself. A
/// tensor used as a key must not be written to. Reading from several threads is safe as long as nobody writes.
public final class Tensor {

    private final float[] data;
    private final int[] shape;

    private Tensor(float[] data, int[] shape) {
        this.data = data;
        this.shape = shape;
    }

    /// Wraps `data`, without copying it, as a tensor of the given shape.
    ///
    /// @param data  the numbers, row-major; the tensor keeps this very array
    /// @param shape the size of each axis, each `>= 0`; none for a scalar, which has one number
    /// @return the tensor
    /// @throws IllegalArgumentException if an axis is negative, or the product of the axes is not `data.length`
    public static Tensor of(float[] data, int... shape) {
        Objects.requireNonNull(data, "data is null");
        int[] copy = shape.clone();
        requireShape(data.length, copy);
        return new Tensor(data, copy);
    }

    /// Makes a tensor of the given shape filled with zeros.
    ///
    /// @param shape the size of each axis, each `>= 0`; none for a scalar
    /// @return the tensor
    /// @throws IllegalArgumentException if an axis is negative, or the product of the axes exceeds 2^31 - 1
    public static Tensor zeros(int... shape) {
        int[] copy = shape.clone();
        return new Tensor(new float[requireProduct(copy)], copy);
    }

    /// Returns the numbers, row-major: the tensor's own array, not a copy.
    ///
    /// @return the array that this tensor wraps
    public float[] data() {
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
        return dim(shape, axis);
    }

    /// {@return whether `other` is a tensor of the same shape whose numbers have the same bits}
    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof Tensor that && Arrays.equals(shape, that.shape) && sameBits(data, that.data);
    }

    /// {@return a hash of the shape and of the bits of the numbers}
    @Override
    public int hashCode() {
        int hash = Arrays.hashCode(shape);
        for (float value : data) {
            hash = 31 * hash + Float.floatToRawIntBits(value);
        }
        return hash;
    }

    /// {@return type and shape, such as `Tensor[3, 4]`}
    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape);
    }

    private static boolean sameBits(float[] a, float[] b) {
        // Arrays.equals takes all NaNs for one; the payload is part of the bits here.
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(b[i])) {
                return false;
            }
        }
        return true;
    }

    static void requireShape(int length, int[] shape) {
        int product = requireProduct(shape);
        if (product != length) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " holds " + product
                    + " numbers, but the array has " + length);
        }
    }

    static int requireProduct(int[] shape) {
        boolean empty = false;
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] < 0) {
                throw new IllegalArgumentException("axis " + axis + " of shape " + Arrays.toString(shape)
                        + " is negative: " + shape[axis] + "; expected 0 or more");
            }
            empty |= shape[axis] == 0;
        }
        long product = empty ? 0 : 1;
        for (int size : shape) {
            product *= size;
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " holds more than "
                        + Integer.MAX_VALUE + " numbers, the most that one array can hold");
            }
        }
        return (int) product;
    }

    static int dim(int[] shape, int axis) {
        if (axis < 0 || axis >= shape.length) {
            throw new IllegalArgumentException("no axis " + axis + " in shape " + Arrays.toString(shape)
                    + ", which has " + shape.length + " axes");
        }
        return shape[axis];
    }
}
