package dev.rondo.io;

import static dev.rondo.io.ModelFormatException.quote;

import dev.rondo.io.ModelFile.Contents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads one model file.
final class ModelFileReader {

    private static final List<String> REQUIRED = List.of(ModelFile.MODEL, ModelFile.WEIGHTS, ModelFile.PROVENANCE,
            ModelFile.CARD);
    private static final List<String> KNOWN = List.of(ModelFile.MODEL, ModelFile.WEIGHTS, ModelFile.VOCABULARY,
            ModelFile.PROVENANCE, ModelFile.CARD);
    private static final ZipInput.Kind KIND = new ZipInput.Kind("a Rondo model", 64, false);

    private final ZipInput zip;
    private final Limits limits;

    private ModelFileReader(ZipInput zip, Limits limits) {
        this.zip = zip;
        this.limits = limits;
    }

    static Contents read(Path file, Limits limits) throws IOException {
        ZipInput zip = ZipInput.open(file, KIND, limits);
        try (zip) {
            return new ModelFileReader(zip, limits).read();
        } catch (IOException e) {
            throw InputFile.explain(file, e);
        }
    }

    private Contents read() throws IOException {
        // The version first: a newer format may well have entries that this one does not know.
        if (!zip.has(ModelFile.MODEL)) {
            throw new ModelFormatException(zip.place(ModelFile.MODEL),
                    "is missing, so this is no model of Rondo; make one of a Keras or PyTorch file with rondo import");
        }
        ObjectNode model = zip.json(ModelFile.MODEL);
        requireVersion(model);
        model.remove(ModelFile.FORMAT_PROPERTY);
        requireKnownEntries();
        zip.requireTotal();
        ObjectNode provenance = zip.json(ModelFile.PROVENANCE);
        String card = zip.text(ModelFile.CARD);
        Optional<String> tokens = zip.has(ModelFile.VOCABULARY) ? Optional.of(zip.text(ModelFile.VOCABULARY))
                : Optional.empty();
        return new Contents(model, weights(), tokens, provenance, card);
    }

    private void requireVersion(ObjectNode model) throws ModelFormatException {
        JsonNode format = model.get(ModelFile.FORMAT_PROPERTY);
        if (format == null || !format.isInt() || format.intValue() < 1) {
            throw new ModelFormatException(zip.place(ModelFile.MODEL),
                    "has no valid property 'format'; expected a whole "
                            + "number from 1 to " + ModelFile.FORMAT + ", found "
                            + (format == null ? "none" : quote(format.toString())));
        }
        if (format.intValue() > ModelFile.FORMAT) {
            throw new ModelFormatException(zip.where(), "written by a newer Rondo (format " + format.intValue()
                    + "); this one reads up to " + ModelFile.FORMAT + "; upgrade Rondo");
        }
    }

    private void requireKnownEntries() throws ModelFormatException {
        for (String name : zip.names()) {
            if (!KNOWN.contains(name)) {
                throw new ModelFormatException(zip.place(name), "is not an entry of a Rondo model, which has "
                        + String.join(", ", KNOWN) + "; remove it");
            }
        }
        for (String name : REQUIRED) {
            zip.require(name);
        }
    }

    private Archive weights() throws IOException {
        zip.requireStored(ModelFile.WEIGHTS);
        return zip.read(ModelFile.WEIGHTS,
                in -> Safetensors.read(in, zip.size(ModelFile.WEIGHTS), zip.place(ModelFile.WEIGHTS), limits));
    }
}
