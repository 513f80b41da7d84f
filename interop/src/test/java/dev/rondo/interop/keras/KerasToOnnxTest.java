package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.interop.onnx.OnnxCheck;
import dev.rondo.interop.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models that Keras saved either go on to ONNX and give the same there, or are refused with the name of a layer.
class KerasToOnnxTest {
    /// How many of the models ONNX has all layers for, at least.
    private static final int MOST_GO_ON = 50;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void agreesOrIsRefused() throws IOException {
        List<String> names = KerasFiles.names("index.txt");
        int agreed = 0;
        for (String name : names) {
            OnnxExport export = OnnxExport.of(KerasFiles.read(name, folder).model());
            try {
                OnnxCheck check = OnnxCheck.run(export).orElseThrow();
                assertTrue(check.passes(), name + ": " + check);
                agreed++;
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().matches("layer \".+\" .*(ONNX|threshold).*"), name + ": " + e.getMessage());
            }
        }
        assertTrue(agreed >= MOST_GO_ON, agreed + " of " + names.size() + " go on to ONNX");
    }
}
