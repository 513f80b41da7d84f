package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A large model is imported in little more memory than its weights take.
class LargeKerasModelTest {
    private static final int ROWS = 1 << 18;
    private static final int COLUMNS = 64;
    private static final String ARCHITECTURE = """
            {"class_name": "Sequential", "config": {"name": "large", "layers": [
              {"class_name": "Embedding", "config": {"name": "table", "batch_input_shape": [null, null],
                                                     "input_dim": %d, "output_dim": %d}}]}}
            """.formatted(ROWS, COLUMNS);

    @TempDir
    Path folder = Path.of("");

    /// 64 MiB of weights in a heap of 96 MiB.
    @Test
    void fitsInOneAndAHalfTimesItsSize() throws IOException, InterruptedException {
        Path weights = folder.resolve("large.weights.h5");
        try (var file = HdfFile.write(weights)) {
            float[][] table = new float[ROWS][COLUMNS];
            table[ROWS - 1][COLUMNS - 1] = 7;
            file.putGroup("layers").putGroup("embedding").putGroup("vars").putDataset("0", table);
        }
        Path json = Files.writeString(folder.resolve("large.json"), ARCHITECTURE);
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m", "--add-modules=jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                LargeKerasModelTest.class.getName(), weights.toString(), json.toString())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(true, process.waitFor(2, TimeUnit.MINUTES), said);
        assertEquals(0, process.exitValue(), said);
        assertEquals("last 7.0", said.strip().lines().toList().getLast());
    }

    /// What the process with the small heap does.
    public static void main(String[] args) throws IOException {
        var model = KerasModel.read(Path.of(args[0]), Path.of(args[1]), dev.rondo.io.Limits.defaults()).model();
        float[] values = model.parameters().getFirst().values();
        System.out.println("last " + values[values.length - 1]);
    }
}
