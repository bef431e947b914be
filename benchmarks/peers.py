"""The synthetic park by every tool: ``python -m benchmarks.peers [--sizes 1e4,1e5] [--tools ..]``.

Each (tool, size) is a fresh process with one thread. Equal objectives are asserted. Seconds
are CPU seconds, medians of the rounds; tools take turns, so that a busy machine is busy for
all of them.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.synthetic import NONZEROS, SIZES
from benchmarks.watch import PHASES
from rich.console import Console
from rich.table import Table

TOOLS = {
    "raw": ("numpy and highspy", "highspy"),
    "ours": ("circularpark", "circularpark"),
    "with_linopy": ("linopy", "linopy"),
    "with_pypsa": ("PyPSA", "pypsa"),
    "with_pyomo": ("Pyomo + appsi", "pyomo"),
    "with_oemof": ("oemof.solph", "oemof.solph"),
}
OVERHEAD = ("build", "hand_over", "read_back")
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "ARROW")
} | {"POLARS_MAX_THREADS": "1"}
AGREE = 1e-6
LARGEST_RUN = 1_000_000
TIMEOUT = 1800.0


@dataclass(frozen=True)
class Result:
    """One tool at one size: medians of its rounds."""

    tool: str
    nonzeros: int
    objective: float | None
    seconds: dict[str, float]
    before: float
    peak: float
    rounds: int

    @property
    def overhead(self) -> float:
        """Seconds of all that is not the solver's run."""
        return sum(self.seconds.get(phase, 0.0) for phase in OVERHEAD)


def installed(tool: str) -> bool:
    """Whether the tool's package is there."""
    try:
        return importlib.util.find_spec(TOOLS[tool][1]) is not None
    except ModuleNotFoundError:
        return False


def child(tool: str, nonzeros: int, *, run: bool, timeout: float) -> dict[str, Any] | None:
    """What a fresh process measures; None where it took too long."""
    command = [sys.executable, "-m", "benchmarks.child", tool, str(nonzeros)]
    try:
        answer = subprocess.run(
            command if run else [*command, "--no-run"],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **ONE_THREAD},
            cwd=Path(__file__).parents[1],
        )
    except subprocess.TimeoutExpired:
        return None
    if answer.returncode:
        raise RuntimeError(f"{tool} at {nonzeros}: {answer.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def compare(
    tools: Sequence[str], nonzeros: int, rounds: int, *, run: bool, timeout: float
) -> list[Result]:
    """All tools at one size, in turns; their objectives agree, or this raises."""
    each: dict[str, list[dict[str, Any]]] = {tool: [] for tool in tools}
    for turn in range(rounds):
        for tool in tools:
            # What needs more than a minute is measured once.
            if turn and (not each[tool] or sum(each[tool][0]["seconds"].values()) > 60):
                continue
            found = child(tool, nonzeros, run=run, timeout=timeout)
            if found is not None:
                each[tool].append(found)
    results = [_median(tool, nonzeros, found) for tool, found in each.items() if found]
    values = [r.objective for r in results if r.objective is not None]
    if values and max(values) - min(values) > AGREE * max(map(abs, values)):
        raise AssertionError({r.tool: r.objective for r in results})
    return results


def _median(tool: str, nonzeros: int, found: list[dict[str, Any]]) -> Result:
    phases = dict.fromkeys(phase for one in found for phase in one["seconds"])
    return Result(
        tool=tool,
        nonzeros=nonzeros,
        objective=found[0]["objective"],
        seconds={p: statistics.median(one["seconds"].get(p, 0.0) for one in found) for p in phases},
        before=statistics.median(one["before"] for one in found),
        peak=statistics.median(one["peak"] for one in found),
        rounds=len(found),
    )


def table(results: Sequence[Result]) -> Table:
    """A line a tool; the ratios are to the arrays written by hand."""
    nonzeros = results[0].nonzeros
    sites, hours = SIZES[nonzeros]
    shown = Table(title=f"{sites} sites, {hours} hours: {NONZEROS * sites * hours:,} nonzeros")
    shown.add_column("tool")
    for column in (*PHASES, "all but run", "ratio", "peak MB", "ratio", "rounds", "objective"):
        shown.add_column(column.replace("_", "-"), justify="right")
    base = next((r for r in results if r.tool == "raw"), None)
    for result in results:
        cost, memory = ("", "")
        if base is not None:
            cost, memory = (
                f"{result.overhead / base.overhead:.2f}",
                f"{result.peak / base.peak:.2f}",
            )
        value = "not run" if result.objective is None else f"{result.objective:,.2f}"
        shown.add_row(
            TOOLS[result.tool][0],
            *(f"{result.seconds.get(p, 0.0):.4f}" if p in result.seconds else "" for p in PHASES),
            f"{result.overhead:.4f}",
            cost,
            f"{result.peak:.0f}",
            memory,
            str(result.rounds),
            value,
        )
    return shown


def apart(results: Sequence[Result]) -> str:
    """What only circularpark does."""
    words = {"read": "reading the tables", "links": "time table and links"}
    words["judge"] = "account and certificate"
    for result in results:
        if result.tool == "ours":
            seconds = ", ".join(
                f"{said} {result.seconds[p]:.3f} s"
                for p, said in words.items()
                if p in result.seconds
            )
            return f"circularpark besides: {seconds}"
    return ""


def versions() -> str:
    """Versions of all that ran."""
    names = ("circularpark", "highspy", "numpy", "scipy", "pandas", "linopy", "xarray", "pypsa")
    found = [f"Python {platform.python_version()}"]
    for name in (*names, "pyomo", "oemof.solph"):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each size."""
    known = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    known.add_argument("--sizes", default="1e4,1e5,1e6,1e7", help="numbers of nonzeros")
    known.add_argument("--tools", default=",".join(TOOLS), help="of: " + ", ".join(TOOLS))
    known.add_argument("--rounds", type=int, default=3)
    known.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds for a process")
    known.add_argument("--no-run", action="store_true", help="stop when HiGHS would begin")
    asked = known.parse_args(arguments)
    tools = [tool for tool in asked.tools.split(",") if installed(tool)]
    console = Console(width=140)
    for size in asked.sizes.split(","):
        nonzeros = int(float(size))
        run = nonzeros <= LARGEST_RUN and not asked.no_run
        results = compare(tools, nonzeros, asked.rounds, run=run, timeout=asked.timeout)
        if not results:
            console.print(f"{size}: no tool was done in time")
            continue
        console.print(table(results))
        console.print(apart(results))
        late = [TOOLS[t][0] for t in tools if t not in {r.tool for r in results}]
        if late:
            console.print(f"not done in {asked.timeout:.0f} s: {', '.join(late)}")
    missing = [TOOLS[tool][0] for tool in asked.tools.split(",") if tool not in tools]
    if missing:
        console.print(f"not installed (pip install 'circularpark[bench]'): {', '.join(missing)}")
    console.print(versions())


if __name__ == "__main__":
    main()
