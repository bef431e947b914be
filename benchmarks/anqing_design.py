"""Anqing hour by hour, whole and by `design`: ``python -m benchmarks.anqing_design``.

Each run has a process of its own, one thread. Seconds are of the processor, reading apart;
beside them what the clock showed. The error is that of the true objective (the park's first
stage, as the whole program counts it) and of the true cost. Hours other than 672 and 8760 are
whole weeks, evenly spread over the year. A run that takes longer than ``--most`` seconds of
the clock is ended and said so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import replace

from rich.console import Console
from rich.table import Table

PARK = "anqing-hightech"
YEAR = 8760


def child(mode: str, hours: int, days: int) -> None:
    """One run, told as JSON on standard output."""
    import circularpark

    park = circularpark.read_park(PARK, case="year" if hours == YEAR else "weeks")
    settings = replace(park.settings, steps=hours, typical_days=days or None)
    park = replace(park, settings=settings, _cache={})
    begun, clock = time.process_time(), time.perf_counter()
    plan = circularpark.solve(park, mode=mode)
    first = plan.optimum.points[0].value + plan.problem.objectives[0].offset
    told = {
        "seconds": time.process_time() - begun,
        "clock": time.perf_counter() - clock,
        "objective": first,
        "cost": plan.account.whole("cost"),
        "co2": plan.account.whole("co2"),
        "certified": plan.certificate.ok,
        "nonzeros": int(plan.problem.matrix.nnz),
    }
    print(json.dumps(told))


def run(mode: str, hours: int, days: int, most: float) -> dict[str, float] | None:
    """One run in a process of its own; None where it took too long."""
    command = [sys.executable, "-m", "benchmarks.anqing_design", "--child", mode]
    command += [str(hours), str(days)]
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=most, check=True, env=alone
        )
    except subprocess.TimeoutExpired:
        return None
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print a line for the whole program, and one for each number of typical days."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hours", type=int, default=YEAR)
    asked.add_argument("--days", default="4,8,12")
    asked.add_argument("--most", type=float, default=3600.0)
    asked.add_argument("--child", nargs=3)
    given = asked.parse_args()
    if given.child:
        child(given.child[0], int(given.child[1]), int(given.child[2]))
        return
    exact = run("exact", given.hours, 0, given.most)
    table = Table(title=f"{PARK}, {given.hours} hours")
    for column in ("mode", "CPU s", "clock s", "ratio", "objective", "cost", "certified"):
        table.add_column(column, justify="right")
    table.add_row("exact", *_cells(exact, None, given.most))
    for days in given.days.split(","):
        found = run("design", given.hours, int(days), given.most)
        table.add_row(f"design, {days} days", *_cells(found, exact, given.most))
    Console().print(table)


def _cells(
    found: dict[str, float] | None, exact: dict[str, float] | None, most: float
) -> list[str]:
    if found is None:
        return [f"not ended in {most:.0f} s", "", "", "", "", ""]
    cells = [f"{found['seconds']:.0f}", f"{found['clock']:.0f}"]
    if exact is None:
        return [*cells, "", f"{found['objective']:,.0f}", f"{found['cost']:,.0f}", _ok(found)]
    ratio = f"{exact['seconds'] / found['seconds']:.1f}"
    errors = [f"{found[name] / exact[name] - 1:+.4%}" for name in ("objective", "cost")]
    return [*cells, ratio, *errors, _ok(found)]


def _ok(found: dict[str, float]) -> str:
    return "yes" if found["certified"] else "NO"


if __name__ == "__main__":
    main()
