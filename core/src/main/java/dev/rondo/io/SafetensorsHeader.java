package dev.rondo.io;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The JSON header of a safetensors file: which tensor lies where.
///
/// @param entries  the tensors in the order of the header
/// @param metadata texts by name
record SafetensorsHeader(List<Entry> entries, SequencedMap<String, String> metadata) {

    private static final int HIGHEST_RANK = 32;
    private static final int ALIGNMENT = 8;

    /// Not every array of 2^31 - 1 numbers can be made.
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    /// One tensor; its bytes are `[begin, end)` of what follows the header.
    record Entry(String name, Dtype dtype, int[] shape, int size, long begin, long end) {}

    /// {@return the tensors in the order of their bytes}
    List<Entry> byPosition() {
        return entries.stream().sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end)).toList();
    }

    /// Reads a header and holds it against the number of bytes that follow it.
    static SafetensorsHeader parse(byte[] json, long dataBytes, String where, Limits limits)
            throws ModelFormatException {
        String place = where + ": header";
        List<Entry> entries = new ArrayList<>();
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        try (JsonParser parser = Json.parser(json, place)) {
            expect(parser, JsonToken.START_OBJECT, place, "an object of tensors");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (name.equals(Archive.METADATA)) {
                    readMetadata(parser, metadata, place + ": " + Archive.METADATA);
                    continue;
                }
                if (entries.size() == limits.tensors()) {
                    throw new ModelFormatException(place, "more than " + limits.tensors()
                            + " tensors; raise the limit 'tensors' if you trust the file");
                }
                entries.add(new EntryReader(where + ": tensor " + quote(name)).read(parser, name));
            }
            if (parser.nextToken() != null) {
                throw new ModelFormatException(place, "text after the JSON object");
            }
        } catch (JacksonException e) {
            throw Json.invalid(place, e);
        }
        SafetensorsHeader header = new SafetensorsHeader(List.copyOf(entries), metadata);
        header.requireGapless(dataBytes, where);
        return header;
    }

    /// Writes the header of an archive, padded with spaces so that the data after it is aligned.
    static byte[] encode(Archive archive) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.mapper().createGenerator(bytes)) {
            json.writeStartObject();
            if (!archive.metadata().isEmpty()) {
                json.writeObjectPropertyStart(Archive.METADATA);
                archive.metadata().forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long offset = 0;
            for (var entry : archive.tensors().entrySet()) {
                Tensor tensor = entry.getValue();
                offset = encode(json, entry.getKey(), Dtype.F32, tensor.shape(), tensor.size(), offset);
            }
            for (var entry : archive.ints().entrySet()) {
                IntTensor tensor = entry.getValue();
                offset = encode(json, entry.getKey(), Dtype.I32, tensor.shape(), tensor.size(), offset);
            }
            json.writeEndObject();
        }
        while (bytes.size() % ALIGNMENT != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    private static long encode(JsonGenerator json, String name, Dtype dtype, int[] shape, int size, long offset) {
        long end = offset + (long) dtype.bytes() * size;
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("dtype", dtype.name());
        json.writeArrayPropertyStart("shape");
        for (int dimension : shape) {
            json.writeNumber(dimension);
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("data_offsets");
        json.writeNumber(offset);
        json.writeNumber(end);
        json.writeEndArray();
        json.writeEndObject();
        return end;
    }

    private void requireGapless(long dataBytes, String where) throws ModelFormatException {
        long position = 0;
        String before = "the start";
        for (Entry entry : byPosition()) {
            String here = where + ": tensor " + quote(entry.name());
            if (entry.begin() != position) {
                throw new ModelFormatException(here, entry.begin() < position
                        ? "its data begins at byte " + entry.begin() + " and overlaps " + before + ", which ends at "
                                + position
                        : "its data begins at byte " + entry.begin() + ", leaving a gap after " + before
                                + ", which ends at " + position);
            }
            if (entry.end() > dataBytes) {
                throw new ModelFormatException(here, "its data ends at byte " + entry.end() + ", but only " + dataBytes
                        + " follow the header; the file is cut short or damaged: copy or download it again");
            }
            position = entry.end();
            before = quote(entry.name());
        }
        if (position != dataBytes) {
            throw new ModelFormatException(where + ": header", (dataBytes - position)
                    + " bytes at the end belong to no tensor; the file is damaged: copy or download it again");
        }
    }

    private static void readMetadata(JsonParser parser, SequencedMap<String, String> metadata, String where)
            throws ModelFormatException {
        expect(parser, JsonToken.START_OBJECT, where, "an object of strings");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            expect(parser, JsonToken.VALUE_STRING, where + ": " + quote(key), "a string");
            metadata.put(key, parser.getString());
        }
    }

    private static void expect(JsonParser parser, JsonToken token, String where, String what)
            throws ModelFormatException {
        if (parser.nextToken() != token) {
            throw new ModelFormatException(where, "expected " + what);
        }
    }

    /// Reads what the header says about one tensor.
    private record EntryReader(String where) {

        Entry read(JsonParser parser, String name) throws ModelFormatException {
            Dtype dtype = null;
            long[] shape = null;
            long[] offsets = null;
            expect(parser, JsonToken.START_OBJECT, where, "an object with dtype, shape and data_offsets");
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                switch (parser.currentName()) {
                    case "dtype" -> dtype = readDtype(parser);
                    case "shape" -> shape = readNumbers(parser, "shape");
                    case "data_offsets" -> offsets = readNumbers(parser, "data_offsets");
                    default -> throw new ModelFormatException(where, "unknown property " + quote(parser.currentName())
                            + "; expected dtype, shape and data_offsets");
                }
            }
            return entry(name, require(dtype, "dtype"), require(shape, "shape"), require(offsets, "data_offsets"));
        }

        private Entry entry(String name, Dtype dtype, long[] shape, long[] offsets) throws ModelFormatException {
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw new ModelFormatException(where, "data_offsets " + Arrays.toString(offsets)
                        + "; expected a begin and an end that is not before it");
            }
            int size = size(shape);
            long expected = (long) dtype.bytes() * size;
            if (offsets[1] - offsets[0] != expected) {
                throw new ModelFormatException(where, dtype + " numbers of shape " + Arrays.toString(shape) + " take "
                        + expected + " bytes, but data_offsets has " + (offsets[1] - offsets[0]));
            }
            int[] axes = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
            return new Entry(name, dtype, axes, size, offsets[0], offsets[1]);
        }

        private int size(long[] shape) throws ModelFormatException {
            boolean empty = Arrays.stream(shape).anyMatch(axis -> axis == 0);
            long size = empty ? 0 : 1;
            for (long axis : shape) {
                // Both factors stay below 2^31, so the product cannot overflow.
                size = axis > LONGEST_ARRAY ? Long.MAX_VALUE : size * axis;
                if (size > LONGEST_ARRAY) {
                    throw new ModelFormatException(where, "shape " + Arrays.toString(shape) + " holds more than "
                            + LONGEST_ARRAY + " numbers, the most that one tensor can hold");
                }
            }
            return (int) size;
        }

        private Dtype readDtype(JsonParser parser) throws ModelFormatException {
            expect(parser, JsonToken.VALUE_STRING, where + ": dtype", "a string");
            String name = parser.getString();
            for (Dtype dtype : Dtype.values()) {
                if (dtype.name().equals(name)) {
                    return dtype;
                }
            }
            throw new ModelFormatException(where, "dtype " + quote(name) + " is not supported; expected one of "
                    + Arrays.toString(Dtype.values()));
        }

        private long[] readNumbers(JsonParser parser, String property) throws ModelFormatException {
            expect(parser, JsonToken.START_ARRAY, where + ": " + property, "an array of whole numbers");
            long[] numbers = new long[HIGHEST_RANK];
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                if (!whole || parser.getLongValue() < 0) {
                    throw new ModelFormatException(where, property + " has " + quote(parser.getString())
                            + "; expected whole numbers from 0 to 2^63 - 1");
                }
                if (count == HIGHEST_RANK) {
                    throw new ModelFormatException(where, property + " has more than " + HIGHEST_RANK + " numbers");
                }
                numbers[count++] = parser.getLongValue();
            }
            return Arrays.copyOf(numbers, count);
        }

        private <T> T require(@Nullable T value, String property) throws ModelFormatException {
            if (value == null) {
                throw new ModelFormatException(where, "has no " + property);
            }
            return value;
        }
    }
}
