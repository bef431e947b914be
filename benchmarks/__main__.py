"""How long parks take, here and by other tools, and what typical days miss: ``make bench``."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks import design, peers
from rich.console import Console
from rich.table import Table

from circularpark.park.folder import demo_parks

PHASES = ("read", "build", "hand_over", "solve", "account", "certify")
RUNS = 3


def timed(park: str) -> dict[str, float]:
    """Seconds of each phase and of the whole command; the fastest of three runs."""
    best: dict[str, float] = {}
    for _ in range(RUNS):
        begun = time.perf_counter()
        answer = subprocess.run(
            [sys.executable, "-m", "circularpark", "solve", park, "--json", "--no-store"],
            capture_output=True,
            text=True,
            check=True,
            timeout=600,
        )
        whole = time.perf_counter() - begun
        timing = json.loads(answer.stdout)["timing"]
        seconds = {phase: float(timing.get(phase, 0.0)) for phase in PHASES} | {"wall": whole}
        if not best or whole < best["wall"]:
            best = seconds
    return best


def main() -> None:
    """Print one line a demo park."""
    table = Table(title=f"seconds, fastest of {RUNS} fresh processes")
    table.add_column("park")
    for column in (*PHASES, "start and output", "wall"):
        table.add_column(column, justify="right")
    for park in demo_parks():
        seconds = timed(park)
        rest = seconds["wall"] - sum(seconds[phase] for phase in PHASES)
        shown = [*(seconds[phase] for phase in PHASES), rest, seconds["wall"]]
        table.add_row(park, *(f"{value:.3f}" for value in shown))
    Console().print(table)
    peers.main([])
    design.main()


if __name__ == "__main__":
    main()
