"""Loads weights that Rondo exported with PyTorch's names into modules of PyTorch and compares the outputs.

usage: check_torch_export.py FOLDER     with w.safetensors and data.safetensors
"""
import json
import os
import sys

try:
    import numpy as np
    import torch
except ImportError as e:
    sys.exit(f"SKIPPED, NOTHING WAS CHECKED: {e}")

# Float32 on both sides: sums in another order, through nine layers.
TOLERANCE = 1e-5


def load_file(path):
    """The tensors of a safetensors file, which are 8 bytes of length, a header in JSON, and the numbers."""
    with open(path, "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
        data = f.read()
    header.pop("__metadata__", None)
    types = {"F32": np.float32, "I32": np.int32}
    return {name: torch.from_numpy(np.frombuffer(data[slice(*t["data_offsets"])], types[t["dtype"]])
                                   .reshape(t["shape"]).copy()) for name, t in header.items()}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        n = torch.nn
        self.embedding = n.Embedding(11, 5)
        self.bidirectional = n.LSTM(5, 3, bidirectional=True, batch_first=True)
        self.layer_normalization = n.LayerNorm(6)
        self.gru = n.GRU(6, 4, batch_first=True)
        self.lstm = n.LSTM(4, 6, proj_size=2, batch_first=True)
        self.conv1d = n.Conv1d(2, 7, 2)
        self.batch_normalization = n.BatchNorm1d(7)
        self.simple_rnn = n.RNN(7, 8, nonlinearity="relu", batch_first=True)
        self.dense = n.Linear(8, 2)

    def forward(self, ids):
        x, _ = self.bidirectional(self.embedding(ids))
        x, _ = self.gru(self.layer_normalization(x))
        x, _ = self.lstm(x)
        x = self.batch_normalization(self.conv1d(x.transpose(1, 2))).transpose(1, 2)
        x, _ = self.simple_rnn(x)
        return torch.tanh(self.dense(x[:, -1]))


def main():
    net = Net().eval()
    weights = load_file(os.path.join(sys.argv[1], "w.safetensors"))
    net.load_state_dict(weights)
    data = load_file(os.path.join(sys.argv[1], "data.safetensors"))
    with torch.no_grad():
        found = net(data["input"].long())
    worst = float((found - data["output"]).abs().max() / data["output"].abs().max())
    if not worst <= TOLERANCE:
        sys.exit(f"differs by {worst:.2e} of the scale")
    print(f"agree: {worst:.1e}")


main()
