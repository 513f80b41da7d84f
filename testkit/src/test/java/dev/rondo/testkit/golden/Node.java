package dev.rondo.testkit.golden;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A layer, loss or optimizer as the metadata of a golden file describes it: `{"class_name": ..., "config": {...}}`.
record Node(String className, JsonNode config) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static Node of(String json) {
        return of(MAPPER.readTree(json));
    }

    /// A JSON array of them.
    static List<Node> list(String json) {
        List<Node> nodes = new ArrayList<>();
        MAPPER.readTree(json).forEach(node -> nodes.add(of(node)));
        return nodes;
    }

    private static Node of(JsonNode node) {
        return new Node(node.required("class_name").stringValue(), node.required("config"));
    }

    /// The layer that this one wraps.
    Node layer() {
        return of(config.required("layer"));
    }

    boolean has(String option) {
        return config.has(option);
    }

    int count(String option) {
        return config.required(option).intValue();
    }

    double number(String option) {
        return config.required(option).doubleValue();
    }

    String text(String option) {
        return config.required(option).stringValue();
    }

    /// False where it is not given.
    boolean flag(String option) {
        return has(option) && config.required(option).booleanValue();
    }
}
