package dev.rondo.interop.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Archive;
import dev.rondo.io.Safetensors;
import dev.rondo.io.SequentialJson.Architecture;
import dev.rondo.nn.Dense;
import dev.rondo.nn.Signature;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A large model is imported in little more memory than its weights take, although they have to be transposed.
class LargeTorchModelTest {
    private static final int UNITS = 4096;

    @TempDir
    Path folder = Path.of("");

    /// 64 MiB of weights in a heap of 96 MiB.
    @Test
    void fitsInOneAndAHalfTimesItsSize() throws IOException, InterruptedException {
        float[] weight = new float[UNITS * UNITS];
        weight[UNITS] = 7;
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("linear.weight", Tensor.of(weight, UNITS, UNITS));
        Path file = folder.resolve("large.safetensors");
        Safetensors.write(file, Archive.of(tensors));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m", "--add-modules=jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                LargeTorchModelTest.class.getName(), file.toString()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), said);
        assertEquals(0, process.exitValue(), said);
        assertEquals("second 7.0", said.strip().lines().toList().getLast());
    }

    /// What the process with the small heap does.
    public static void main(String[] args) throws IOException {
        var layers = new Architecture(Signature.vector(UNITS), List.of(Dense.of(UNITS).withoutBias()));
        float[] kernel = TorchImport.consume(StateDict.read(Path.of(args[0])), layers).parameters().getFirst().values();
        System.out.println("second " + kernel[1]);
    }
}
