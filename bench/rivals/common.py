"""What the rivals' scripts share: arguments, random data, clocks, and the line they print.

Each script runs the workloads named on its command line (workloads.md) and prints one JSON object a line: `rival`, `workload`, and
`samples_per_s`, `tokens_per_s`, or `latency_us_p50` with `latency_us_p99`. With --cold it runs one epoch (S2: the whole fit) and prints
`"cold": true` right after it; whoever started the process looks at the clock.

Import this first: it sets the number of threads, which the frameworks read when they are imported.
"""
import argparse
import json
import os
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="+")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6, help="about how long to measure each")
    parser.add_argument("--cold", action="store_true", help="one epoch, for a clock outside the process")
    given = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ[name] = str(given.threads)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if hasattr(os, "sched_setaffinity"):  # JAX has no setting of its own: it takes the processors that it may use
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[:given.threads])
    return given


GIVEN = arguments()

import numpy as np  # noqa: E402  after the number of threads is set

RANDOM = np.random.default_rng(1)


def wanted(*names):
    """Those of the names that were asked for."""
    return [name for name in names if name in GIVEN.workloads]


def zipf(samples, steps, vocabulary):
    """Token ids as frequent as words; those beyond the vocabulary become its last."""
    return np.minimum(RANDOM.zipf(1.3, size=(samples, steps)), vocabulary - 1).astype("int32")


def normal(*shape, scale=1.0):
    return (RANDOM.normal(size=shape) * scale).astype("float32")


def coins(samples):
    return RANDOM.integers(0, 2, samples).astype("float32")


def counted_up():
    """S2's three samples."""
    x = np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5]], dtype="float32").reshape(3, 3, 1)
    y = np.array([[4, 5, 6], [5, 6, 7], [6, 7, 8]], dtype="float32")
    return x, y


def report(rival, workload, **figures):
    print(json.dumps({"rival": rival, "workload": workload, **figures}), flush=True)


def fastest(epoch, fewest=3):
    """Seconds of the fastest of at least `fewest` calls of epoch(), as many as fit into the time."""
    best, begin, number = float("inf"), time.perf_counter(), 0
    while number < fewest or time.perf_counter() - begin < GIVEN.seconds:
        start = time.perf_counter()
        epoch()
        best = min(best, time.perf_counter() - start)
        number += 1
    return best


def rate(rival, workload, units, epoch, key="samples_per_s"):
    """Measures and reports units a second, or runs a cold epoch."""
    if GIVEN.cold:
        epoch()
        report(rival, workload, cold=True)
    else:
        report(rival, workload, **{key: round(units / fastest(epoch), 1)})


def latency(rival, workload, call):
    """Measures and reports the quantiles of the time that call(i) takes, or makes one call."""
    if GIVEN.cold:
        call(0)
        report(rival, workload, cold=True)
        return
    number, end = 0, time.perf_counter() + GIVEN.seconds / 3
    while number < 200 or time.perf_counter() < end:
        call(number)
        number += 1
    taken, end = [], time.perf_counter() + GIVEN.seconds
    while len(taken) < 500 or time.perf_counter() < end:
        start = time.perf_counter()
        call(number)
        taken.append(time.perf_counter() - start)
        number += 1
    report(rival, workload, latency_us_p50=round(float(np.median(taken)) * 1e6, 2),
           latency_us_p99=round(float(np.quantile(taken, 0.99)) * 1e6, 2))
