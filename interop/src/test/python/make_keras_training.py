"""Writes the losses of ten steps of Keras's optimizers, for models in ../resources/keras: `python make_keras_training.py`.

train_NAME.keras is the model before the first step; train_NAME.safetensors has input_0, target and for each optimizer the ten
losses, each before its step. All steps are on the same batch. Models with several outputs have target_0, target_1 ..., weight_0 ...,
and for Adam besides the sum of the losses those of each output, adam_0, adam_1 ..., before they are multiplied by loss_weights.
"""

import keras_cases
import safetensors_file
from keras_cases import keras, np, randomize, rng_for

L = keras.layers
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.005),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
}


def text():
    """Padding anywhere, behind a mask."""
    return keras.Sequential([
        keras.Input((None,), dtype="int32"), L.Embedding(9, 4, mask_zero=True),
        L.Bidirectional(L.LSTM(3, return_sequences=True)), L.GRU(4), L.Dense(3, activation="softmax")])


def graph():
    x = keras.Input((6, 3))
    y = L.LSTM(4)(L.BatchNormalization()(L.Conv1D(4, 3, padding="causal", activation="relu")(x)))
    z = L.GRU(4, reset_after=False)(L.Dense(3, activation="tanh", trainable=False)(x))
    return keras.Model(x, L.Dense(2)(L.LayerNormalization()(L.Concatenate()([y, z]))))


def heads():
    """A tag for each word that is there, a vector for the text, and which kind of text it is."""
    ids = keras.Input((None,), dtype="int32")
    x = L.Embedding(9, 4, mask_zero=True)(ids)
    y, h, c = L.LSTM(4, return_sequences=True, return_state=True)(x)
    tags = L.Dense(5, activation="softmax", name="tags")(y)
    vector = L.Dense(2, name="vector")(L.Concatenate()([h, c]))
    kind = L.Dense(3, activation="softmax", name="kind")(L.GRU(3)(y))
    return keras.Model(ids, [tags, vector, kind])


def write_heads(name, inputs, targets, weights):
    model = heads()
    randomize(model, rng_for(name))
    model.save(cases.temp / "m.keras")
    keras_cases.pack(cases.temp / "m.keras", keras_cases.RESOURCES / f"{name}.keras")
    tensors = {"input_0": inputs}
    tensors |= {f"target_{k}": target for k, target in enumerate(targets)}
    tensors |= {f"weight_{k}": weight for k, weight in enumerate(weights)}
    model.compile(OPTIMIZERS["adam"](), loss_weights=[0.7, 1.5, 0.4], loss=[
        keras.losses.SparseCategoricalCrossentropy(), keras.losses.MeanSquaredError(),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1)])
    losses = []
    for step in range(10):
        model.reset_metrics()
        values = model.train_on_batch(inputs, targets, sample_weight=weights, return_dict=True)
        losses.append([values[k] for k in ("loss", "tags_loss", "vector_loss", "kind_loss")])
    losses = np.array(losses, np.float32).T
    tensors["adam"] = losses[0]
    tensors |= {f"adam_{k}": losses[k + 1] for k in range(3)}
    safetensors_file.save(keras_cases.RESOURCES / f"{name}.safetensors", tensors)


def write(name, build, inputs, targets, loss):
    model = build()
    randomize(model, rng_for(name))
    start = model.get_weights()
    model.save(cases.temp / "m.keras")
    keras_cases.pack(cases.temp / "m.keras", keras_cases.RESOURCES / f"{name}.keras")
    tensors = {"input_0": inputs, "target": targets}
    for optimizer, make in OPTIMIZERS.items():
        model.set_weights(start)
        model.compile(make(), loss)
        tensors[optimizer] = np.zeros(10, np.float32)
        for step in range(10):
            model.reset_metrics()  # else the loss would be the mean of all steps so far
            tensors[optimizer][step] = model.train_on_batch(inputs, targets)
    safetensors_file.save(keras_cases.RESOURCES / f"{name}.safetensors", tensors)


cases = keras_cases.Cases()
ids = rng_for("train_text input").integers(0, 9, (6, 7)).astype(np.int32)
write("train_text", text, ids, rng_for("train_text target").integers(0, 3, 6).astype(np.int32),
      "sparse_categorical_crossentropy")
write("train_graph", graph, rng_for("train_graph input").standard_normal((6, 6, 3)).astype(np.float32),
      rng_for("train_graph target").standard_normal((6, 2)).astype(np.float32), "mse")
rng = rng_for("train_heads input")
ids = rng.integers(0, 9, (6, 7)).astype(np.int32)
ids[:, 0] = np.maximum(ids[:, 0], 1)  # no text is empty
write_heads("train_heads", ids,
            [rng.integers(0, 5, (6, 7)).astype(np.int32), rng.standard_normal((6, 2)).astype(np.float32),
             rng.dirichlet(np.ones(3), 6).astype(np.float32)],
            [rng.uniform(0, 2, (6, 7)).astype(np.float32), rng.uniform(0, 2, 6).astype(np.float32),
             rng.uniform(0, 2, 6).astype(np.float32)])
