package dev.rondo.interop.onnx;

import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model in ONNX Runtime, where that is on the class path. Rondo does not depend on it, so it is called by reflection. For one thread.
final class OnnxRuntime implements AutoCloseable {
    private static final String PACKAGE = "ai.onnxruntime.";

    private final Object environment;
    private final Object session;

    /// Whole numbers with a shape.
    record Wholes(long[] data, long... shape) {}

    private OnnxRuntime(Object environment, Object session) {
        this.environment = environment;
        this.session = session;
    }

    /// Whether ONNX Runtime is on the class path.
    static boolean isPresent() {
        try {
            type("OrtEnvironment");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Loads a model.
    ///
    /// @throws IOException if ONNX Runtime is not there or refuses the model
    static OnnxRuntime open(byte[] model) throws IOException {
        Object environment = call(null, method("OrtEnvironment", "getEnvironment"));
        return new OnnxRuntime(environment,
                call(environment, method("OrtEnvironment", "createSession", byte[].class), (Object) model));
    }

    /// Runs the model.
    ///
    /// @param inputs a [Tensor] or [Wholes] for each input
    /// @return the outputs by name, in order
    Map<String, Tensor> run(Map<String, Object> inputs) throws IOException {
        Map<String, Object> given = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Object> input : inputs.entrySet()) {
                given.put(input.getKey(), tensor(input.getValue()));
            }
            Object result = call(session, method("OrtSession", "run", Map.class), given);
            try {
                Map<String, Tensor> outputs = new LinkedHashMap<>();
                for (Object output : (Iterable<?>) result) {
                    Map.Entry<?, ?> entry = (Map.Entry<?, ?>) output;
                    outputs.put((String) entry.getKey(), read(entry.getValue()));
                }
                return outputs;
            } finally {
                close(result);
            }
        } finally {
            for (Object tensor : given.values()) {
                close(tensor);
            }
        }
    }

    private Object tensor(Object input) throws IOException {
        if (input instanceof Wholes wholes) {
            return call(null, method("OnnxTensor", "createTensor", type("OrtEnvironment"), LongBuffer.class,
                    long[].class), environment, LongBuffer.wrap(wholes.data()), wholes.shape());
        }
        Tensor tensor = (Tensor) input;
        long[] shape = new long[tensor.rank()];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = tensor.dim(axis);
        }
        return call(null, method("OnnxTensor", "createTensor", type("OrtEnvironment"), FloatBuffer.class, long[].class),
                environment, FloatBuffer.wrap(tensor.data()), shape);
    }

    private static Tensor read(Object output) throws IOException {
        FloatBuffer numbers = (FloatBuffer) call(output, method("OnnxTensor", "getFloatBuffer"));
        float[] data = new float[numbers.remaining()];
        numbers.get(data);
        Object info = call(output, method("OnnxTensor", "getInfo"));
        long[] axes = (long[]) call(info, method("TensorInfo", "getShape"));
        int[] shape = new int[axes.length];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = Math.toIntExact(axes[axis]);
        }
        return Tensor.of(data, shape);
    }

    @Override
    public void close() throws IOException {
        close(session);
    }

    private static void close(Object resource) throws IOException {
        try {
            ((AutoCloseable) resource).close();
        } catch (Exception e) {
            throw failure(e);
        }
    }

    private static Class<?> type(String name) throws IOException {
        try {
            return Class.forName(PACKAGE + name);
        } catch (ClassNotFoundException e) {
            throw new IOException("ONNX Runtime is not on the class path; add com.microsoft.onnxruntime:onnxruntime",
                    e);
        }
    }

    private static Method method(String owner, String name, Class<?>... parameters) throws IOException {
        try {
            return type(owner).getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new IOException("ONNX Runtime on the class path is of another version: it has no " + owner + "."
                    + name, e);
        }
    }

    private static Object call(@org.jspecify.annotations.Nullable Object on, Method method, Object... arguments)
            throws IOException {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw failure(e.getCause());
        } catch (IllegalAccessException e) {
            throw failure(e);
        }
    }

    private static IOException failure(@org.jspecify.annotations.Nullable Throwable cause) {
        return new IOException(
                "ONNX Runtime: " + String.valueOf(cause).replaceAll("\\s+", " ").strip(), cause);
    }
}
