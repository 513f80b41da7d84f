"""Writes the PyTorch files of TorchImportTest: models, the layers they are made of, inputs and outputs.

    python make_torch_models.py        (PyTorch 2.13, safetensors 0.8)

Each case is a file of weights; cases.json says which layers Rondo is to make of it, cases.safetensors holds its input, the
lengths of the sequences and what PyTorch gives for them. All weights and biases are random, so that a wrong order shows.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = pathlib.Path(__file__).parent.parent / "resources" / "torch"
BATCH, STEPS = 3, 5
cases, tensors = [], {}


def layer(name, **config):
    return {"class_name": name, "config": config}


def bidirectional(inner):
    return layer("Bidirectional", layer=inner)


class Along(nn.Module):
    """A module for [B, C, T] over [B, T, C]."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x.transpose(1, 2)).transpose(1, 2)


class Outputs(nn.Module):
    """What a recurrent module gives, without its state; of every step or of the last."""

    def __init__(self, module, last):
        super().__init__()
        self.module = module
        self.last = last

    def forward(self, x):
        y, _ = self.module(x)
        return y[:, -1] if self.last else y


class Loop(nn.Module):
    """A cell, called step by step."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, x):
        state, rows = None, []
        for t in range(x.shape[1]):
            state = self.cell(x[:, t], state)
            rows.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(rows, dim=1)


def randomize(module):
    for name, parameter in module.named_parameters():
        nn.init.uniform_(parameter, -0.8, 0.8)
    for name, buffer in module.named_buffers():
        if buffer.is_floating_point():
            nn.init.uniform_(buffer, 0.3, 1.5)
    return module.eval()


class Reader(nn.Module):
    """An embedding, a recurrent module and a head that reads the last step or all."""

    def __init__(self, vocabulary, body, head, last):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, body.input_size)
        self.body = body
        self.head = head
        self.last = last

    def forward(self, ids):
        y, state = self.body(self.embedding(ids))
        if self.last:
            h = state[0] if isinstance(state, tuple) else state
            y = torch.cat([h[-2], h[-1]], dim=-1) if self.body.bidirectional else h[-1]
        return self.head(y)


def run(module, x, lengths):
    """Outputs [B, T, C] or [B, C]; each sequence by itself where they differ in length."""
    rows = []
    for b in range(x.shape[0]):
        one = x[b : b + 1, : lengths[b]]
        first = getattr(module, "batch_first", True)
        y = module(one if first else one.transpose(0, 1))
        y = y[0] if isinstance(y, tuple) else y
        y = (y if first else y.transpose(0, 1))[0]
        if y.dim() == 2 and y.shape[0] < x.shape[1]:
            y = torch.cat([y, y.new_zeros(x.shape[1] - y.shape[0], y.shape[1])])
        rows.append(y)
    return torch.stack(rows)


def case(name, module, layers, tokens=None, features=None, save=None, suffix="pt", lengths=None, derived=False):
    """Adds a case. save(path, state_dict) writes the file if it is not plain torch.save or save_file."""
    lengths = lengths or [STEPS] * BATCH
    x = torch.randint(0, tokens, (BATCH, STEPS)) if tokens else torch.randn(BATCH, STEPS, features)
    path = FOLDER / f"{name}.{suffix}"
    state = module.state_dict()
    if save:
        save(path, state)
    elif suffix == "safetensors":
        save_file({k: v.contiguous() for k, v in state.items()}, path)
    else:
        torch.save(state, path)
    with torch.no_grad():
        y = run(module.float(), x, lengths)
    tensors[name + ".input"] = x.to(torch.int32) if tokens else x
    tensors[name + ".lengths"] = torch.tensor(lengths, dtype=torch.int32)
    tensors[name + ".output"] = y.contiguous()
    signature = {"kind": "tokens"} if tokens else {"kind": "sequence", "features": features}
    cases.append({"name": name, "file": path.name, "derived": derived, "model": {"input": signature, "layers": layers}})


def sequences(kind, units, **config):
    return layer(kind, units=units, return_sequences=True, **config)


def flat_storage(path, state):
    """All weights are views of one storage, at offsets of their own."""
    flat = torch.cat([torch.full((7,), 99.0)] + [v.reshape(-1) for v in state.values()])
    start, views = 7, {}
    for key, value in state.items():
        views[key] = flat[start : start + value.numel()].view(value.shape)
        start += value.numel()
    torch.save(views, path)


def strided(path, state):
    """Matrices are stored transposed, vectors at every second place, as views that are not contiguous."""
    views = {}
    for key, value in state.items():
        if value.dim() == 2:
            views[key] = value.t().contiguous().t()
        else:
            wide = torch.full((2 * value.numel() + 3,), 99.0)
            views[key] = wide[3::2]
            views[key].copy_(value)
    torch.save(views, path)


def checkpoint(path, state):
    module = nn.Linear(2, 2)
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    torch.save(
        {"epoch": 7, "loss": 0.25, "best": True, "tags": ["a", "b"], "optimizer_state_dict": optimizer.state_dict(),
         "model_state_dict": state}, path, pickle_protocol=4)


def protocol(number):
    return lambda path, state: torch.save({k: nn.Parameter(v) for k, v in state.items()}, path, pickle_protocol=number)


def recurrent_cases():
    for kind, house in (("RNN", "SimpleRNN"), ("LSTM", "LSTM"), ("GRU", "GRU")):
        make = getattr(nn, kind)
        low = kind.lower()
        case(low, randomize(make(4, 3, batch_first=True)), [sequences(house, 3)], features=4, derived=kind != "RNN")
        case(low + "_time_first", randomize(make(4, 3)), [sequences(house, 3)], features=4)
        case(low + "_without_bias", randomize(make(2, 4, bias=False, batch_first=True)),
             [sequences(house, 4, use_bias=False)], features=2, derived=kind != "RNN")
        case(low + "_two_layers_bidirectional",
             randomize(make(4, 3, num_layers=2, bidirectional=True, batch_first=True)),
             [bidirectional(sequences(house, 3)), bidirectional(sequences(house, 3))], features=4,
             lengths=[5, 2, 4], derived=kind != "RNN")
    case("rnn_relu", randomize(nn.RNN(3, 4, num_layers=2, nonlinearity="relu", batch_first=True)),
         [sequences("SimpleRNN", 4, activation="relu"), sequences("SimpleRNN", 4, activation="relu")], features=3)
    case("lstm_three_layers_safetensors",
         randomize(nn.LSTM(3, 3, num_layers=3, bidirectional=True, batch_first=True)),
         [bidirectional(sequences("LSTM", 3))] * 3, features=3, suffix="safetensors", derived=True)


def file_cases():
    case("lstm_half", randomize(nn.LSTM(3, 4, batch_first=True)).half(), [sequences("LSTM", 4)], features=3)
    case("gru_bfloat16", randomize(nn.GRU(3, 4, batch_first=True)).bfloat16(), [sequences("GRU", 4)], features=3)
    case("gru_half_safetensors", randomize(nn.GRU(3, 4, batch_first=True)).half(), [sequences("GRU", 4)], features=3,
         suffix="safetensors")
    case("lstm_double", randomize(nn.LSTM(3, 4, batch_first=True)).double(), [sequences("LSTM", 4)], features=3)
    case("lstm_flat_storage", randomize(nn.LSTM(3, 4, num_layers=2, batch_first=True)),
         [sequences("LSTM", 4)] * 2, features=3, save=flat_storage)
    case("gru_strided", randomize(nn.GRU(3, 4, bidirectional=True, batch_first=True)),
         [bidirectional(sequences("GRU", 4))], features=3, save=strided)
    case("lstm_checkpoint", randomize(nn.LSTM(3, 4, batch_first=True)), [sequences("LSTM", 4)], features=3,
         save=checkpoint)
    for number in (3, 4, 5):
        case(f"gru_protocol_{number}", randomize(nn.GRU(3, 4, batch_first=True)), [sequences("GRU", 4)], features=3,
             save=protocol(number))


def model_cases():
    embedding = layer("Embedding", input_dim=11, output_dim=4)
    case("classifier_last_step", randomize(Reader(11, nn.LSTM(4, 3, batch_first=True), nn.Linear(3, 2), True)),
         [embedding, layer("LSTM", units=3), layer("Dropout", rate=0.5), layer("Dense", units=2)], tokens=11,
         lengths=[5, 1, 3])
    case("classifier_bidirectional",
         randomize(Reader(11, nn.GRU(4, 3, bidirectional=True, batch_first=True),
                          nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3), nn.Softmax(-1)), True)),
         [embedding, bidirectional(layer("GRU", units=3)), layer("Dense", units=5, activation="relu"),
          layer("Dense", units=3, activation="softmax")], tokens=11, suffix="safetensors", lengths=[4, 5, 2])
    case("tagger_all_steps",
         randomize(Reader(11, nn.LSTM(4, 3, num_layers=2, bidirectional=True, batch_first=True), nn.Linear(6, 4),
                          False)),
         [embedding, bidirectional(sequences("LSTM", 3)), bidirectional(sequences("LSTM", 3)),
          layer("TimeDistributed", layer=layer("Dense", units=4))], tokens=11)
    tied = Reader(11, nn.RNN(4, 4, batch_first=True), nn.Linear(4, 11, bias=False), False)
    tied.head.weight = tied.embedding.weight
    case("language_model_tied", randomize(tied), [embedding, sequences("SimpleRNN", 4),
                                                  layer("Dense", units=11, use_bias=False)], tokens=11)
    parallel = nn.DataParallel(Reader(11, nn.GRU(4, 3, batch_first=True), nn.Linear(3, 1), True))
    case("data_parallel", randomize(parallel),
         [embedding, layer("GRU", units=3), layer("Dense", units=1)], tokens=11)
    case("embedding_and_lstm", randomize(Reader(11, nn.LSTM(4, 3, batch_first=True), nn.Identity(), False)),
         [embedding, sequences("LSTM", 3)], tokens=11)
    case("perceptron", randomize(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 4), nn.Sigmoid(),
                                               nn.Linear(4, 2))),
         [layer("Dense", units=4, activation="tanh"), layer("Dense", units=4, activation="sigmoid"),
          layer("Dense", units=2)], features=3)


def other_layers():
    case("layer_norm", randomize(nn.Sequential(nn.LayerNorm(4), Outputs(nn.GRU(4, 3, batch_first=True), False),
                                               nn.LayerNorm(3, bias=False))),
         [layer("LayerNormalization", epsilon=1e-5), sequences("GRU", 3),
          layer("LayerNormalization", epsilon=1e-5, center=False)], features=4, lengths=[5, 2, 3])
    case("batch_norm", randomize(nn.Sequential(Along(nn.BatchNorm1d(4)), Outputs(nn.LSTM(4, 3, batch_first=True), True),
                                               nn.BatchNorm1d(3, affine=False), nn.Linear(3, 2))),
         [layer("BatchNormalization", epsilon=1e-5), layer("LSTM", units=3),
          layer("BatchNormalization", epsilon=1e-5, center=False, scale=False), layer("Dense", units=2)], features=4)
    case("conv", randomize(nn.Sequential(Along(nn.Conv1d(4, 6, 3)), nn.ReLU(), Along(nn.Conv1d(6, 6, 2, groups=3)),
                                         Outputs(nn.LSTM(6, 3, batch_first=True), True))),
         [layer("Conv1D", filters=6, kernel_size=3, activation="relu"),
          layer("Conv1D", filters=6, kernel_size=2, groups=3), layer("LSTM", units=3)], features=4,
         lengths=[5, 4, 5])
    case("conv_same", randomize(nn.Sequential(Along(nn.Conv1d(4, 5, 3, padding="same", bias=False)),
                                              Along(nn.Conv1d(5, 2, 2, dilation=2)))),
         [layer("Conv1D", filters=5, kernel_size=3, padding="same", use_bias=False),
          layer("Conv1D", filters=2, kernel_size=2, dilation_rate=2)], features=4, suffix="safetensors")


def projections():
    case("lstm_projected", randomize(nn.LSTM(4, 5, proj_size=2, batch_first=True)),
         [sequences("LSTM", 5, projection=2)], features=4, derived=True)
    case("lstm_projected_two_layers_bidirectional",
         randomize(nn.LSTM(4, 5, proj_size=3, num_layers=2, bidirectional=True, batch_first=True)),
         [bidirectional(sequences("LSTM", 5, projection=3)), bidirectional(sequences("LSTM", 5, projection=3))],
         features=4, lengths=[5, 3, 1], derived=True)
    case("lstm_projected_without_bias",
         randomize(nn.LSTM(4, 5, proj_size=1, bias=False, batch_first=True)),
         [sequences("LSTM", 5, projection=1, use_bias=False)], features=4, suffix="safetensors")


def cells():
    case("cells", randomize(nn.Sequential(Loop(nn.LSTMCell(4, 3)), Loop(nn.GRUCell(3, 2, bias=False)))),
         [sequences("LSTM", 3), sequences("GRU", 2, use_bias=False)], features=4, lengths=[5, 2, 4])


def main():
    torch.manual_seed(20260)
    FOLDER.mkdir(parents=True, exist_ok=True)
    recurrent_cases()
    file_cases()
    model_cases()
    other_layers()
    projections()
    cells()
    (FOLDER / "cases.json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}, indent=1) + "\n")
    save_file(tensors, FOLDER / "cases.safetensors")


main()
