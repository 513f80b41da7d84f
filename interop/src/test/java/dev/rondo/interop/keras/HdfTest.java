package dev.rondo.interop.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Arrays and attributes that h5py wrote: see make_refused_keras.py.
class HdfTest {
    @TempDir
    Path folder = Path.of("");
    private Hdf file = null;

    @BeforeEach
    void open() throws IOException {
        file = Hdf.open(KerasFiles.file("refused/numbers.h5.gz", folder), "n.h5", Limits.defaults());
    }

    @AfterEach
    void close() {
        file.close();
    }

    /// 245 numbers i / 7 in 35 rows of 7, which 8 by 4 chunks do not divide.
    @ParameterizedTest
    @ValueSource(strings = {"f4", "f8", "big", "chunked", "gzip", "shuffled", "group/inner"})
    void readsFloatsOfEachKind(String path) throws IOException {
        float[] expected = new float[245];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = i / 7f;
        }
        assertArrayEquals(new int[] {35, 7}, file.shape(path));
        assertArrayEquals(expected, file.floats(path));
    }

    @Test
    void readsHalfPrecision() throws IOException {
        float[] found = file.floats("f2");
        for (int i = 0; i < found.length; i++) {
            assertEquals(Float.float16ToFloat(Float.floatToFloat16(i / 7f)), found[i]);
        }
    }

    @Test
    void readsScalarsAndEmptyArrays() throws IOException {
        assertArrayEquals(new float[] {3}, file.floats("scalar"));
        assertArrayEquals(new float[0], file.floats("empty"));
        assertArrayEquals(new int[] {0, 3}, file.shape("empty"));
    }

    @Test
    void readsTexts() throws IOException {
        assertEquals(Optional.of("häuser"), file.text("", "text"));
        assertEquals(Optional.of("abc"), file.text("", "fixed"));
        assertEquals(Optional.of(List.of("a", "bcd")), file.texts("", "texts"));
        assertEquals(Optional.of(List.of()), file.texts("", "none"));
        assertEquals(Optional.of(List.of("a", "b", "c")), file.texts("", "long"));
        assertEquals(Optional.empty(), file.text("", "other"));
        assertEquals(Optional.empty(), file.texts("nowhere", "texts"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "i4|no floats, as quantized weights are",
            "lzf|packed with the filter lzf",
            "checked|packed with the filter fletcher32",
            "soft|'soft': is a link",
            "external|'external': is a link",
            "external/f4|'external': is a link",
            "nowhere|'nowhere': is missing",
            "group|'group': is missing",
            "f4/below|'f4/below': is missing"})
    void refuses(String path, String problem) {
        var e = assertThrows(ModelFormatException.class, () -> file.floats(path));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("n.h5: ") && message.contains(problem), message);
    }

    @Test
    void refusesWhatIsNoHdf5() {
        var e = assertThrows(ModelFormatException.class, () -> Hdf.open(
                KerasFiles.file("index.txt", folder), "x.h5", Limits.defaults()).close());
        assertTrue(String.valueOf(e.getMessage()).startsWith("x.h5: cannot be read as HDF5"), e.getMessage());
    }
}
