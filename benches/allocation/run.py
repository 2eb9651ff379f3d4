"""Allocation against its peers, in one run: `make bench-allocation` (SIZES="S M", ROUNDS=3).

Builds instances from a seed, runs every solver in a process of its own and prints user seconds and peak memory as the system
counts them, medians over the rounds. Fails if two solvers disagree by one unit.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.path.join(HERE, "target/release/allocation-bench")
LEMON = os.path.join(HERE, "target/lemon")
PYTHON = os.path.join(HERE, "target/venv/bin/python")
PEER = os.path.join(HERE, "peer.py")

# agents, places, share of the need, seed
SIZES = {
    "S": ("4000", "139", "1.05", "1"),
    "M": ("40000", "1000", "1.05", "1"),
    "L": ("400000", "20000", "1.05", "1"),
}


def run(command):
    """One process: what it prints, its user seconds and peak megabytes."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0:
            sys.exit(f"{' '.join(command)} failed")
        out.seek(0)
        return json.loads(out.read().splitlines()[-1]), usage.ru_utime, usage.ru_maxrss / 1024


def solvers(size, folder):
    """Each solver with what it is given: (name of the input, command)."""
    yield "all pairs", [OURS, "ours", *SIZES[size]]
    yield "all pairs", [OURS, "ours-proof", *SIZES[size]]
    if size == "L":
        return
    inputs = ("all", "near") if size == "S" else ("near",)
    for arcs in inputs:
        file = os.path.join(folder, f"{size}-{arcs}")
        subprocess.run([OURS, "instance", *SIZES[size], arcs, file], check=True)
        given = "all pairs" if arcs == "all" else "candidates"
        yield given, [OURS, "ours-network", file]
        yield given, [LEMON, file]
        yield given, [PYTHON, PEER, "ortools", file]
        if size == "S":
            yield given, [OURS, "rs-graph", file]
            yield given, [OURS, "mcmf", file]
        if size == "S" and arcs == "near":
            yield given, [PYTHON, PEER, "highs", file]


def measure(size, rounds):
    objectives, rows, unit = set(), [], None
    with tempfile.TemporaryDirectory() as folder:
        for given, command in solvers(size, folder):
            runs = [run(command) for _ in range(rounds)]
            objectives.update(answer["objective"] for answer, _, _ in runs)
            solve_s = statistics.median(answer["solve_s"] for answer, _, _ in runs)
            user_s = statistics.median(user for _, user, _ in runs)
            peak_mb = max(peak for _, _, peak in runs)
            unit = unit or solve_s
            rows.append((runs[0][0]["solver"], given, solve_s, user_s, peak_mb, solve_s / unit))
            name, given, *numbers = rows[-1]
            print("| {} | {} | {} | {:.2f} | {:.2f} | {:.0f} | {:.1f} |".format(size, name, given, *numbers), flush=True)
    if len(objectives) != 1:
        sys.exit(f"{size}: the solvers disagree: {sorted(objectives)}")
    print(f"| {size} | *all agree on* | {objectives.pop():,} | | | | |", flush=True)


print("| size | solver | given | solving, s | process, user s | MB | × flow |")
print("|---|---|---|---|---|---|---|")
for size in os.environ.get("SIZES", "S M").split():
    measure(size, int(os.environ.get("ROUNDS", "3")))
