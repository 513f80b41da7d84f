package dev.rondo.cli;

import dev.rondo.interop.torch.StateDict;
import dev.rondo.interop.torch.TorchImport;
import dev.rondo.io.Json;
import dev.rondo.io.Limits;
import dev.rondo.io.Provenance;
import dev.rondo.io.SavedSequential;
import dev.rondo.io.SequentialJson;
import dev.rondo.nn.Sequential;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `rondo import`: a model file from weights that another library trained.
@Command(name = "import", mixinStandardHelpOptions = true, sortOptions = false, header = "Makes a model file of a model that another library trained.", description = {
        "Read are PyTorch's weights: a state_dict that torch.save wrote (.pt, .pth), or a safetensors file. What kind "
                + "a file is shows in its bytes, not in its name. Nothing in it is run. Where the weights alone do not "
                + "say what the layers are, --model does, and the error shows how to begin."})
final class ImportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FILE", description = "The file to import.")
    private String file = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The model file to write, such as m.rondo.")
    private String out = "";

    @Option(names = "--model", paramLabel = "FILE", description = "A JSON file with the input and the layers, for files that hold weights alone.")
    private @Nullable String model;

    @Mixin
    private JsonOption json = new JsonOption();

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Path target = model == null ? TargetFile.check("--out", out, file)
                : TargetFile.check("--out", out, file, model);
        StateDict weights = StateDict.read(TargetFile.path(file));
        Sequential imported = model == null ? TorchImport.model(weights)
                : TorchImport.model(weights, SequentialJson.read(layers(model), model));
        weights.notes().forEach(note -> console.note(file + ": " + note));
        ObjectNode task = Json.mapper().createObjectNode().put("type", "tensors").put("imported_from", file);
        Provenance provenance = new Provenance(List.of(), 0, 0, new LinkedHashMap<>(),
                Provenance.Environment.here(1, 1), Instant.now().truncatedTo(ChronoUnit.SECONDS));
        console.beginSaving("after " + out + " was saved");
        try {
            SavedSequential
                    .of("Imported from " + Path.of(file).getFileName(), imported, task, Optional.empty(), provenance)
                    .save(target);
        } finally {
            console.endSaving();
        }
        report(imported, Files.size(target));
        return Main.DONE;
    }

    private static ObjectNode layers(String name) throws IOException {
        Path path = TargetFile.path(name);
        int most = Limits.defaults().jsonBytes();
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new Failure("%s: has more than %d bytes; is it a description of layers?".formatted(name, most));
            }
            return Json.read(bytes, name);
        }
    }

    private void report(Sequential imported, long bytes) {
        if (json.wanted()) {
            console.print(Json.mapper().createObjectNode().put("saved", out).put("bytes", bytes)
                    .put("input", imported.input().toString()).put("output", imported.output().toString()));
            return;
        }
        imported.summary().lines().forEach(console::print);
        console.print("saved %s (%s)".formatted(out, InspectCommand.size(bytes)));
    }
}
