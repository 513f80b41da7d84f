package dev.rondo.io;

import dev.rondo.op.Backend;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How a model came about: what is needed to make it again, bit for bit, and how good it was.
///
/// @param data what it was trained on, in order; empty if that is not known
/// @param seed of the initial weights, the order of the rows and dropout
/// @param epochs how many times training went over the data, 0 or more
/// @param metrics what was measured, by name such as `validation accuracy`; finite
/// @param environment what it was trained with
/// @param date when
public record Provenance(
        List<Data> data, long seed, int epochs, SequencedMap<String, Double> metrics, Environment environment,
        Instant date) {

    /// Copies the collections and checks the numbers.
    ///
    /// @throws IllegalArgumentException if epochs is negative, or a metric not finite
    public Provenance {
        data = List.copyOf(data);
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
        requireAtLeast("epochs", epochs, 0);
        metrics.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("metric " + ModelFormatException.quote(name) + " is " + value
                        + "; a model file holds finite numbers: leave it out");
            }
        });
    }

    /// A file or another source of rows.
    ///
    /// @param name the file's path as it was given, or a description
    /// @param rows the number of rows, 0 or more
    /// @param sha256 the SHA-256 of its bytes, in hexadecimal
    public record Data(String name, long rows, String sha256) {
        /// @throws IllegalArgumentException if rows is negative, or the checksum not 64 hexadecimal digits
        public Data {
            requireAtLeast("rows", rows, 0);
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException("sha256 is " + ModelFormatException.quote(sha256)
                        + "; expected 64 hexadecimal digits in lower case");
            }
        }
    }

    /// What a model was trained with.
    ///
    /// @param rondo the version of Rondo, `development` for one that was not released
    /// @param java the version of Java
    /// @param kernels the kernels, see [Backend#name()]
    /// @param slices into how many parts each batch was cut, at least 1
    /// @param threads how many threads worked on them, at least 1; the result does not depend on it
    public record Environment(String rondo, String java, String kernels, int slices, int threads) {
        /// @throws IllegalArgumentException if slices or threads is less than 1
        public Environment {
            requireAtLeast("slices", slices, 1);
            requireAtLeast("threads", threads, 1);
        }

        /// {@return this program's environment}
        ///
        /// @param slices into how many parts each batch is cut, at least 1
        /// @param threads how many threads work on them, at least 1
        public static Environment here(int slices, int threads) {
            String version = Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
                    .orElse("development");
            return new Environment(version, Runtime.version().toString(), Backend.name(), slices, threads);
        }
    }

    ObjectNode json() {
        ObjectNode json = Json.mapper().createObjectNode();
        ArrayNode sources = json.putArray("data");
        for (Data source : data) {
            sources.addObject().put("name", source.name()).put("rows", source.rows()).put("sha256", source.sha256());
        }
        json.put("seed", seed).put("epochs", epochs);
        ObjectNode measured = json.putObject("metrics");
        metrics.forEach(measured::put);
        json.putObject("environment")
                .put("rondo", environment.rondo())
                .put("java", environment.java())
                .put("kernels", environment.kernels())
                .put("slices", environment.slices())
                .put("threads", environment.threads());
        return json.put("date", date.toString());
    }

    static Provenance read(JsonNode json, String where) throws ModelFormatException {
        Fields fields = Fields.of(json, where, "data", "seed", "epochs", "metrics", "environment", "date");
        try {
            List<Data> data = new ArrayList<>();
            for (JsonNode source : fields.array("data")) {
                Fields of = Fields.of(source, where + ": data " + (data.size() + 1), "name", "rows", "sha256");
                data.add(new Data(of.text("name"), of.longInteger("rows"), of.text("sha256")));
            }
            return new Provenance(data, fields.longInteger("seed"), fields.integer("epochs"), metrics(fields),
                    environment(fields), Instant.parse(fields.text("date")));
        } catch (DateTimeParseException e) {
            throw fields.wrong("date", "is not a time such as 2026-01-31T12:00:00Z");
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(where, e.getMessage(), e);
        }
    }

    private static SequencedMap<String, Double> metrics(Fields fields) throws ModelFormatException {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> metric : fields.object("metrics").properties()) {
            if (!metric.getValue().isNumber()) {
                throw fields.wrong("metrics", "has " + ModelFormatException.quote(metric.getKey()) + ", which is "
                        + Fields.describe(metric.getValue()) + "; expected a number");
            }
            metrics.put(metric.getKey(), metric.getValue().doubleValue());
        }
        return metrics;
    }

    private static Environment environment(Fields fields) throws ModelFormatException {
        Fields of = Fields.of(fields.any("environment"), fields.where() + ": environment",
                "rondo", "java", "kernels", "slices", "threads");
        return new Environment(of.text("rondo"), of.text("java"), of.text("kernels"), of.integer("slices"),
                of.integer("threads"));
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }
}
