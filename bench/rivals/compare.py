"""Runs Rondo and its rivals alternately on the training workloads and prints the ratios.

    python3 -m venv /tmp/rivals && /tmp/rivals/bin/pip install torch keras tensorflow-cpu jax numpy
    /tmp/rivals/bin/python bench/rivals/compare.py --rounds 3 S0 S1 S3 S4 L2

Every program runs in a process of its own with two threads, one after another, `--rounds` times; each prints its fastest epoch. The
table gives the median of the rounds for each program, and the ratio of Rondo to the fastest rival of the same round: median, lowest,
highest. A rival that is not installed is left out and named.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# S0 of the tutorial uses relu, which PyTorch's LSTM does not have; its tanh figure stands in, as the faster of two unlike models.
TORCH_NAME = {"S0(tanh)": "S0"}


def lines(command, env=None):
    done = subprocess.run(command, env={**os.environ, **(env or {})}, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"left out: {' '.join(map(str, command))}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return []
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def rondo(workloads):
    return {r["workload"]: r["samples_per_s"] for r in lines([ROOT / "rondo", "bench", "--json", "--threads", "2", *workloads])}


def torch(workloads):
    return {TORCH_NAME.get(r["w"], r["w"]): r["samples_per_s"]
            for r in lines([sys.executable, HERE / "torch_bench.py", *workloads]) if "samples_per_s" in r and r["w"] != "I3"}


def keras(backend):
    def run(workloads):
        env = {"KERAS_BACKEND": backend, "TF_NUM_INTRAOP_THREADS": "2"}
        return {r["w"]: r["samples_per_s"] for r in lines([sys.executable, HERE / "keras_bench.py", *workloads], env)
                if "samples_per_s" in r and r["w"] != "I3"}
    return run


PROGRAMS = {"rondo": rondo, "pytorch": torch, "keras-jax": keras("jax"), "keras-tensorflow": keras("tensorflow")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="*", default=["S0", "S1", "S3", "S4", "L2"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rivals", default="pytorch,keras-jax,keras-tensorflow")
    options = parser.parse_args()
    names = ["rondo", *options.rivals.split(",")]
    results = {w: [] for w in options.workloads}
    for number in range(options.rounds):
        found = {name: PROGRAMS[name](options.workloads) for name in names}
        for workload in options.workloads:
            results[workload].append({name: found[name].get(workload) for name in names})
        print(f"round {number + 1} of {options.rounds} done", file=sys.stderr)
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores; python {platform.python_version()}")
    print("| workload | " + " | ".join(names) + " | Rondo / fastest rival |")
    print("|---" * (len(names) + 2) + "|")
    for workload, rounds in results.items():
        medians = []
        for name in names:
            values = [r[name] for r in rounds if r[name]]
            medians.append(f"{statistics.median(values):,.0f}" if values else "")
        ratios = [r["rondo"] / max(v for n, v in r.items() if n != "rondo" and v) for r in rounds
                  if r["rondo"] and any(v for n, v in r.items() if n != "rondo")]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else ""
        print(f"| {workload} | " + " | ".join(medians) + f" | {ratio} |")


if __name__ == "__main__":
    main()
