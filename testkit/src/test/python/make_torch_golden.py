"""Makes the golden files of ../resources/golden/torch with PyTorch. See README.md."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import golden_file as gf

FOLDER = gf.Folder("torch", f"torch {torch.__version__}, numpy {np.__version__}")
PACK_NOTE = "packed: compare real steps only"
STEPS = 10


def fill(module, name):
    """Random float32 values into every parameter; returns them by torch's own names."""
    rng = gf.rng_for(name)
    values = {}
    for key, parameter in module.named_parameters():
        values[key] = gf.rand32(rng, *parameter.shape)
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(values[key]))
    return values


def evaluate(node, dtype, name, x, states, lengths):
    config = dict(node["config"])
    module = getattr(nn, node["class_name"])(**config, dtype=dtype)
    weights = fill(module, name + ".weights")
    leaf = lambda a: torch.tensor(a, dtype=dtype, requires_grad=True)
    given, initial = leaf(x), [leaf(s) for s in states]
    fed = given
    if lengths is not None:
        fed = pack_padded_sequence(given, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    hidden = None if not initial else (tuple(initial) if len(initial) == 2 else initial[0])
    output, last = module(fed, hidden)
    if lengths is not None:
        output, _ = pad_packed_sequence(output, batch_first=True, total_length=x.shape[1])
    outputs = [output, *(last if isinstance(last, tuple) else (last,))]
    rng = gf.rng_for(name + ".gradients")
    d_outputs = [gf.rand32(rng, *o.shape, scale=1.0) for o in outputs]
    if lengths is not None:
        d_outputs[0] = d_outputs[0] * (np.arange(x.shape[1])[None, :, None] < np.asarray(lengths)[:, None, None]).astype(np.float32)
    sum((o * torch.tensor(d, dtype=dtype)).sum() for o, d in zip(outputs, d_outputs)).backward()
    held = ["output", "last_h", "last_c"][: len(outputs)]
    result = {n: o.detach().numpy() for n, o in zip(held, outputs)}
    result["g.input"] = given.grad.numpy()
    result.update({f"g.{n}": p.grad.numpy() for n, p in module.named_parameters()})
    result.update({f"g.initial_{s}": v.grad.numpy() for s, v in zip("hc", initial)})
    stored = {f"w.{n}": v for n, v in weights.items()}
    stored.update({f"d_{n}": d for n, d in zip(held, d_outputs)})
    return stored, result


def rnn_case(name, cls, B, T, F, H, layers=1, bidirectional=False, state=False, lengths=None, **settings):
    config = {"input_size": F, "hidden_size": H, "num_layers": layers, "bidirectional": bidirectional, "batch_first": True, **settings}
    node = {"class_name": cls, "config": config}
    rng = gf.rng_for(name)
    x = gf.rand32(rng, B, T, F, scale=1.0)
    rows = layers * (2 if bidirectional else 1)
    states = [gf.rand32(rng, rows, B, H, scale=0.5) for _ in range(2 if cls == "LSTM" else 1)] if state else []
    stored, exact = evaluate(node, torch.float64, name, x, states, lengths)
    gf.assert_close(name, exact, evaluate(node, torch.float32, name, x, states, lengths)[1], 2e-5)
    tensors = {"input": x}
    if lengths is not None:
        tensors["lengths"] = np.asarray(lengths, np.int32)
    tensors.update({f"initial_{s}": v for s, v in zip("hc", states)})
    FOLDER.write(name, "layer", {**tensors, **stored, **exact}, PACK_NOTE if lengths is not None else "", layer=node)


def recurrent_cases():
    cells = {"rnn_tanh": ("RNN", {"nonlinearity": "tanh"}), "rnn_relu": ("RNN", {"nonlinearity": "relu"}), "lstm": ("LSTM", {}), "gru": ("GRU", {})}
    ragged = [3, 5, 1, 4]
    for name, (cls, settings) in cells.items():
        rnn_case(name, cls, 3, 5, 4, 5, **settings)
        rnn_case(f"{name}_state", cls, 3, 4, 3, 7, state=True, **settings)
        rnn_case(f"{name}_packed", cls, 4, 5, 3, 5, lengths=ragged, **settings)
        rnn_case(f"{name}_packed_state", cls, 4, 5, 3, 5, lengths=ragged, state=True, **settings)
        rnn_case(f"{name}_b1_t1_f1", cls, 1, 1, 1, 3, state=True, **settings)
        rnn_case(f"{name}_nobias", cls, 2, 4, 3, 5, bias=False, **settings)
        rnn_case(f"{name}_2layers", cls, 3, 4, 3, 4, layers=2, **settings)
        rnn_case(f"{name}_2layers_packed_state", cls, 4, 5, 3, 4, layers=2, lengths=ragged, state=True, **settings)
        rnn_case(f"{name}_bidi", cls, 3, 4, 3, 3, bidirectional=True, **settings)
        rnn_case(f"{name}_bidi_packed_state", cls, 4, 5, 3, 3, bidirectional=True, lengths=ragged, state=True, **settings)
        rnn_case(f"{name}_2layers_bidi_packed", cls, 4, 5, 3, 3, layers=2, bidirectional=True, lengths=ragged, **settings)


def loss_case(name, cls, y_true, y_pred, notes="", **config):
    predicted = torch.tensor(y_pred, dtype=torch.float64, requires_grad=True)
    target = torch.tensor(y_true).long() if y_true.dtype == np.int32 else torch.tensor(y_true, dtype=torch.float64)
    value = getattr(nn, cls)(**config)(predicted, target)
    value.backward()
    tensors = {"y_true": y_true, "y_pred": y_pred, "loss": value.detach().numpy(), "g.y_pred": predicted.grad.numpy()}
    FOLDER.write(name, "loss", tensors, notes, loss={"class_name": cls, "config": config})


def loss_cases():
    rng = gf.rng_for("torch losses")
    logits = gf.rand32(rng, 5, 4, scale=2.0)
    logits[0] *= 10
    classes = rng.integers(0, 4, 5).astype(np.int32)
    loss_case("loss_crossentropy", "CrossEntropyLoss", classes, logits)
    loss_case("loss_crossentropy_sum", "CrossEntropyLoss", classes, logits, reduction="sum")
    loss_case("loss_crossentropy_smoothing", "CrossEntropyLoss", classes, logits, label_smoothing=0.1)
    wide = gf.rand32(rng, 5, 3, scale=3.0)
    wide[0] = [-30, 30, 12]
    loss_case("loss_bcewithlogits", "BCEWithLogitsLoss", rng.integers(0, 2, (5, 3)).astype(np.float32), wide)
    loss_case("loss_mse", "MSELoss", gf.rand32(rng, 4, 3, scale=1.5), gf.rand32(rng, 4, 3, scale=1.5))
    loss_case("loss_l1", "L1Loss", gf.rand32(rng, 4, 3, scale=1.5), gf.rand32(rng, 4, 3, scale=1.5))
    loss_case("loss_huber", "HuberLoss", gf.rand32(rng, 4, 3, scale=1.5), gf.rand32(rng, 4, 3, scale=1.5), delta=0.7)


class Text(nn.Module):
    node = [
        {"class_name": "Embedding", "config": {"num_embeddings": 20, "embedding_dim": 6}},
        {"class_name": "LSTM", "config": {"input_size": 6, "hidden_size": 5, "batch_first": True}},
        {"class_name": "Linear", "config": {"in_features": 5, "out_features": 1}},
    ]

    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.dense = nn.Embedding(20, 6), nn.LSTM(6, 5, batch_first=True), nn.Linear(5, 1)

    def forward(self, x):
        return self.dense(self.lstm(self.embedding(x))[0][:, -1])


class Series(nn.Module):
    node = [
        {"class_name": "LSTM", "config": {"input_size": 3, "hidden_size": 4, "batch_first": True}},
        {"class_name": "GRU", "config": {"input_size": 4, "hidden_size": 3, "batch_first": True}},
        {"class_name": "Linear", "config": {"in_features": 3, "out_features": 2}},
    ]

    def __init__(self):
        super().__init__()
        self.lstm, self.gru, self.dense = nn.LSTM(3, 4, batch_first=True), nn.GRU(4, 3, batch_first=True), nn.Linear(3, 2)

    def forward(self, x):
        return self.dense(self.gru(self.lstm(x)[0])[0][:, -1])


OPTIMIZERS = {
    "sgd_nesterov": ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {"lr": 1e-2}),
    "adam": ("Adam", {"lr": 1e-2}),
    "adamw": ("AdamW", {"lr": 1e-2, "weight_decay": 0.02}),
}
NOTES = {
    "SGD": "v = momentum v + g; w -= lr v, with nesterov w -= lr (g + momentum v)",
    "RMSprop": "v = alpha v + (1-alpha) g^2, alpha 0.99; w -= lr g / (sqrt(v) + eps), eps 1e-8 outside the root (Keras: inside, rho 0.9, 1e-7)",
    "Adam": "w -= lr/(1-b1^t) m / (sqrt(v)/sqrt(1-b2^t) + eps), eps 1e-8 added after the bias correction (Keras: before it, 1e-7)",
    "AdamW": "w *= 1 - lr weight_decay for every weight, then Adam's step, eps 1e-8 added after the bias correction",
}
FROZEN = "the LSTM's bias_hh_l0 is zero and is not trained, so that one bias vector follows the same path; output of the last step goes to dense"


def trajectory(kind, optimizer_name):
    name = f"trajectory_{kind}_{optimizer_name}"
    model = (Series if kind == "series" else Text)().double()
    initial = fill(model, f"weights {kind}")
    initial["lstm.bias_hh_l0"][:] = 0
    with torch.no_grad():
        model.lstm.bias_hh_l0.zero_()
    model.lstm.bias_hh_l0.requires_grad_(False)
    cls, config = OPTIMIZERS[optimizer_name]
    optimizer = getattr(torch.optim, cls)([p for p in model.parameters() if p.requires_grad], **config)
    loss_cls = "MSELoss" if kind == "series" else "BCEWithLogitsLoss"
    rng = gf.rng_for(f"batches {kind}")
    tensors, losses = {f"init.{n}": v for n, v in initial.items()}, []
    for index in range(STEPS):
        if kind == "series":
            x, y = gf.rand32(rng, 4, 5, 3, scale=1.0), gf.rand32(rng, 4, 2, scale=1.0)
        else:
            x, y = rng.integers(0, 20, (4, 6)).astype(np.int32), rng.integers(0, 2, (4, 1)).astype(np.float32)
        tensors.update({f"batch{index}.x": x, f"batch{index}.y": y})
        fed = torch.tensor(x).long() if kind == "text" else torch.tensor(x).double()
        optimizer.zero_grad()
        value = getattr(nn, loss_cls)()(model(fed), torch.tensor(y).double())
        value.backward()
        optimizer.step()
        losses.append(value.item())
    tensors["losses"] = losses
    tensors.update({f"final.{n}": p.detach().numpy() for n, p in model.named_parameters()})
    notes = f"{NOTES[cls]}; {FROZEN}"
    FOLDER.write(name, "trajectory", tensors, notes, model=model.node, optimizer={"class_name": cls, "config": config}, loss={"class_name": loss_cls, "config": {}})


if __name__ == "__main__":
    recurrent_cases()
    loss_cases()
    for optimizer_name in OPTIMIZERS:
        trajectory("text", optimizer_name)
    trajectory("series", "adam")
    FOLDER.close()
