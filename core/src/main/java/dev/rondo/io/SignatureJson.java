package dev.rondo.io;

import dev.rondo.nn.Signature;
import dev.rondo.nn.Signature.Kind;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a model is fed, as JSON: `{"kind": "sequence", "features": 10, "steps": 20}`, where tokens have no features and steps may be left
/// out.
final class SignatureJson {
    private SignatureJson() {}

    static ObjectNode write(Signature input) {
        ObjectNode json = Json.mapper().createObjectNode();
        put(input, json);
        return json;
    }

    static void put(Signature input, ObjectNode json) {
        json.put("kind", id(input.kind()));
        if (input.kind() != Kind.TOKENS) {
            json.put("features", input.features());
        }
        if (input.hasSteps()) {
            json.put("steps", input.steps());
        }
    }

    static Signature read(JsonNode json, String where) throws ModelFormatException {
        return read(Fields.of(json, where, "kind", "features", "steps"));
    }

    /// @param fields an object that may have `kind`, `features` and `steps`
    static Signature read(Fields fields) throws ModelFormatException {
        String name = fields.text("kind");
        for (Kind kind : Kind.values()) {
            if (name.equals(id(kind))) {
                return signature(kind, fields);
            }
        }
        throw fields.wrong("kind", "is " + ModelFormatException.quote(name) + "; use tokens, sequence or vector");
    }

    private static Signature signature(Kind kind, Fields fields) throws ModelFormatException {
        if (kind == Kind.TOKENS && fields.has("features")) {
            throw fields.wrong("features", "does not go with kind 'tokens'; remove it");
        }
        try {
            return new Signature(kind, kind == Kind.TOKENS ? 1 : fields.integer("features"),
                    fields.integer("steps", Signature.ANY));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(fields.where(), e.getMessage(), e);
        }
    }

    private static String id(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
