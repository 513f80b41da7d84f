"""Draws the tables of bench/scaling: an SVG beside each CSV of the folder.

    python bench/plot.py docs/benchmarks
"""
import csv
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "rondo", "svg.fonttype": "none", "font.size": 9, "axes.grid": True,
                            "grid.alpha": 0.3})
import matplotlib.pyplot as plt  # noqa: E402  after the choice of the format

LABELS = {"T": "steps T", "B": "sequences in a batch B", "H": "units H"}


def rows(path):
    with path.open() as file:
        return [{k: float(v) if k not in ("kind", "series", "kernels") else v for k, v in row.items()}
                for row in csv.DictReader(file)]


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    plt.close(figure)


def curves(path, table):
    """Time and memory on logarithmic axes, with the straight line (for H also the parabola) through the largest point."""
    x = [r["x"] for r in table]
    figure, axes = plt.subplots(1, 3, figsize=(10, 3))
    for axis, key, label in ((axes[0], "seconds", "seconds an epoch"), (axes[1], "live_bytes", "MB kept by training")):
        y = [r[key] / (1e6 if key == "live_bytes" else 1) for r in table]
        axis.loglog(x, y, "o-", label="measured")
        power = 2 if path.stem == "H" and key == "seconds" else 1
        axis.loglog(x, [y[-1] * (v / x[-1]) ** power for v in x], "--", color="gray",
                    label="quadratic" if power == 2 else "linear")
        axis.set(xlabel=LABELS[path.stem], ylabel=label)
        axis.legend()
    axes[2].semilogx(x, [r["gflops"] / r["peak_gflops"] for r in table], "o-")
    axes[2].set(xlabel=LABELS[path.stem], ylabel="fraction of FMA peak", ylim=(0, 1))
    save(figure, path)


def bars(path, names, values, label):
    figure, axis = plt.subplots(figsize=(max(4, 0.55 * len(names)), 3))
    axis.bar(range(len(names)), values)
    axis.set_xticks(range(len(names)), names, rotation=35, ha="right")
    axis.set_ylabel(label)
    save(figure, path)


def odd(path, table):
    """Time of a unit of work (H counted squared) against the smaller even neighbour."""
    names, values = [], []
    for series in ("H", "B", "F"):
        group = [r for r in table if r["series"] == series]
        names += [f"{series}={r['x']:.0f}" for r in group]
        values += [r["seconds"] / group[0]["seconds"] for r in group]
    bars(path, names, values, "time of an epoch / first of its group")


def ragged(path, table):
    bars(path, [r["series"] for r in table], [r["seconds"] / r["tokens"] * 1e6 for r in table], "us a real token")


def threads(path, table):
    figure, axis = plt.subplots(figsize=(4.5, 3))
    for series in dict.fromkeys(r["series"] for r in table):
        group = [r for r in table if r["series"] == series]
        axis.plot([r["x"] for r in group], [group[0]["seconds"] / r["seconds"] for r in group], "o-", label=series)
    axis.set(xlabel="threads", ylabel="speed against one thread", ylim=(0, None))
    axis.legend()
    save(figure, path)


def kernels(path, table):
    bars(path, [f"{r['series']} {r['kernels']}" for r in table], [r["gflops"] / r["peak_gflops"] for r in table],
         "fraction of the peak of those vectors")


def soak(path, table):
    figure, axis = plt.subplots(figsize=(4.5, 3))
    axis.plot([r["part"] for r in table], [r["longest_pause_ms"] for r in table], "o-")
    axis.set(xlabel="tenth of the run", ylabel="longest pause, ms", ylim=(0, None))
    save(figure, path)


DRAW = {"T": curves, "B": curves, "H": curves, "odd": odd, "ragged": ragged, "threads": threads, "kernels": kernels,
        "soak": soak}

for table in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    if table.stem in DRAW:
        DRAW[table.stem](table, rows(table))
