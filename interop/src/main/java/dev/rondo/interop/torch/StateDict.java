package dev.rondo.interop.torch;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.interop.torch.PickleValue.Dict;
import dev.rondo.interop.torch.PickleValue.StoredTensor;
import dev.rondo.io.Archive;
import dev.rondo.io.InputFile;
import dev.rondo.io.Limits;
import dev.rondo.io.ModelFormatException;
import dev.rondo.io.Safetensors;
import dev.rondo.tensor.IntTensor;
import dev.rondo.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/// The weights of a PyTorch model by name, as `model.state_dict()` gives them.
///
/// Read are files of `torch.save` since PyTorch 1.6 (`.pt`, `.pth`) and safetensors files, told apart by their first bytes.
/// Numbers of float16, bfloat16 and float64 become float32. A checkpoint that holds the weights under `state_dict`,
/// `model_state_dict` or `model` is looked into. No instruction in a file is run. Immutable but for the tensors' numbers.
///
/// @param source what to call the file in an error
/// @param tensors the tensors of real numbers
/// @param ints the tensors of whole numbers, such as `num_batches_tracked`
/// @param ordered whether they come in the order of the model, which a safetensors file does not keep
/// @param notes what else the file holds and was left out, a line each
public record StateDict(String source, SequencedMap<String, Tensor> tensors, SequencedMap<String, IntTensor> ints,
        boolean ordered, List<String> notes) {
    private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict", "model");
    private static final byte[] LEGACY = {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46,
            (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19};
    private static final int MOST_NOTES = 20;

    /// Copies the maps and the list.
    public StateDict {
        Objects.requireNonNull(source, "source is null");
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
        ints = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(ints));
        notes = List.copyOf(notes);
    }

    /// Reads a file within the default limits.
    ///
    /// @param file a file of torch.save or a safetensors file
    /// @throws ModelFormatException if it is neither, is damaged, exceeds a limit, or would call anything; the message names
    ///         the entry and what it calls
    /// @throws IOException if it cannot be read
    public static StateDict read(Path file) throws IOException {
        return read(file, Limits.defaults());
    }

    /// Reads a file.
    ///
    /// @param file a file of torch.save or a safetensors file
    /// @param limits what the file may make this method hold
    /// @throws ModelFormatException if it is neither, is damaged, exceeds a limit, or would call anything; the message names
    ///         the entry and what it calls
    /// @throws IOException if it cannot be read
    public static StateDict read(Path file, Limits limits) throws IOException {
        InputFile.requireRegular(file);
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(LEGACY.length);
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
        if (Arrays.equals(start, LEGACY)) {
            throw new ModelFormatException(file.toString(),
                    "written in the format before PyTorch 1.6; write it anew in "
                            + "Python: torch.save(torch.load('old.pt', weights_only=True), 'new.pt')");
        }
        if (isZip(start)) {
            try (TorchZip zip = TorchZip.open(file, limits)) {
                return read(zip, file.toString(), limits);
            } catch (IOException e) {
                throw InputFile.explain(file, e);
            }
        }
        if (start.length > 8 && start[8] == '{') {
            Archive archive = Safetensors.read(file, limits);
            return new StateDict(file.toString(), archive.tensors(), archive.ints(), false, List.of());
        }
        throw new ModelFormatException(file.toString(),
                "neither a file of torch.save nor a safetensors file; check that it is the right file and whole");
    }

    private static boolean isZip(byte[] start) {
        return start.length > 3 && start[0] == 'P' && start[1] == 'K';
    }

    private static StateDict read(TorchZip zip, String file, Limits limits) throws IOException {
        PickleValue root = zip.pickle(limits);
        if (!(root instanceof Dict(SequencedMap<String, PickleValue> entries))) {
            throw new ModelFormatException(zip.picklePlace(), "holds " + root.kind()
                    + "; expected the names and tensors of a state_dict");
        }
        List<String> notes = new ArrayList<>();
        SequencedMap<String, PickleValue> chosen = entries;
        String prefix = "";
        for (String wrapper : WRAPPERS) {
            if (!holdsTensors(chosen) && chosen.get(wrapper) instanceof Dict(var inner)) {
                prefix = prefix + wrapper + "/";
                leaveOut(chosen, wrapper, notes);
                chosen = inner;
            }
        }
        if (!holdsTensors(chosen)) {
            throw new ModelFormatException(zip.picklePlace(), "has no tensors by name, but " + names(chosen)
                    + "; save the weights alone: torch.save(model.state_dict(), file)");
        }
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        SequencedMap<String, IntTensor> ints = new LinkedHashMap<>();
        for (var entry : chosen.entrySet()) {
            String name = entry.getKey();
            if (entry.getValue() instanceof StoredTensor stored) {
                if (stored.storage().type().dtype().real()) {
                    tensors.put(name, zip.reals(stored, prefix + name));
                } else {
                    ints.put(name, zip.wholes(stored, prefix + name));
                }
            } else {
                note(notes, prefix + name, entry.getValue());
            }
        }
        return new StateDict(file, tensors, ints, true, notes);
    }

    private static boolean holdsTensors(SequencedMap<String, PickleValue> entries) {
        return entries.values().stream().anyMatch(StoredTensor.class::isInstance);
    }

    private static void leaveOut(SequencedMap<String, PickleValue> entries, String but, List<String> notes) {
        entries.forEach((name, value) -> {
            if (!name.equals(but)) {
                note(notes, name, value);
            }
        });
    }

    private static void note(List<String> notes, String name, PickleValue value) {
        if (notes.size() < MOST_NOTES) {
            notes.add("left out " + quote(name) + ", which is " + value.kind());
        } else if (notes.size() == MOST_NOTES) {
            notes.add("left out more");
        }
    }

    private static String names(SequencedMap<String, PickleValue> entries) {
        int most = 8;
        if (entries.isEmpty()) {
            return "nothing";
        }
        return String.join(", ", entries.entrySet().stream().limit(most)
                .map(e -> quote(e.getKey()) + " (" + e.getValue().kind() + ")").toList())
                + (entries.size() > most ? ", ..." : "");
    }
}
