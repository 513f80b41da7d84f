package dev.rondo.interop.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// An ONNX graph that is being put together: nodes in order, constants, inputs and outputs. For one thread.
///
/// Values are known by their names. Names of values inside the graph have a slash, so that they never meet those of inputs and outputs.
final class OnnxGraph {
    /// The name that stands for an input of a node that is left out.
    static final String NONE = "";

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Map<String, String> once = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /// Adds a node with one output and returns the name of that.
    ///
    /// @param where the layer that the node belongs to, the first part of its name
    String add(String where, String operator, List<String> inputs, AttributeProto... attributes) {
        return addAll(where, operator, inputs, 1, attributes).getFirst();
    }

    /// Adds a node and returns the names of its outputs.
    List<String> addAll(String where, String operator, List<String> inputs, int outputs, AttributeProto... attributes) {
        String name = unique(where + "/" + operator);
        List<String> given = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            given.add(name + ":" + i);
        }
        graph.addNode(NodeProto.newBuilder().setName(name).setOpType(operator).addAllInput(inputs).addAllOutput(given)
                .addAllAttribute(Arrays.asList(attributes)));
        return given;
    }

    /// The value that was made under a key before, or is made now.
    String once(String key, Supplier<String> maker) {
        String known = once.get(key);
        if (known == null) {
            known = maker.get();
            once.put(key, known);
        }
        return known;
    }

    /// A name that is not yet used, `wanted` if possible.
    String unique(String wanted) {
        String name = wanted;
        for (int number = 1; !names.add(name); number++) {
            name = wanted + "_" + number;
        }
        return name;
    }

    /// A constant of float numbers.
    ///
    /// @param shape its axes, none for a single number
    String floats(String name, float[] values, long... shape) {
        return constant(name, TensorProto.DataType.FLOAT, bytes(values), shape);
    }

    private static ByteString bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /// A single float number.
    String number(float value) {
        return once("float " + value, () -> floats("constant/" + value, new float[] {value}));
    }

    /// A constant vector of whole numbers.
    String vector(long... values) {
        return once("vector " + Arrays.toString(values),
                () -> wholes("constant/" + Arrays.toString(values), values, values.length));
    }

    /// A single whole number.
    String whole(long value) {
        return once("whole " + value, () -> wholes("constant/int " + value, new long[] {value}));
    }

    private String wholes(String name, long[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Long.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(name, TensorProto.DataType.INT64, UnsafeByteOperations.unsafeWrap(bytes), shape);
    }

    private String constant(String wanted, TensorProto.DataType type, ByteString bytes, long... shape) {
        String name = unique(wanted);
        graph.addInitializer(tensor(name, type, bytes, shape));
        return name;
    }

    private static TensorProto.Builder tensor(String name, TensorProto.DataType type, ByteString bytes, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber())
                .setRawData(bytes);
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor;
    }

    /// Adds rows of a sequence `[T, B, F]`, chosen by numbers of steps `[S, B]`: `[S, B, F]`.
    String gather(String where, String x, String steps, int features) {
        String wide = add(where, "Expand", List.of(add(where, "Unsqueeze", List.of(steps, vector(2))),
                vector(1, 1, features)));
        return add(where, "GatherElements", List.of(x, wide), attribute("axis", 0));
    }

    /// Gives an input of the graph a value for when it is not fed, which makes it optional.
    void standard(String input, float[] values, long... shape) {
        graph.addInitializer(tensor(input, TensorProto.DataType.FLOAT, bytes(values), shape));
    }

    /// Adds an input of the graph.
    ///
    /// @param axes a number, or a name for an axis of any size
    void input(String name, TensorProto.DataType type, Object... axes) {
        graph.addInput(info(name, type, axes));
    }

    /// Makes a value an output of the graph.
    void output(String name, String value, Object... axes) {
        graph.addNode(NodeProto.newBuilder().setName(unique(name + "/Identity")).setOpType("Identity").addInput(value)
                .addOutput(name));
        graph.addOutput(info(name, TensorProto.DataType.FLOAT, axes));
    }

    private static ValueInfoProto info(String name, TensorProto.DataType type, Object... axes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object axis : axes) {
            var dimension = shape.addDimBuilder();
            if (axis instanceof Integer size) {
                dimension.setDimValue(size);
            } else {
                dimension.setDimParam(axis.toString());
            }
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape))).build();
    }

    /// The graph as a message.
    GraphProto build(String name) {
        return graph.setName(name).build();
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOAT).setF(value)
                .build();
    }

    static AttributeProto attribute(String name, String value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value)).build();
    }

    static AttributeProto longs(String name, long... values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name)
                .setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    static AttributeProto floats(String name, List<Float> values) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS)
                .addAllFloats(values).build();
    }

    static AttributeProto texts(String name, List<String> values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name)
                .setType(AttributeProto.AttributeType.STRINGS);
        values.forEach(value -> attribute.addStrings(ByteString.copyFromUtf8(value)));
        return attribute.build();
    }
}
