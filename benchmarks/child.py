"""One tool at one size in this process: ``python -m benchmarks.child raw 10000``.

Prints a line of JSON. The smallest park goes first, untimed, so that what a tool imports or
compiles at its first use is not counted; ``--no-run`` stops when HiGHS would begin.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import warnings

from benchmarks.synthetic import SIZES, ring
from benchmarks.watch import NotRunError, Watch

SMALLEST = min(SIZES)


def once(tool: str, nonzeros: int, *, run: bool = True) -> dict[str, object]:
    """Objective (None if not run), CPU seconds of each phase, and memory in MB."""
    module = importlib.import_module(f"benchmarks.{tool}")
    park, watch, value = ring(*SIZES[nonzeros]), Watch(run=run), None
    with watch.around_highs():
        try:
            value = module.measured(park, watch)
        except NotRunError:
            watch.phase("")
    return {
        "objective": value,
        "seconds": watch.seconds,
        "before": watch.before,
        "peak": watch.peak,
    }


def main() -> None:
    """Measure what the command line names."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    tool, nonzeros = sys.argv[1], int(sys.argv[2])
    once(tool, SMALLEST)
    print(json.dumps(once(tool, nonzeros, run="--no-run" not in sys.argv)))


if __name__ == "__main__":
    main()
