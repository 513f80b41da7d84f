package dev.rondo.interop.torch;

import dev.rondo.io.Dtype;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The storages of PyTorch whose numbers can be read, by the name of their Python class.
enum TorchType {
    DOUBLE("DoubleStorage", Dtype.F64), FLOAT("FloatStorage", Dtype.F32), HALF("HalfStorage", Dtype.F16),
    BFLOAT16("BFloat16Storage", Dtype.BF16), LONG("LongStorage", Dtype.I64), INT("IntStorage", Dtype.I32),
    SHORT("ShortStorage", Dtype.I16), CHAR("CharStorage", Dtype.I8), BYTE("ByteStorage", Dtype.U8),
    BOOL("BoolStorage", Dtype.BOOL);

    private final String className;
    private final Dtype dtype;

    TorchType(String className, Dtype dtype) {
        this.className = className;
        this.dtype = dtype;
    }

    Dtype dtype() {
        return dtype;
    }

    static @Nullable TorchType of(String className) {
        for (TorchType type : values()) {
            if (type.className.equals(className)) {
                return type;
            }
        }
        return null;
    }

    static List<String> classNames() {
        return Arrays.stream(values()).<String>map(type -> type.className).toList();
    }
}
