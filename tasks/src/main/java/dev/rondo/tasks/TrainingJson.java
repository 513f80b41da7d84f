package dev.rondo.tasks;

import dev.rondo.io.Fields;
import dev.rondo.io.Json;
import dev.rondo.io.ModelFormatException;
import dev.rondo.loss.Loss;
import dev.rondo.nn.Layer;
import dev.rondo.optim.Adam;
import dev.rondo.optim.AdamW;
import dev.rondo.optim.Clipping;
import dev.rondo.optim.Optimizer;
import dev.rondo.optim.RmsProp;
import dev.rondo.optim.Sgd;
import dev.rondo.train.Schedule;
import java.util.Locale;
import java.util.Objects;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How a classifier is trained, as JSON with Keras's names; clipping stands among the optimizer's options, as in Keras.
final class TrainingJson {
    private static final String GLOBAL_NORM = "global_clipnorm";
    private static final String BY_VALUE = "clipvalue";

    private static final String[] KEYS = {
            "optimizer", "loss", "schedule", "batch_size", "epochs", "validation_share", "seed"};

    private TrainingJson() {}

    /// An optimizer with its clipping.
    private record Updates(Optimizer optimizer, Clipping clipping) {}

    /// Writes what a training was, all of it; nothing may be left to be chosen by the number of texts.
    static ObjectNode write(TextTraining training, Head head) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.set("optimizer", write(Objects.requireNonNull(training.optimizer()), training.clipping()));
        json.put("loss", head.loss().id());
        switch (training.schedule()) {
            case Schedule.Constant constant -> json.put("schedule", "constant");
            case Schedule.OneCycle(double warmUp) -> json.putObject("schedule").put("class_name", "OneCycle")
                    .putObject("config").put("warm_up", warmUp);
        }
        return json.put("batch_size", training.batchSize()).put("epochs", training.epochs())
                .put("validation_share", training.validation() == null ? training.validationShare() : 0)
                .put("seed", training.seed());
    }

    private static ObjectNode write(Optimizer optimizer, Clipping clipping) {
        ObjectNode json = Json.mapper().createObjectNode();
        String name = switch (optimizer) {
            case Sgd sgd -> "SGD";
            case RmsProp rmsProp -> "RMSprop";
            case Adam adam -> "Adam";
            case AdamW adamW -> "AdamW";
        };
        ObjectNode config = json.put("class_name", name).putObject("config")
                .put("learning_rate", optimizer.learningRate());
        switch (optimizer) {
            case Sgd sgd -> config.put("momentum", sgd.momentum()).put("nesterov", sgd.usesNesterov());
            case RmsProp rmsProp -> config.put("rho", rmsProp.rho()).put("epsilon", rmsProp.epsilon());
            case Adam adam ->
                config.put("beta_1", adam.beta1()).put("beta_2", adam.beta2()).put("epsilon", adam.epsilon());
            case AdamW adam -> config.put("beta_1", adam.beta1()).put("beta_2", adam.beta2())
                    .put("epsilon", adam.epsilon()).put("weight_decay", adam.weightDecay());
        }
        switch (clipping) {
            case Clipping.None none -> {}
            case Clipping.GlobalNorm(double limit) -> config.put(GLOBAL_NORM, limit);
            case Clipping.ByValue(double limit) -> config.put(BY_VALUE, limit);
        }
        return json;
    }

    /// Reads the training; what is left out is as in `otherwise`, but a named optimizer without a schedule keeps its rate.
    static TextTraining read(JsonNode json, TextTraining otherwise, String where) throws ModelFormatException {
        Fields fields = Fields.of(json, where, KEYS);
        TextTraining training = otherwise;
        if (fields.has("optimizer")) {
            Updates updates = optimizer(fields.any("optimizer"), where + ": optimizer");
            training = training.optimizer(updates.optimizer()).clipping(updates.clipping())
                    .schedule(Schedule.constant());
        }
        if (fields.has("schedule")) {
            training = training.schedule(schedule(fields));
        }
        double share = fields.number("validation_share", training.validationShare());
        if (!(share >= 0 && share < 1)) {
            throw fields.wrong("validation_share", "is " + share + "; expected at least 0 and less than 1");
        }
        return training.validationShare(share)
                .batchSize(atLeast(fields, "batch_size", 1, training.batchSize()))
                .epochs(atLeast(fields, "epochs", 1, training.epochs()))
                .seed(fields.has("seed") ? fields.longInteger("seed") : training.seed());
    }

    /// Checks the loss, which follows from the last layer: a file that names another one is mistaken.
    ///
    /// @param layers the file's layers, empty where it has none
    static void checkLoss(JsonNode json, List<Layer> layers, String where) throws ModelFormatException {
        Fields fields = Fields.of(json, where, KEYS);
        if (!fields.has("loss")) {
            return;
        }
        Loss loss = fields.choice("loss", Loss.BINARY_CROSSENTROPY, Loss::of);
        if (layers.isEmpty()) {
            throw fields.wrong("loss", "is " + loss.id() + ", but the file has no 'layers'; remove it: it follows from "
                    + "the number of classes");
        }
        Head head = Head.of(layers);
        if (!loss.equals(head.loss())) {
            throw fields.wrong("loss",
                    "is " + loss.id() + ", but the last layer (" + Head.briefly(layers.getLast()) + ") needs "
                            + head.loss().id());
        }
    }

    /// A whole number that must not be too small.
    static int atLeast(Fields fields, String key, int least, int otherwise) throws ModelFormatException {
        if (!fields.has(key)) {
            return otherwise;
        }
        int value = fields.integer(key);
        if (value < least) {
            throw fields.wrong(key, "is " + value + "; expected " + least + " or more");
        }
        return value;
    }

    private static Updates optimizer(JsonNode json, String where) throws ModelFormatException {
        JsonNode config = Json.mapper().createObjectNode();
        String name;
        if (json.isString()) {
            name = json.stringValue();
        } else {
            Fields fields = Fields.of(json, where, "class_name", "config");
            name = fields.text("class_name");
            config = fields.has("config") ? fields.any("config") : config;
        }
        String place = where + " (" + name + ")";
        try {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "adam" -> adam(fields(config, place, "beta_1", "beta_2", "epsilon"));
                case "adamw" -> adamW(fields(config, place, "beta_1", "beta_2", "epsilon", "weight_decay"));
                case "rmsprop" -> rmsProp(fields(config, place, "rho", "epsilon"));
                case "sgd" -> sgd(fields(config, place, "momentum", "nesterov"));
                default -> throw new ModelFormatException(where,
                        "'" + name + "' is not known; use Adam, AdamW, RMSprop or SGD");
            };
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(place, e.getMessage(), e);
        }
    }

    private static Fields fields(JsonNode config, String where, String... own) throws ModelFormatException {
        String[] known = new String[own.length + 3];
        known[0] = "learning_rate";
        known[1] = GLOBAL_NORM;
        known[2] = BY_VALUE;
        System.arraycopy(own, 0, known, 3, own.length);
        return Fields.of(config, where, known);
    }

    private static Updates adam(Fields config) throws ModelFormatException {
        Adam plain = Adam.of();
        return new Updates(new Adam(config.number("learning_rate", plain.learningRate()),
                config.number("beta_1", plain.beta1()), config.number("beta_2", plain.beta2()),
                config.number("epsilon", plain.epsilon())), clipping(config));
    }

    private static Updates adamW(Fields config) throws ModelFormatException {
        AdamW plain = AdamW.of();
        return new Updates(new AdamW(config.number("learning_rate", plain.learningRate()),
                config.number("beta_1", plain.beta1()), config.number("beta_2", plain.beta2()),
                config.number("epsilon", plain.epsilon()), config.number("weight_decay", plain.weightDecay())),
                clipping(config));
    }

    private static Updates rmsProp(Fields config) throws ModelFormatException {
        RmsProp plain = RmsProp.of();
        return new Updates(new RmsProp(config.number("learning_rate", plain.learningRate()),
                config.number("rho", plain.rho()), config.number("epsilon", plain.epsilon())), clipping(config));
    }

    private static Updates sgd(Fields config) throws ModelFormatException {
        Sgd plain = Sgd.of();
        return new Updates(new Sgd(config.number("learning_rate", plain.learningRate()),
                config.number("momentum", plain.momentum()), config.flag("nesterov", plain.usesNesterov())),
                clipping(config));
    }

    private static Clipping clipping(Fields config) throws ModelFormatException {
        if (config.has(GLOBAL_NORM) && config.has(BY_VALUE)) {
            throw config.wrong(BY_VALUE, "does not go with '" + GLOBAL_NORM + "'; remove one");
        }
        return config.has(GLOBAL_NORM) ? Clipping.globalNorm(config.number(GLOBAL_NORM))
                : config.has(BY_VALUE) ? Clipping.byValue(config.number(BY_VALUE)) : Clipping.none();
    }

    private static Schedule schedule(Fields training) throws ModelFormatException {
        if (training.any("schedule").isString()) {
            return training.choice("schedule", Schedule.constant(), name -> switch (name) {
                case "constant" -> Schedule.constant();
                case "one_cycle" -> Schedule.oneCycle();
                default ->
                    throw new IllegalArgumentException("'" + name + "' is not known; use constant or one_cycle");
            });
        }
        String where = training.where() + ": schedule";
        Fields fields = Fields.of(training.any("schedule"), where, "class_name", "config");
        if (!fields.text("class_name").equals("OneCycle")) {
            throw fields.wrong("class_name", "is '" + fields.text("class_name")
                    + "'; use {\"class_name\": \"OneCycle\", \"config\": {\"warm_up\": 0.3}} or \"constant\"");
        }
        Fields config = Fields.of(fields.any("config"), where + " (OneCycle)", "warm_up");
        try {
            return new Schedule.OneCycle(config.number("warm_up"));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(config.where(), e.getMessage(), e);
        }
    }
}
