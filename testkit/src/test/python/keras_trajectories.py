"""Ten training steps of tiny models by Keras's optimizers: losses at each step and the weights at the end."""

import keras_double  # first: it sets Keras up

import jax
import jax.numpy as jnp
import keras
import numpy as np

import golden_file as gf

STEPS = 10

TEXT = [
    {"class_name": "Embedding", "config": {"input_dim": 20, "output_dim": 6, "mask_zero": False}},
    {"class_name": "LSTM", "config": {"units": 5, "return_sequences": False}},
    {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid"}},
]
SERIES = [
    {"class_name": "LSTM", "config": {"units": 4, "return_sequences": True}},
    {"class_name": "GRU", "config": {"units": 3, "return_sequences": False, "reset_after": True}},
    {"class_name": "Dense", "config": {"units": 2, "activation": "linear"}},
]
OPTIMIZERS = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "sgd_momentum": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    "sgd_nesterov": ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "sgd_clip": ("SGD", {"learning_rate": 0.1, "global_clipnorm": 0.2}),
    "rmsprop": ("RMSprop", {"learning_rate": 1e-2}),
    "adam": ("Adam", {"learning_rate": 1e-2}),
    "adamw": ("AdamW", {"learning_rate": 1e-2, "weight_decay": 0.02}),
    "adam_clip": ("Adam", {"learning_rate": 1e-2, "global_clipnorm": 0.2}),
}
NOTES = {
    "RMSprop": "v = rho v + (1-rho) g^2, rho 0.9; w -= lr g / sqrt(v + eps), eps 1e-7 inside the root",
    "Adam": "a = lr sqrt(1-b2^t)/(1-b1^t); w -= a m / (sqrt(v) + eps), b1 0.9, b2 0.999, eps 1e-7; "
    "the embedding's gradient is dense, so untouched rows move with their momentum",
    "AdamW": "first w -= lr * weight_decay * w for every weight (embeddings and biases too), then Adam's step on the gradient",
    "SGD": "v = momentum v - lr g; w += v; with nesterov w += momentum v - lr g",
}


def build(layers, batch):
    model = keras.Sequential([getattr(keras.layers, n["class_name"])(**n["config"], name=n["class_name"].lower()) for n in layers])
    model.build(batch.shape)
    return model


def batches_of(name, kind):
    rng = gf.rng_for(f"batches {kind}")
    for _ in range(STEPS):
        if kind == "series":
            yield gf.rand32(rng, 4, 5, 3, scale=1.0), gf.rand32(rng, 4, 2, scale=1.0), None
            continue
        ids = rng.integers(1, 20, (4, 6)).astype(np.int32)
        lengths = None
        if kind == "ragged":
            lengths = np.array([6, 1, *rng.integers(2, 7, 2)], np.int32)
            ids[np.arange(6)[None, :] >= lengths[:, None]] = 0
        yield ids, rng.integers(0, 2, (4, 1)).astype(np.float32), lengths


def train(model, loss, optimizer, batches):
    """Trains in one pure function of the step, so that its precision can be checked; returns losses, norms and weights."""
    optimizer.build(model.trainable_variables)
    weights = [v.value for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]
    memory = [v.value for v in optimizer.variables]

    def step(weights, memory, x, y):
        def value(weights):
            predicted, _ = model.stateless_call(weights, fixed, x, training=True)
            return loss(y, predicted)

        lost, gradients = jax.value_and_grad(value)(weights)
        norm = jnp.sqrt(sum(jnp.sum(g * g) for g in gradients))
        return lost, norm, optimizer.stateless_apply(memory, gradients, weights)

    losses, norms = [], []
    double = lambda a: jnp.asarray(a, "float64") if a.dtype == np.float32 else jnp.asarray(a)
    x, y, _ = batches[0]
    keras_double.assert_double(optimizer.name, step, weights, memory, double(x), double(y))
    compiled = jax.jit(step)
    for x, y, _ in batches:
        lost, norm, (weights, memory) = compiled(weights, memory, double(x), double(y))
        losses.append(float(lost))
        norms.append(float(norm))
    return losses, norms, weights


def names_of(model):
    return [f"{layer.name}.{v.name}" for layer in model.layers for v in layer.trainable_variables]


def write_one(folder, kind, optimizer_name):
    layers = [dict(n, config=dict(n["config"])) for n in (SERIES if kind == "series" else TEXT)]
    if kind == "ragged":
        layers[0]["config"]["mask_zero"] = True
    cls, config = OPTIMIZERS[optimizer_name]
    loss_cls = "MeanSquaredError" if kind == "series" else "BinaryCrossentropy"
    batches = list(batches_of(optimizer_name, kind))
    model = build(layers, batches[0][0])
    names = names_of(model)
    rng = gf.rng_for(f"weights {kind}")
    initial = [gf.rand32(rng, *v.shape, scale=0.4) for v in model.trainable_variables]
    for variable, value in zip(model.trainable_variables, initial):
        assert variable.dtype == "float64"
        variable.assign(value)
    optimizer = getattr(keras.optimizers, cls)(**config)
    losses, norms, final = train(model, getattr(keras.losses, loss_cls)(), optimizer, batches)
    if "global_clipnorm" in config:
        assert sum(n > config["global_clipnorm"] for n in norms) >= 5, f"clipping seldom bites: {norms}"
    tensors = {f"init.{n}": v for n, v in zip(names, initial)}
    for index, (x, y, lengths) in enumerate(batches):
        tensors.update({f"batch{index}.x": x, f"batch{index}.y": y})
        if lengths is not None:
            tensors[f"batch{index}.lengths"] = lengths
    tensors["losses"] = losses
    tensors["gradient_norms"] = norms
    tensors.update({f"final.{n}": v for n, v in zip(names, final)})
    notes = NOTES[cls]
    if "global_clipnorm" in config:
        notes += "; gradients are scaled by clipnorm / max(norm, clipnorm), norm over all weights; gradient_norms are before clipping"
    if kind == "ragged":
        notes += "; id 0 is padding (mask_zero), x is right-padded, lengths gives the real steps"
    loss = {"class_name": loss_cls, "config": {}}
    folder.write(f"trajectory_{kind}_{optimizer_name}", "trajectory", tensors, notes, model=layers, optimizer={"class_name": cls, "config": config}, loss=loss)


def write_all(folder):
    for optimizer_name in OPTIMIZERS:
        write_one(folder, "text", optimizer_name)
    for optimizer_name in ("sgd", "sgd_momentum", "sgd_nesterov", "adam", "adam_clip"):
        write_one(folder, "series", optimizer_name)
    write_one(folder, "ragged", "sgd")
    write_one(folder, "ragged", "adam")
