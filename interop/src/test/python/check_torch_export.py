"""Loads weights that Rondo exported with PyTorch's names into modules of PyTorch and compares the outputs.

usage: check_torch_export.py FOLDER     with w.safetensors and data.safetensors
"""
import os
import sys

try:
    import safetensors_file
    import torch
except ImportError as e:
    sys.exit(f"SKIPPED, NOTHING WAS CHECKED: {e}")

# Float32 on both sides: sums in another order, through nine layers.
TOLERANCE = 1e-5


def load(path):
    return {name: torch.from_numpy(values.copy()) for name, values in safetensors_file.load(path).items()}


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
    weights = load(os.path.join(sys.argv[1], "w.safetensors"))
    net.load_state_dict(weights)
    data = load(os.path.join(sys.argv[1], "data.safetensors"))
    with torch.no_grad():
        found = net(data["input"].long())
    worst = float((found - data["output"]).abs().max() / data["output"].abs().max())
    if not worst <= TOLERANCE:
        sys.exit(f"differs by {worst:.2e} of the scale")
    print(f"agree: {worst:.1e}")


main()
