"""Runs Rondo and its rivals alternately, each in a process of its own, and prints the ratios.

    bench/rivals/setup.sh
    bench/rivals/venv/bin/python bench/rivals/compare.py                            all workloads, five rounds
    bench/rivals/venv/bin/python bench/rivals/compare.py S1 L2 --rounds 3 --markdown
    bench/rivals/venv/bin/python bench/rivals/compare.py --cold                     from process start to the end of the first epoch

In each round every workload runs in Rondo and then in each rival that has it. A ratio above 1 says that Rondo is faster than the
fastest rival of the same round; the table gives the median of the rounds and in brackets the lowest and highest. S2 is always
timed as a whole process. A program that fails is left out and named with its last line.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT = 900
WORKLOADS = ["S0", "S0T", "S1", "S2", "S3", "S4", "L1", "L1V", "L2", "L3", "I1", "I2", "I3"]
WHOLE = {"S2"}
# The figures that count, and whether more is better.
FIGURES = {"samples_per_s": True, "tokens_per_s": True, "latency_us_p50": False, "seconds": False}


class Rival:
    def __init__(self, name, workloads, command, env=None):
        self.name = name
        self.workloads = set(workloads.split())
        self.command = command
        self.env = {**os.environ, **(env or {})}

    def run(self, workload, options):
        """The line that the script printed, or None; cold ones get `seconds` by the clock here."""
        cold = options.cold or workload in WHOLE
        command = [*self.command, workload]
        if self.name != "dl4j":
            command += ["--threads", str(options.threads), "--seconds", str(options.seconds)]
        if cold:
            command.append("--cold")
        found, seconds, last = run(command, self.env, options.threads)
        if found is None:
            print(f"left out: {self.name} {workload}: {last}", file=sys.stderr)
        elif cold:
            found["seconds"] = seconds
        return found


KERAS = "S0 S0T S1 S2 S3 S4 L1 L1V L2 L3 I1 I3"


def script(name, workloads, file, env=None):
    return Rival(name, workloads, [sys.executable, str(HERE / file)], env)


RIVALS = [
    script("pytorch", "S0T S1 S2 S3 S4 L1 L1V L2 L3 I1 I2 I3", "torch_bench.py"),
    script("keras-jax", KERAS, "keras_bench.py", {"KERAS_BACKEND": "jax"}),
    script("keras-tensorflow", KERAS, "keras_bench.py", {"KERAS_BACKEND": "tensorflow"}),
    script("jax", "L1 L1V L3", "jax_bench.py"),
    script("onnxruntime", "I1 I2 I3", "ort_bench.py"),
    Rival("dl4j", "S0T S1 S3 L2", ["java", "-cp", f"{HERE}/dl4j/target/classes{os.pathsep}{HERE}/dl4j/target/lib/*",
                                   "Dl4jBench"]),
]


def run(command, env, threads):
    """Runs a program until its first line of JSON: that line, the seconds until then, and the last other line."""
    def confine():
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

    begin = time.perf_counter()
    last, found, seconds = "", None, math.nan
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          preexec_fn=confine) as process:
        watchdog = threading.Timer(TIMEOUT, process.kill)
        watchdog.start()
        for line in process.stdout:
            if line.startswith("{") and found is None:
                found, seconds = json.loads(line), time.perf_counter() - begin
            elif line.strip():
                last = line.strip()
        watchdog.cancel()
    return found, seconds, last


def rondo(workload, options):
    command = [str(ROOT / "rondo"), "bench", workload, "--json", "--threads", str(options.threads), "--seconds",
               str(options.seconds)]
    if options.cold or workload in WHOLE:
        command.append("--cold")
    found, _, last = run(command, os.environ, options.threads)
    if found is None:
        print(f"left out: rondo {workload}: {last}", file=sys.stderr)
    return found


def figure(line, cold):
    """Name and value of the figure that counts in a line."""
    name = "seconds" if cold else next(n for n in FIGURES if n in line and n != "seconds")
    return name, line[name]


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def summary(workload, rounds, cold):
    """What the rounds of a workload say; None where Rondo has no figure."""
    own = [r["rondo"] for r in rounds if "rondo" in r]
    if not own:
        return None
    name, _ = figure(own[0], cold)
    more_is_better = FIGURES[name]
    programs = sorted({p for r in rounds for p in r})
    result = {"workload": workload, "figure": name, "rounds": len(rounds),
              "programs": {p: spread([figure(r[p], cold)[1] for r in rounds if p in r]) for p in programs}}
    ratios, ratios_of = [], {p: [] for p in programs if p != "rondo"}
    for one in rounds:
        if "rondo" not in one or len(one) < 2:
            continue
        mine = figure(one["rondo"], cold)[1]
        against = {p: mine / v if more_is_better else v / mine
                   for p, v in ((p, figure(line, cold)[1]) for p, line in one.items() if p != "rondo")}
        for p, ratio in against.items():
            ratios_of[p].append(ratio)
        ratios.append(min(against.values()))
    if ratios:
        result["ratio"] = spread(ratios)
        result["ratios"] = {p: statistics.median(v) for p, v in ratios_of.items() if v}
        result["fastest_rival"] = min(result["ratios"], key=result["ratios"].get)
    for key in ("peak_fraction", "gflops", "peak_gflops", "bytes_per_step"):
        values = [r[key] for r in own if r.get(key) is not None]
        if values:
            result[key] = statistics.median(values)
    if name == "latency_us_p50":
        result["p99_over_p50"] = statistics.median(r["latency_us_p99"] / r["latency_us_p50"] for r in own)
    return result


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(results, names, markdown):
    head = ["workload", "figure", "rondo", *names, "rondo / fastest rival", "of peak"]
    rows = []
    for r in results:
        ratio = r.get("ratio")
        rows.append([r["workload"], r["figure"], *(number(r["programs"][p]["median"]) if p in r["programs"] else ""
                                                   for p in ["rondo", *names]),
                     f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})" if ratio else "",
                     f"{r['peak_fraction']:.2f}" if r.get("peak_fraction", 0) >= 0.005 else ""])
    if markdown:
        lines = ["| " + " | ".join(head) + " |", "|---|---|" + "---:|" * (len(head) - 2)]
        return lines + ["| " + " | ".join(row) + " |" for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return ["  ".join(cell.rjust(w) if i > 1 else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths)))
            for row in [head, *rows]]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="; ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rivals", default=",".join(r.name for r in RIVALS if r.name != "dl4j"),
                        help="comma-separated: " + ", ".join(r.name for r in RIVALS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6, help="about how long each program measures")
    parser.add_argument("--cold", action="store_true", help="process start to the end of the first epoch")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    parser.add_argument("--markdown", action="store_true", help="the table in Markdown")
    options = parser.parse_args()
    options.workloads = [w.upper() for w in options.workloads] or WORKLOADS
    for names, known in ((options.workloads, WORKLOADS), (options.rivals.split(","), [r.name for r in RIVALS])):
        for name in names:
            if name not in known:
                parser.error(f"there is no {name}; there are {', '.join(known)}")
    return options


def main():
    options = arguments()
    rivals = [r for r in RIVALS if r.name in options.rivals.split(",")]
    subprocess.run([str(ROOT / "rondo"), "--version"], check=True, stdout=subprocess.DEVNULL)  # builds what is stale
    rounds = {w: [] for w in options.workloads}
    for i in range(options.rounds):
        for workload in options.workloads:
            found = {"rondo": rondo(workload, options)}
            for rival in rivals:
                if workload in rival.workloads:
                    found[rival.name] = rival.run(workload, options)
            rounds[workload].append({p: line for p, line in found.items() if line is not None})
            print(f"round {i + 1} of {options.rounds}: {workload}", file=sys.stderr)
    results = [s for s in (summary(w, r, options.cold or w in WHOLE) for w, r in rounds.items()) if s]
    ratios = [r["ratio"]["median"] for r in results if "ratio" in r]
    mean = statistics.geometric_mean(ratios) if ratios else None
    if options.json:
        for result in results:
            print(json.dumps(result))
        print(json.dumps({"geometric_mean": mean, "threads": options.threads, "rounds": options.rounds,
                          "cold": options.cold, "machine": platform.machine(), "cores": os.cpu_count()}))
        return
    print("\n".join(table(results, [r.name for r in rivals], options.markdown)))
    if mean:
        print(f"\ngeometric mean of the ratios: {mean:.2f}; {options.rounds} rounds, {options.threads} threads, "
              f"{'cold' if options.cold else 'steady'}")


if __name__ == "__main__":
    main()
