"""Writes training.json of TorchTrainingTest: the losses of ten steps of PyTorch's optimizers on one batch.

    python make_torch_training.py        (PyTorch 2.13)

The model is that of training.pt. Where a module has two biases that Rondo adds up, the second one is frozen here: both would get
the same gradient, and their sum would move twice as far as the one bias that Rondo has.
"""

import json
import pathlib

import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent.parent / "resources" / "torch"
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, eps=1e-8),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, eps=1e-8, weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.9, eps=1e-8),
}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 5)
        self.gru = nn.GRU(5, 4, bidirectional=True, batch_first=True)
        self.lstm = nn.LSTM(8, 3, batch_first=True)
        self.rnn = nn.RNN(3, 4, batch_first=True)
        self.head = nn.Linear(4, 2)

    def forward(self, ids):
        y, _ = self.gru(self.embedding(ids))
        y, _ = self.lstm(y)
        y, h = self.rnn(y)
        return self.head(h[-1])


def main():
    torch.manual_seed(5)
    first = Model()
    torch.save(first.state_dict(), FOLDER / "training.pt")
    ids = torch.randint(0, 9, (6, 7))
    targets = torch.randn(6, 2)
    losses = {}
    for name, make in OPTIMIZERS.items():
        model = Model()
        model.load_state_dict(first.state_dict())
        for module in (model.lstm, model.rnn):
            module.bias_hh_l0.requires_grad_(False)
            with torch.no_grad():
                module.bias_ih_l0 += module.bias_hh_l0
                module.bias_hh_l0.zero_()
        optimizer = make([p for p in model.parameters() if p.requires_grad])
        losses[name] = []
        for _ in range(10):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(ids), targets)
            loss.backward()
            optimizer.step()
            losses[name].append(loss.item())
    text = {"torch": torch.__version__, "ids": ids.tolist(), "targets": targets.tolist(), "losses": losses}
    (FOLDER / "training.json").write_text(json.dumps(text) + "\n")


main()
