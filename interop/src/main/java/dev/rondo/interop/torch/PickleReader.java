package dev.rondo.interop.torch;

import dev.rondo.interop.torch.PickleValue.Dict;
import dev.rondo.interop.torch.PickleValue.None;
import dev.rondo.interop.torch.PickleValue.Real;
import dev.rondo.interop.torch.PickleValue.Sequence;
import dev.rondo.interop.torch.PickleValue.Text;
import dev.rondo.interop.torch.PickleValue.Truth;
import dev.rondo.interop.torch.PickleValue.Tuple;
import dev.rondo.interop.torch.PickleValue.Whole;
import dev.rondo.io.ModelFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Reads a pickle of protocol 2 to 5 that holds texts, numbers, lists, tuples, dictionaries and tensors, and refuses all else.
///
/// A pickle is a program for a stack machine. This one has no instruction that runs anything: what names a class or calls a
/// function goes to [TorchObjects], which knows three. Each length is held against the bytes that are left before memory is
/// reserved, and the number of values is bounded, so that memory use is bounded by the size of the pickle.
final class PickleReader {
    private static final int LEAST_PROTOCOL = 2;
    private static final int MOST_PROTOCOL = 5;
    private static final int MOST_VALUES = 1 << 22;
    private static final int MOST_MARKS = 1 << 10;
    private static final int LONGEST_TEXT = 1 << 16;

    private final ByteBuffer in;
    private final String where;
    private final TorchObjects objects;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();
    private int values;

    private PickleReader(byte[] pickle, String where) {
        in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.where = where;
        objects = new TorchObjects(where);
    }

    /// Reads one pickle.
    ///
    /// @param pickle all its bytes
    /// @param where the file and entry, for errors
    /// @throws ModelFormatException if it is damaged, or does anything else than make such values
    static PickleValue read(byte[] pickle, String where) throws ModelFormatException {
        return new PickleReader(pickle, where).read();
    }

    private PickleValue read() throws ModelFormatException {
        if (in.remaining() < 2 || in.get() != (byte) 0x80) {
            throw wrong("is no pickle of protocol " + LEAST_PROTOCOL + " to " + MOST_PROTOCOL
                    + "; save the file again with torch.save");
        }
        int protocol = Byte.toUnsignedInt(in.get());
        if (protocol < LEAST_PROTOCOL || protocol > MOST_PROTOCOL) {
            throw wrong("is a pickle of protocol " + protocol + "; read are " + LEAST_PROTOCOL + " to "
                    + MOST_PROTOCOL);
        }
        while (true) {
            int opcode = Byte.toUnsignedInt(take(1).get());
            if (opcode == '.') {
                PickleValue result = pop();
                if (in.hasRemaining()) {
                    throw wrong("goes on for " + in.remaining() + " bytes after its end");
                }
                return result;
            }
            if (!atom(opcode) && !container(opcode) && !memory(opcode)) {
                object(opcode);
            }
        }
    }

    /// Instructions that push a single value.
    private boolean atom(int opcode) throws ModelFormatException {
        PickleValue value = switch (opcode) {
            case 'N' -> None.NONE;
            case 0x88 -> new Truth(true);
            case 0x89 -> new Truth(false);
            case 'J' -> new Whole(take(Integer.BYTES).getInt());
            case 'K' -> new Whole(unsigned8());
            case 'M' -> new Whole(Short.toUnsignedInt(take(Short.BYTES).getShort()));
            case 0x8a -> integer(unsigned8());
            case 0x8b -> integer(take(Integer.BYTES).getInt());
            case 'G' -> new Real(take(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble());
            case 'X' -> text(unsigned32());
            case 0x8c -> text(unsigned8());
            case 0x8d -> text(take(Long.BYTES).getLong());
            default -> null;
        };
        if (value == null) {
            return false;
        }
        push(value);
        return true;
    }

    private boolean container(int opcode) throws ModelFormatException {
        switch (opcode) {
            case '(' -> {
                if (marks.size() == MOST_MARKS) {
                    throw wrong("nests more than " + MOST_MARKS + " values");
                }
                marks.add(stack.size());
            }
            case '0' -> pop();
            case '1' -> popToMark();
            case ')' -> push(new Tuple(List.of()));
            case 't' -> push(new Tuple(popToMark()));
            case 0x85 -> push(new Tuple(popLast(1)));
            case 0x86 -> push(new Tuple(popLast(2)));
            case 0x87 -> push(new Tuple(popLast(3)));
            case ']' -> push(new Sequence(new ArrayList<>(0)));
            case 'l' -> push(new Sequence(new ArrayList<>(popToMark())));
            case 'a' -> append(popLast(1));
            case 'e' -> append(popToMark());
            case '}' -> push(new Dict(new LinkedHashMap<>()));
            case 'd' -> {
                List<PickleValue> items = popToMark();
                push(new Dict(new LinkedHashMap<>()));
                putAll(items);
            }
            case 's' -> putAll(popLast(2));
            case 'u' -> putAll(popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean memory(int opcode) throws ModelFormatException {
        switch (opcode) {
            case 'q' -> memo.put((long) unsigned8(), peek());
            case 'r' -> memo.put(unsigned32(), peek());
            case 0x94 -> memo.put((long) memo.size(), peek());
            case 'h' -> recall(unsigned8());
            case 'j' -> recall(unsigned32());
            case 0x95 -> {
                long frame = take(Long.BYTES).getLong();
                if (frame < 0 || frame > in.remaining()) {
                    throw wrong("has a frame of " + Long.toUnsignedString(frame) + " bytes, but " + in.remaining()
                            + " are left; the file is damaged");
                }
            }
            default -> {
                return false;
            }
        }
        if (memo.size() > MOST_VALUES) {
            throw wrong("keeps more than " + MOST_VALUES + " values");
        }
        return true;
    }

    private void object(int opcode) throws ModelFormatException {
        switch (opcode) {
            case 'c' -> push(objects.find(line(), line()));
            case 0x93 -> {
                List<PickleValue> names = popLast(2);
                if (!(names.get(0) instanceof Text(String module)) || !(names.get(1) instanceof Text(String name))) {
                    throw wrong("names a class by " + names.get(0).kind() + " and " + names.get(1).kind()
                            + "; expected strings");
                }
                push(objects.find(module, name));
            }
            case 'R' -> {
                PickleValue arguments = pop();
                push(objects.call(pop(), arguments));
            }
            case 'b' -> {
                PickleValue state = pop();
                objects.build(peek(), state);
            }
            case 'Q' -> push(objects.storage(pop()));
            default ->
                throw wrong("has the instruction 0x%02x at byte %d, which is not needed for texts, numbers, lists, "
                        .formatted(opcode, in.position() - 1)
                        + "dictionaries and tensors; save the weights alone: torch.save(model.state_dict(), file)");
        }
    }

    private void recall(long index) throws ModelFormatException {
        PickleValue value = memo.get(index);
        if (value == null) {
            throw wrong("asks for value " + index + ", which it has not kept; the file is damaged");
        }
        push(value);
    }

    private void append(List<PickleValue> items) throws ModelFormatException {
        if (!(peek() instanceof Sequence(List<PickleValue> list))) {
            throw wrong("appends to " + peek().kind() + "; expected a list");
        }
        list.addAll(items);
    }

    private void putAll(List<PickleValue> items) throws ModelFormatException {
        if (!(peek() instanceof Dict(SequencedMap<String, PickleValue> entries))) {
            throw wrong("sets an entry of " + peek().kind() + "; expected a dict");
        }
        if (items.size() % 2 != 0) {
            throw wrong("has a dict with a key without a value; the file is damaged");
        }
        for (int i = 0; i < items.size(); i += 2) {
            entries.put(key(items.get(i)), items.get(i + 1));
        }
    }

    private String key(PickleValue key) throws ModelFormatException {
        return switch (key) {
            case Text(String value) -> value;
            case Whole(long value) -> "\0" + value;
            case Real(double value) -> "\0" + value;
            case Truth(boolean value) -> "\0" + value;
            case None _ -> "\0None";
            default -> throw wrong("has a dict whose key is " + key.kind() + "; expected a string");
        };
    }

    private Whole integer(int bytes) throws ModelFormatException {
        if (bytes < 0 || bytes > Long.BYTES) {
            throw wrong("has an integer of " + Integer.toUnsignedString(bytes) + " bytes; expected at most "
                    + Long.BYTES);
        }
        ByteBuffer digits = take(bytes);
        long value = bytes == 0 ? 0 : digits.get(bytes - 1);
        for (int i = bytes - 2; i >= 0; i--) {
            value = value << 8 | Byte.toUnsignedInt(digits.get(i));
        }
        return new Whole(value);
    }

    private Text text(long bytes) throws ModelFormatException {
        if (bytes < 0 || bytes > LONGEST_TEXT) {
            throw wrong("has a string of " + Long.toUnsignedString(bytes) + " bytes; expected at most "
                    + LONGEST_TEXT);
        }
        return new Text(decode(take((int) bytes)));
    }

    /// A name that ends with its line.
    private String line() throws ModelFormatException {
        int start = in.position();
        while (take(1).get() != '\n') {
            if (in.position() - start > LONGEST_TEXT) {
                throw wrong("has a name of more than " + LONGEST_TEXT + " bytes");
            }
        }
        return decode(in.slice(start, in.position() - start - 1));
    }

    private String decode(ByteBuffer bytes) throws ModelFormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(where, "has a string that is not UTF-8; the file is damaged", e);
        }
    }

    private int unsigned8() throws ModelFormatException {
        return Byte.toUnsignedInt(take(1).get());
    }

    private long unsigned32() throws ModelFormatException {
        return Integer.toUnsignedLong(take(Integer.BYTES).getInt());
    }

    /// The next bytes, little-endian.
    private ByteBuffer take(int count) throws ModelFormatException {
        if (count > in.remaining()) {
            throw wrong("ends in the middle of a value; the file is cut short: copy or download it again");
        }
        ByteBuffer bytes = in.slice(in.position(), count).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + count);
        return bytes;
    }

    private void push(PickleValue value) throws ModelFormatException {
        if (++values > MOST_VALUES) {
            throw wrong("makes more than " + MOST_VALUES + " values");
        }
        stack.add(value);
    }

    private int bottom() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }

    private PickleValue peek() throws ModelFormatException {
        requireAtLeast(1);
        return stack.getLast();
    }

    private PickleValue pop() throws ModelFormatException {
        requireAtLeast(1);
        return stack.removeLast();
    }

    private List<PickleValue> popLast(int count) throws ModelFormatException {
        requireAtLeast(count);
        return popFrom(stack.size() - count);
    }

    private List<PickleValue> popToMark() throws ModelFormatException {
        if (marks.isEmpty()) {
            throw wrong("ends a group that it has not begun; the file is damaged");
        }
        return popFrom(marks.removeLast());
    }

    private List<PickleValue> popFrom(int start) {
        List<PickleValue> rest = stack.subList(start, stack.size());
        List<PickleValue> items = List.copyOf(rest);
        rest.clear();
        return items;
    }

    private void requireAtLeast(int count) throws ModelFormatException {
        if (stack.size() - bottom() < count) {
            throw wrong("takes a value from an empty stack at byte " + in.position() + "; the file is damaged");
        }
    }

    private ModelFormatException wrong(String problem) {
        return new ModelFormatException(where, problem);
    }
}
