package dev.rondo.cli;

import dev.rondo.interop.keras.KerasExport;
import dev.rondo.interop.onnx.OnnxCheck;
import dev.rondo.interop.onnx.OnnxExport;
import dev.rondo.interop.torch.TorchExport;
import dev.rondo.io.Json;
import dev.rondo.io.SavedModel;
import dev.rondo.nn.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `rondo export`: a model for other programs.
@Command(name = "export", mixinStandardHelpOptions = true, sortOptions = false, header = "Writes a model for ONNX Runtime, Keras or PyTorch.", description = {
        "The ending of --out says what is written: .onnx (opset 17), .keras (Keras 3), or .safetensors (the weights "
                + "alone). An .onnx file takes token ids [B, T] (int64) or features [B, T, F], and lengths [B] "
                + "(int64), how many steps of each sequence are real. The vocabulary and what is done with a text "
                + "before it becomes tokens stay in the model file."})
final class ExportCommand implements Callable<Integer> {

    /// Whose names and orders of gates weights have.
    enum Names {
        keras, pytorch
    }

    private static final Set<String> ENDINGS = Set.of("onnx", "keras", "safetensors");

    private final Console console;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The model file, such as m.rondo.")
    private String file = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file to write: m.onnx, m.keras or m.safetensors.")
    private String out = "";

    @Option(names = "--stateful", description = "In .onnx: the state of recurrent layers goes in and out, so that a stream can be read in windows; zero where it is not fed.")
    private boolean stateful;

    @Option(names = "--require-states", description = "With --stateful: states must be fed, zeros at first. For ONNX Runtime's interface for Java, which feeds no optional inputs.")
    private boolean requireStates;

    @Option(names = "--names", paramLabel = "LIBRARY", description = "In .safetensors: keras (the default) or pytorch, with its order of gates, for load_state_dict.")
    private @Nullable Names names;

    @Mixin
    private JsonOption json = new JsonOption();

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        String ending = out.substring(out.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (stateful && !ending.equals("onnx")) {
            throw usage("--stateful is for .onnx files, but --out is " + out);
        }
        if (requireStates && !stateful) {
            throw usage("--require-states goes with --stateful; give both, or neither");
        }
        if (names != null && !ending.equals("safetensors")) {
            throw usage("--names is for .safetensors files, but --out is " + out);
        }
        Path target = TargetFile.check("--out", out, file);
        if (!ENDINGS.contains(ending)) {
            throw usage("--out %s: the ending says what to write; give .onnx, .keras or .safetensors".formatted(out));
        }
        Model model = SavedModel.load(TargetFile.path(file)).model();
        Optional<OnnxCheck> check = Optional.empty();
        console.beginSaving("after " + out + " was written");
        try {
            switch (ending) {
                case "onnx" -> check = onnx(new OnnxExport(model, state()), target);
                case "keras" -> KerasExport.of(model).write(target);
                default -> weights(model, target);
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(file + ": " + e.getMessage());
        } finally {
            console.endSaving();
        }
        report(check, Files.size(target), ending.equals("onnx"));
        return Main.DONE;
    }

    private ParameterException usage(String problem) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), problem);
    }

    private OnnxExport.State state() {
        return requireStates ? OnnxExport.State.REQUIRED
                : stateful ? OnnxExport.State.OPTIONAL : OnnxExport.State.ZERO;
    }

    private void weights(Model model, Path target) throws IOException {
        if (names == Names.pytorch) {
            TorchExport.of(model).write(target);
        } else {
            KerasExport.of(model).writeWeights(target);
        }
    }

    /// Writes the file, unless ONNX Runtime is there and gets something else.
    private Optional<OnnxCheck> onnx(OnnxExport export, Path target) throws IOException {
        Optional<OnnxCheck> check = OnnxCheck.run(export);
        if (check.isPresent() && !check.get().passes()) {
            throw new Failure("%s: not exported: ONNX Runtime's outputs differ by %.1e at a scale of %.1e; report this"
                    .formatted(file, check.get().largest(), check.get().scale()));
        }
        export.write(target);
        return check;
    }

    private void report(Optional<OnnxCheck> check, long bytes, boolean onnx) {
        if (json.wanted()) {
            ObjectNode node = Json.mapper().createObjectNode().put("exported", out).put("bytes", bytes);
            check.ifPresent(c -> node.put("largest_difference", c.largest()).put("scale", c.scale()));
            console.print(node);
            return;
        }
        console.print("exported %s (%s)".formatted(out, InspectCommand.size(bytes)));
        check.ifPresentOrElse(
                c -> console.print("ONNX Runtime gives the same: largest difference %.1e at a scale of %.1e"
                        .formatted(c.largest(), c.scale())),
                () -> {
                    if (onnx) {
                        console.note("not compared with ONNX Runtime, which is not on the class path");
                    }
                });
    }
}
