package dev.rondo.interop.keras;

import dev.rondo.io.Dtype;
import dev.rondo.io.Limits;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.filter.PipelineFilterWithData;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OpaqueDataType;
import io.jhdf.object.datatype.OrderedDataType;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads the numbers of an HDF5 array, whole or in chunks, plain or deflated, as float32.
///
/// No memory is reserved before the bytes for it are known to be there.
final class HdfNumbers {
    private static final int DEFLATE = 1;
    private static final int SHUFFLE = 2;

    private final Dataset dataset;
    private final Dtype dtype;
    private final ByteOrder order;
    private final int[] shape;
    private final int size;
    private final Limits limits;

    /// Says why an array is not read, in words for the user.
    static final class Refused extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        Refused(String problem) {
            super(problem);
        }
    }

    private HdfNumbers(Dataset dataset, boolean bfloat16, Limits limits) {
        this.dataset = dataset;
        this.limits = limits;
        dtype = dtype(dataset.getDataType(), bfloat16);
        order = dataset.getDataType() instanceof OrderedDataType ordered ? ordered.getByteOrder()
                : ByteOrder.LITTLE_ENDIAN;
        shape = dataset.isScalar() ? new int[0] : dataset.getDimensions();
        long size = 1;
        for (long axis : dataset.isScalar() ? new long[0] : dataset.getDimensionsAsLong()) {
            if (axis < 0 || axis > 0 && size > Integer.MAX_VALUE / axis) {
                throw new Refused("claims the shape " + Arrays.toString(dataset.getDimensionsAsLong())
                        + ", too large for an array; the file is damaged: copy or download it again");
            }
            size *= axis;
        }
        this.size = (int) size;
    }

    static float[] read(Dataset dataset, boolean bfloat16, Limits limits) {
        return new HdfNumbers(dataset, bfloat16, limits).read();
    }

    private static Dtype dtype(DataType type, boolean bfloat16) {
        if (bfloat16 && type.getSize() == 2) {
            return Dtype.BF16;
        }
        if (type instanceof FloatingPoint real) {
            int layout = real.getSize() * 100 + real.getExponentSize();
            switch (layout) {
                case 205 :
                    return Dtype.F16;
                case 208 :
                    return Dtype.BF16;
                case 408 :
                    return Dtype.F32;
                case 811 :
                    return Dtype.F64;
                default :
            }
        }
        if (type instanceof FixedPoint || type instanceof OpaqueDataType) {
            throw new Refused(
                    "holds numbers of " + 8 * type.getSize() + " bits that are no floats, as quantized weights "
                            + "are; save the model with float weights");
        }
        throw new Refused("holds " + type.getClass().getSimpleName() + " of " + type.getSize()
                + " bytes; expected float16, bfloat16, float32 or float64: save the model with one of these");
    }

    private float[] read() {
        if (size == 0) {
            return new float[0];
        }
        return switch (dataset) {
            case ContiguousDataset whole -> whole(whole.getBuffer());
            case ChunkedDataset chunked -> chunks(chunked);
            default -> throw new Refused("is stored in the object header, which Keras never does; save it again");
        };
    }

    private float[] whole(ByteBuffer bytes) {
        long needed = (long) size * dtype.bytes();
        if (bytes.remaining() < needed) {
            throw new Refused("claims the shape " + Arrays.toString(shape) + ", which takes " + needed
                    + " bytes, but has " + bytes.remaining() + "; the file is damaged: copy or download it again");
        }
        float[] values = new float[size];
        dtype.decode(bytes.slice().order(order), values, 0, size);
        return values;
    }

    private float[] chunks(ChunkedDataset chunked) {
        int[] chunk = chunked.getChunkDimensions();
        long chunkBytes = dtype.bytes();
        for (int axis : chunk) {
            if (axis < 1 || chunkBytes > limits.bytes() / axis) {
                throw new Refused("claims chunks of " + Arrays.toString(chunk) + "; the file is damaged: copy or "
                        + "download it again");
            }
            chunkBytes *= axis;
        }
        List<PipelineFilterWithData> filters = chunked.getFilters();
        for (PipelineFilterWithData filter : filters) {
            if (filter.getId() != DEFLATE && filter.getId() != SHUFFLE) {
                throw new Refused("is packed with the filter " + filter.getName()
                        + "; store it plain or with gzip: h5repack -f GZIP=1");
            }
        }
        if (chunkBytes > Integer.MAX_VALUE - 8 || chunk.length != shape.length) {
            throw new Refused("claims chunks of " + Arrays.toString(chunk) + " for the shape "
                    + Arrays.toString(shape) + "; store it with smaller ones");
        }
        requireRatio(chunked.getStorageInBytes());
        float[] values = new float[size];
        byte[] bytes = new byte[(int) chunkBytes];
        int[] offset = new int[shape.length];
        do {
            ByteBuffer raw = chunked.getRawChunkBuffer(offset);
            byte[] plain = unpack(raw, filters, bytes);
            place(plain, chunk, offset, values);
        } while (next(offset, chunk));
        return values;
    }

    private void requireRatio(long stored) {
        long needed = (long) size * dtype.bytes();
        if (needed > 1 << 16 && needed / limits.ratio() > stored) {
            throw new Refused("unpacks from " + stored + " to " + needed + " bytes, more than " + limits.ratio()
                    + " for one; raise the limit 'ratio' if you trust the file");
        }
    }

    private byte[] unpack(ByteBuffer raw, List<PipelineFilterWithData> filters, byte[] bytes) {
        boolean deflated = false;
        boolean shuffled = false;
        for (PipelineFilterWithData filter : filters) {
            deflated |= filter.getId() == DEFLATE;
            shuffled |= filter.getId() == SHUFFLE;
        }
        int found = deflated ? inflate(raw, bytes) : copy(raw, bytes);
        if (found != bytes.length) {
            throw new Refused("has a chunk of " + found + " bytes; expected " + bytes.length
                    + ": the file is damaged: copy or download it again");
        }
        return shuffled ? unshuffle(bytes, dtype.bytes()) : bytes;
    }

    private static int copy(ByteBuffer raw, byte[] bytes) {
        int count = raw.remaining();
        if (count == bytes.length) {
            raw.get(bytes);
        }
        return count;
    }

    private static int inflate(ByteBuffer raw, byte[] bytes) {
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(raw);
            int count = 0;
            while (count < bytes.length && !inflater.finished()) {
                int more = inflater.inflate(bytes, count, bytes.length - count);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    break;
                }
                count += more;
            }
            return count;
        } catch (DataFormatException e) {
            throw new Refused("cannot be unpacked (" + e.getMessage()
                    + "); the file is damaged: copy or download it again");
        }
    }

    /// Undoes the shuffle filter, which stores the first bytes of all numbers, then the second ones, and so on.
    private static byte[] unshuffle(byte[] bytes, int width) {
        byte[] plain = new byte[bytes.length];
        int count = bytes.length / width;
        for (int i = 0; i < count; i++) {
            for (int b = 0; b < width; b++) {
                plain[i * width + b] = bytes[b * count + i];
            }
        }
        return plain;
    }

    /// Puts a chunk, row by row, where it belongs; what lies behind the end of an axis is left out.
    private void place(byte[] bytes, int[] chunk, int[] offset, float[] values) {
        float[] numbers = new float[bytes.length / dtype.bytes()];
        dtype.decode(ByteBuffer.wrap(bytes).order(order), numbers, 0, numbers.length);
        int last = shape.length - 1;
        int width = Math.min(chunk[last], shape[last] - offset[last]);
        int[] row = new int[shape.length];
        do {
            int from = 0;
            int to = 0;
            boolean inside = true;
            for (int axis = 0; axis <= last; axis++) {
                inside &= offset[axis] + row[axis] < shape[axis];
                from = from * chunk[axis] + row[axis];
                to = to * shape[axis] + offset[axis] + row[axis];
            }
            if (inside) {
                System.arraycopy(numbers, from, values, to, width);
            }
        } while (nextRow(row, chunk));
    }

    private static boolean nextRow(int[] row, int[] chunk) {
        for (int axis = row.length - 2; axis >= 0; axis--) {
            if (++row[axis] < chunk[axis]) {
                return true;
            }
            row[axis] = 0;
        }
        return false;
    }

    private boolean next(int[] offset, int[] chunk) {
        for (int axis = offset.length - 1; axis >= 0; axis--) {
            offset[axis] += chunk[axis];
            if (offset[axis] < shape[axis]) {
                return true;
            }
            offset[axis] = 0;
        }
        return false;
    }
}
