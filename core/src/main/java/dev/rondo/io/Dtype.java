package dev.rondo.io;

import java.nio.ByteBuffer;

/// A number format of tensors in files that can be read; `F32` and `I32` are what is written.
public enum Dtype {
    /// IEEE 754 binary64.
    F64(8, true),
    /// IEEE 754 binary32.
    F32(4, true),
    /// IEEE 754 binary16.
    F16(2, true),
    /// The upper half of a binary32.
    BF16(2, true),
    /// Signed, 64 bits.
    I64(8, false),
    /// Signed, 32 bits.
    I32(4, false),
    /// Signed, 16 bits.
    I16(2, false),
    /// Signed, 8 bits.
    I8(1, false),
    /// Unsigned, 8 bits.
    U8(1, false),
    /// One byte, 0 or 1.
    BOOL(1, false);

    private final int bytes;
    private final boolean real;

    Dtype(int bytes, boolean real) {
        this.bytes = bytes;
        this.real = real;
    }

    /// How many bytes one number takes.
    public int bytes() {
        return bytes;
    }

    /// Whether the numbers become float32; else they become int32.
    public boolean real() {
        return real;
    }

    /// Reads `count` float32 numbers from the start of a buffer, in its order of bytes.
    ///
    /// @param from the bytes, from index 0 on
    /// @param to where to put the numbers
    /// @param start where in `to` the first goes
    /// @param count how many
    /// @throws ArithmeticException if a finite number is too large for float32
    public void decode(ByteBuffer from, float[] to, int start, int count) {
        switch (this) {
            case F32 -> from.asFloatBuffer().get(to, start, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = narrow(from.getDouble(8 * i), start + i);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = Float.float16ToFloat(from.getShort(2 * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = Float.intBitsToFloat(from.getShort(2 * i) << 16);
                }
            }
            default -> throw new IllegalStateException(this + " is a format of integers");
        }
    }

    /// Reads `count` int32 numbers from the start of a buffer, in its order of bytes.
    ///
    /// @param from the bytes, from index 0 on
    /// @param to where to put the numbers
    /// @param start where in `to` the first goes
    /// @param count how many
    /// @throws ArithmeticException if a number does not fit int32, or a truth value is neither 0 nor 1
    public void decode(ByteBuffer from, int[] to, int start, int count) {
        switch (this) {
            case I32 -> from.asIntBuffer().get(to, start, count);
            case I64 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = narrow(from.getLong(8 * i), start + i);
                }
            }
            case I16 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = from.getShort(2 * i);
                }
            }
            case I8 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = from.get(i);
                }
            }
            case U8 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = Byte.toUnsignedInt(from.get(i));
                }
            }
            case BOOL -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] = truth(from.get(i), start + i);
                }
            }
            default -> throw new IllegalStateException(this + " is a format of real numbers");
        }
    }

    private static float narrow(double value, int index) {
        float narrowed = (float) value;
        if (Float.isInfinite(narrowed) && !Double.isInfinite(value)) {
            throw new ArithmeticException("number " + index + " is " + value + ", too large for float32");
        }
        return narrowed;
    }

    private static int narrow(long value, int index) {
        if (value != (int) value) {
            throw new ArithmeticException("number " + index + " is " + value + ", which does not fit int32");
        }
        return (int) value;
    }

    private static int truth(byte value, int index) {
        if (value != 0 && value != 1) {
            throw new ArithmeticException("truth value " + index + " is " + value + "; expected 0 or 1");
        }
        return value;
    }
}
