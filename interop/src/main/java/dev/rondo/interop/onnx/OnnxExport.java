package dev.rondo.interop.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.rondo.io.AtomicFile;
import dev.rondo.nn.Graph;
import dev.rondo.nn.Model;
import dev.rondo.nn.Plan;
import dev.rondo.nn.Sequential;
import dev.rondo.nn.Signature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A model as an ONNX file, for ONNX Runtime and whatever else reads opset 17.
///
/// ```java
/// OnnxExport export = OnnxExport.of(model);
/// export.write(Path.of("m.onnx"));
/// ```
///
/// Inputs, batch first: a model of one input takes `input`, a graph its inputs by their names: token ids int64 `[batch, time]`, sequences
/// float `[batch, time, features]`, vectors `[batch, features]`; batch and time of any size. With each sequence of any number of steps goes
/// `lengths` (`name.lengths` in a graph with several such), int64 `[batch]`: how many steps are real, 0 or more; what stands behind them is
/// not looked at, but must be valid ids. Outputs: `output`, or `output_0`, `output_1` and so on, with zeros behind the end of a sequence.
///
/// [#withState] makes the state of recurrent layers inputs and outputs: `lstm.h` and `lstm.c`, float `[batch, units]` or `[1, units]` for all
/// sequences, come back as `lstm.h.last` and `lstm.c.last`. An input that is left out is zero. Thread-safe while nobody trains the model.
///
/// @param model a [Sequential] or a [Graph]
/// @param state what becomes of the state of recurrent layers, zero at the start of each call by default
public record OnnxExport(Model model, State state) {
    /// What becomes of the state of recurrent layers.
    public enum State {
        /// Zero at the start of each call.
        ZERO,
        /// Goes in and out; zero where it is not fed.
        OPTIONAL,
        /// Goes in and out, and must be fed: ONNX Runtime's interface for Java (1.29) does not let callers feed optional inputs.
        REQUIRED
    }

    /// The version of ONNX's operators that is used.
    public static final int OPSET = 17;
    /// The version of the file format that came with it.
    private static final int IR_VERSION = 8;

    /// @throws IllegalArgumentException if the model is neither a [Sequential] nor a [Graph]
    public OnnxExport {
        if (!(model instanceof Sequential || model instanceof Graph)) {
            throw new IllegalArgumentException("a Sequential or a Graph can be exported, not a "
                    + model.getClass().getSimpleName() + "; put its layers into one of them");
        }
    }

    /// The export of a model whose state starts from zero at each call.
    public static OnnxExport of(Model model) {
        return new OnnxExport(model, State.ZERO);
    }

    /// This export with the state of recurrent layers as optional inputs, and as outputs.
    public OnnxExport withState() {
        return new OnnxExport(model, State.OPTIONAL);
    }

    /// This export with the state of recurrent layers as inputs that must be fed, with zeros at first, and as outputs.
    public OnnxExport withRequiredState() {
        return new OnnxExport(model, State.REQUIRED);
    }

    /// Whether the state goes in and out.
    boolean isStateful() {
        return state != State.ZERO;
    }

    /// What the model is fed, by the names of the inputs.
    List<Plan.Input> inputs() {
        return switch (model) {
            case Graph graph -> graph.plan().inputs();
            case Sequential sequential -> List.of(new Plan.Input("input", sequential.input()));
            default -> throw new AssertionError(model);
        };
    }

    /// The name of the input with the lengths of an input's sequences.
    String lengthsOf(String input) {
        long ragged = inputs().stream().filter(each -> isRagged(each.signature())).count();
        return ragged == 1 ? "lengths" : input + ".lengths";
    }

    static boolean isRagged(Signature signature) {
        return signature.isSequence() && !signature.hasSteps();
    }

    /// The names of the outputs, without those for states.
    List<String> outputs(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(count == 1 ? "output" : "output_" + i);
        }
        return names;
    }

    /// Writes the file in one step: see [AtomicFile].
    ///
    /// @param file the file, replaced if it exists
    /// @throws IllegalArgumentException if a layer cannot be computed in ONNX; the message names it
    /// @throws IOException if writing fails; the file is then as it was
    public void write(Path file) throws IOException {
        ModelProto message = message(OnnxStates.of(state));
        AtomicFile.write(file, message::writeTo);
    }

    /// The file's bytes.
    ///
    /// @throws IllegalArgumentException if a layer cannot be computed in ONNX; the message names it
    public byte[] bytes() {
        return message(OnnxStates.of(state)).toByteArray();
    }

    /// The inputs for states by name, with their columns.
    Map<String, Integer> states() {
        OnnxStates states = OnnxStates.of(state);
        message(states);
        return states.ports();
    }

    private ModelProto message(OnnxStates states) {
        long bytes = 4 * model.parameters().stream().mapToLong(parameter -> parameter.size()).sum();
        if (bytes > Integer.MAX_VALUE - (1 << 20)) {
            throw new IllegalArgumentException("the weights have " + (bytes >> 20)
                    + " MiB, but an ONNX file can hold 2 GiB; export to .keras or .safetensors");
        }
        OnnxGraph graph = new OnnxGraph();
        OnnxLayers layers = OnnxLayers.of(graph, OnnxWeights.of(model, graph), states);
        List<Flow> inputs = new ArrayList<>();
        for (Plan.Input input : inputs()) {
            inputs.add(input(graph, input));
        }
        List<Flow> outputs = outputs(layers, inputs);
        List<String> names = outputs(outputs.size());
        for (int i = 0; i < names.size(); i++) {
            output(graph, layers, graph.unique(names.get(i)), outputs.get(i));
        }
        if (isStateful() && states.last().isEmpty()) {
            throw new IllegalArgumentException("the model has no recurrent layer, so there is no state; export without "
                    + "the state");
        }
        for (Map.Entry<String, String> state : states.last().entrySet()) {
            graph.output(graph.unique(OnnxStates.lastOf(state.getKey())), state.getValue(), "batch",
                    states.ports().get(state.getKey()));
        }
        return ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("Rondo")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph.build("rondo")).build();
    }

    private void output(OnnxGraph graph, OnnxLayers layers, String name, Flow flow) {
        Signature signature = flow.signature();
        String value = layers.output(flow);
        if (signature.isSequence()) {
            graph.output(name, value, "batch", signature.hasSteps() ? signature.steps() : time(name, flow.lengths()),
                    signature.features());
        } else {
            graph.output(name, value, "batch", signature.features());
        }
    }

    /// The name of the axis of steps: that of an input where the sequences have its lengths, or the output's own. Readers may take axes of one
    /// name for the same size.
    private String time(String output, @Nullable String lengths) {
        for (Plan.Input input : inputs()) {
            if (isRagged(input.signature()) && lengthsOf(input.name()).equals(lengths)) {
                return timeOf(input.name());
            }
        }
        return output + ".time";
    }

    private String timeOf(String input) {
        return lengthsOf(input).equals("lengths") ? "time" : input + ".time";
    }

    private Flow input(OnnxGraph graph, Plan.Input input) {
        Signature signature = input.signature();
        String name = graph.unique(input.name());
        if (!signature.isSequence()) {
            graph.input(name, TensorProto.DataType.FLOAT, "batch", signature.features());
            return Flow.vector(name, signature.features());
        }
        String lengths = null;
        Object time = signature.hasSteps() ? Integer.valueOf(signature.steps())
                : timeOf(input.name());
        boolean tokens = signature.kind() == Signature.Kind.TOKENS;
        if (tokens) {
            graph.input(name, TensorProto.DataType.INT64, "batch", time);
        } else {
            graph.input(name, TensorProto.DataType.FLOAT, "batch", time, signature.features());
        }
        if (isRagged(signature)) {
            lengths = graph.unique(lengthsOf(input.name()));
            graph.input(lengths, TensorProto.DataType.INT64, "batch");
        }
        String timeFirst = graph.add(name, "Transpose", List.of(name),
                tokens ? OnnxGraph.longs("perm", 1, 0) : OnnxGraph.longs("perm", 1, 0, 2));
        return new Flow(timeFirst, signature, lengths, null);
    }

    private List<Flow> outputs(OnnxLayers layers, List<Flow> inputs) {
        if (model instanceof Graph graph) {
            return layers.plan("", graph.plan(), inputs);
        }
        Sequential sequential = (Sequential) model;
        List<Flow> flowing = inputs;
        for (int i = 0; i < sequential.layers().size(); i++) {
            flowing = layers.add(sequential.names().get(i), sequential.layers().get(i), flowing);
        }
        return flowing;
    }
}
