package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.interop.onnx.OnnxCheck;
import dev.rondo.interop.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// All models that Keras saved go on to ONNX and give the same there.
class KerasToOnnxTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void agree() throws IOException {
        for (String name : KerasFiles.names("index.txt")) {
            OnnxCheck check = OnnxCheck.run(OnnxExport.of(KerasFiles.read(name, folder).model())).orElseThrow();
            assertTrue(check.passes(), name + ": " + check);
        }
    }
}
